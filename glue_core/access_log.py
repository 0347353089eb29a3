"""The access log: a line for every request, where the settings ask for it.

It names the operation, not the address: an address has ids and what people searched for in it, and
credentials where a client puts them into the query.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from glue_core.application import WSGI, StartResponse
from glue_core.hookspecs import hookimpl
from glue_core.listener import Listener
from glue_core.logs import ACCESS_CHANNEL
from glue_core.request_id import SCENE
from glue_core.settings import Settings
from glue_core.wrapping import Part, WrapPart

LOG = logging.getLogger(ACCESS_CHANNEL)


@hookimpl
def glue_part_wrappers(settings: Settings) -> Sequence[Listener[WrapPart]]:
    """Write a line for each request, once its last byte was sent, where the settings say so."""
    if not settings["logging"]["access"]:
        return []
    return [Listener("lines", lambda application: _wrap)]


def _wrap(part: Part, call: Callable[..., Any]) -> Callable[..., Any]:
    return _logged(call) if part.stage == "request" else call


def _logged(wsgi: WSGI) -> WSGI:
    """Return a WSGI callable whose requests are logged."""

    def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        began = time.monotonic()
        said: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *failed: Any) -> Any:
            said[:] = [status]
            return start_response(status, headers, *failed)

        def tell(sent: int) -> None:
            """Write the line: what was answered so far counts, where a client left."""
            _, _, method, _, route = SCENE.get()
            status = int(said[0].partition(" ")[0]) if said else 500
            milliseconds = round((time.monotonic() - began) * 1000, 3)
            LOG.info(
                "%s %s %s %s ms",
                *(method, route or "-", status, milliseconds),
                extra={"status": status, "duration_ms": milliseconds, "bytes": sent},
            )

        try:
            body = wsgi(environ, start)
        except BaseException:
            tell(0)
            raise
        return _Counted(body, tell)

    return answer


class _Counted:
    """A body that counts what is sent of it, and tells when it is closed."""

    def __init__(self, body: Iterable[bytes], tell: Callable[[int], None]) -> None:
        self._body = body
        self._tell = tell
        self._scene = SCENE.get()
        self._sent = 0
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        for part in self._body:
            self._sent += len(part)
            yield part

    def close(self) -> None:
        """Close the body, then tell, once."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            # A server may send a body in another thread than it asked for it.
            SCENE.set(self._scene)
            self._tell(self._sent)
