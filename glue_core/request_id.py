"""Request ids: taken from the client or made, echoed in every answer, and in every log line."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glue_core.flow import Flow
    from glue_core.logs import LogContext

HEADER = "x-request-id"
ENVIRON_KEY = "glue.request_id"
"""Where an application that answers by itself finds the id in its WSGI environment."""

_FORM = re.compile(r"[A-Za-z0-9._-]{1,128}")
NO_REQUEST = "-"
# Ids must be unique, not secret. What seeds the generator that everybody shares does not change
# these, and workers that were forked from one process do not make the same ones.
_RANDOM = Random()  # noqa: S311
os.register_at_fork(after_in_child=_RANDOM.seed)

Scene = tuple[str, "LogContext | None", "str | None", "Flow | None", "str | None"]
"""What a thread does just now: id of the request, who answers it, method, flow and route.

A tuple, since each request makes some, and only what logs looks into one.
"""

SCENE: ContextVar[Scene] = ContextVar("glue_scene", default=(NO_REQUEST, None, None, None, None))
"""What this thread does: whoever answers says it, and log lines tell it."""

set_scene = SCENE.set
"""Says it; each request does so twice, and a name of its own spares it a bound method each time."""


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
        known = named(environ)
        SCENE.set((known, None, environ.get("REQUEST_METHOD"), None, None))
    return known


def named(environ: dict[str, Any]) -> str:
    """Give a request its id as `request_id_of` does, and leave it to the caller to say it.

    Args:
        environ: The WSGI environment, which has none yet.
    """
    asked: str | None = environ.get("HTTP_X_REQUEST_ID")
    if asked and _FORM.fullmatch(asked):
        known = asked
    else:
        known = _RANDOM.getrandbits(128).to_bytes(16).hex()
    environ[ENVIRON_KEY] = known
    return known


def log_with(request_id: str) -> None:
    """Let this thread's log lines carry the id of a request that came in another one."""
    SCENE.set((request_id, None, None, None, None))


@contextmanager
def log_within(context: LogContext) -> Iterator[None]:
    """Let this thread's log lines carry what belongs to work that is no request."""
    token = SCENE.set((NO_REQUEST, context, None, None, None))
    try:
        yield
    finally:
        SCENE.reset(token)


def current_request_id() -> str:
    """Return the id of the request that this thread answers, ``-`` outside of requests."""
    return SCENE.get()[0]
