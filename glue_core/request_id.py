"""Request ids: taken from the client or made, echoed in every answer, and in every log line."""

from __future__ import annotations

import logging
import os
import re
from contextvars import ContextVar
from random import Random
from typing import Any

HEADER = "x-request-id"
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"
ENVIRON_KEY = "glue.request_id"
"""Where an application that answers by itself finds the id in its WSGI environment."""

_FORM = re.compile(r"[A-Za-z0-9._-]{1,128}")
NO_REQUEST = "-"
# Ids must be unique, not secret. What seeds the generator that everybody shares does not change
# these, and workers that were forked from one process do not make the same ones.
_RANDOM = Random()  # noqa: S311
os.register_at_fork(after_in_child=_RANDOM.seed)
_CURRENT: ContextVar[str] = ContextVar("glue_request_id", default=NO_REQUEST)


def request_id_of(environ: dict[str, Any]) -> str:
    """Return the id of a request, the same each time.

    The client's own is taken where it is of letters, digits, ``.``, ``_`` and ``-`` and no longer
    than 128: another one could forge log lines. From now on this thread's log lines carry it, until
    its next request: so the line that a server writes after the answer has it as well.

    Args:
        environ: The WSGI environment, which keeps it.
    """
    known: str | None = environ.get(ENVIRON_KEY)
    if known is None:
        asked = environ.get("HTTP_X_REQUEST_ID")
        known = asked if asked and _FORM.fullmatch(asked) else f"{_RANDOM.getrandbits(128):032x}"
        environ[ENVIRON_KEY] = known
        _CURRENT.set(known)
    return known


def log_with(request_id: str) -> None:
    """Let this thread's log lines carry the id of a request that came in another one."""
    _CURRENT.set(request_id)


def current_request_id() -> str:
    """Return the id of the request that this thread answers, ``-`` outside of requests."""
    return _CURRENT.get()


class RequestIdFilter(logging.Filter):
    """Gives each log record the attribute ``request_id``; ``-`` outside of requests.

    It belongs on a handler: filters of a logger do not see what comes from the loggers below.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        record.request_id = _CURRENT.get()
        return True


def log_with_request_ids() -> None:
    """Let what is logged in this process carry request ids.

    Handlers that the deployment set up get the attribute, for their formats to use. Where there is
    none, warnings and errors go to the standard error with the id in brackets.
    """
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter(LOG_FORMAT))
        root.addHandler(handler)
    for each in root.handlers:
        if not any(isinstance(known, RequestIdFilter) for known in each.filters):
            each.addFilter(RequestIdFilter())
