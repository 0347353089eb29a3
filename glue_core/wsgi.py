"""The way in from WSGI and out again: a Falcon application with one responder, the flow.

Falcon routes, parses the query and fills in a request and a response of some sixty attributes for
responders that read a few of them. Ours reads the WSGI environment itself. So an answer goes
straight out where there is nothing for Falcon to do with it, and through Falcon where somebody
added Falcon's middleware.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import falcon
from falcon.app_helpers import CloseableStreamIterator
from falcon.routing import CompiledRouter

from glue_core.application import StartResponse
from glue_core.edge import Pairs
from glue_core.formatting import STATUS_LINES, status_line

SET_COOKIE = "set-cookie"
BLOCK = 8192
"""Bytes of a file that are read at once, as Falcon reads them."""

BODILESS = frozenset({100, 101, 204, 304})
"""Statuses whose answers have no body."""

TYPELESS = frozenset({204, 304})
"""Statuses whose answers get no media type that nobody set."""

Body = bytes | Iterable[bytes] | None
Answer = tuple[int, dict[str, str], Pairs, Body, str | None]
"""Status, headers by lower-case name and others behind them, body, and its media type.

A media type of None is what the headers say. It is a tuple, since each request makes one; the
headers stay those of who gave them.
"""


class _EveryMethod(dict[str, Callable[..., None]]):
    """Falcon's map of methods, in which ours answers all: the flow refuses what it must."""

    def __init__(self, respond: Callable[..., None]) -> None:
        super().__init__(dict.fromkeys(("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE"), respond))
        self._respond = respond

    def __missing__(self, method: str) -> Callable[..., None]:
        return self._respond


class _OneRoute(CompiledRouter):
    """Falcon's router: every path leads to the flow, which matches with its own table."""

    def __init__(self, respond: Callable[[falcon.Request, falcon.Response], None]) -> None:
        super().__init__()
        self._route: tuple[Any, ...] = (self, _EveryMethod(respond), {}, None)

    def find(self, uri: str, req: falcon.Request | None = None) -> Any:
        """Return the one route there is."""
        return self._route


class FlowApp(falcon.App[falcon.Request, falcon.Response]):
    """A Falcon application that answers each request with one callable.

    It takes middleware as every Falcon application does, until it serves.
    """

    def __init__(
        self,
        answer: Callable[[dict[str, Any]], Answer],
        fail: Callable[[dict[str, Any], Exception], Answer],
    ) -> None:
        """Put the callables behind Falcon.

        Args:
            answer: Answers a WSGI environment.
            fail: Answers one whose answer failed; it does not raise.
        """
        self._answer = answer
        self._fail = fail
        self._has_middleware = False
        super().__init__(router=_OneRoute(self._respond))
        self.resp_options.xml_error_serialization = False
        self.add_error_handler(Exception, self._handle)
        self._default_type = self.resp_options.default_media_type

    def add_middleware(self, middleware: Any) -> None:
        """Add Falcon's middleware; requests go through Falcon from now on."""
        super().add_middleware(middleware)
        self._has_middleware = self._has_middleware or bool(middleware)

    def __call__(self, env: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, as PEP 3333 says."""
        if self._has_middleware:
            return super().__call__(env, start_response)
        try:
            status, headers, others, body, media_type = self._answer(env)
        except Exception as error:
            status, headers, others, body, media_type = self._fail(env, error)
        headers = {**headers}
        if media_type is not None:
            headers["content-type"] = media_type
        elif "content-type" not in headers and status not in TYPELESS:
            headers["content-type"] = self._default_type
        if body is None:
            body = b""
        sent: Iterable[bytes] = []
        is_head = env["REQUEST_METHOD"] == "HEAD"
        if status in BODILESS:
            pass
        elif isinstance(body, bytes):
            if is_head:
                headers.setdefault("content-length", str(len(body)))
            else:
                headers["content-length"] = str(len(body))
                sent = [body]
        elif not is_head:
            sent = _parts(body, env)
        try:
            "".join(headers.values())
        except TypeError:
            headers = {name: str(value) for name, value in headers.items()}
        line = STATUS_LINES[status] if status in STATUS_LINES else status_line(status)
        start_response(line, [*headers.items(), *others])
        return sent

    def _respond(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Answer through Falcon."""
        _fill(resp, self._answer(req.env))

    def _handle(
        self, req: falcon.Request, resp: falcon.Response, error: Exception, params: dict[str, Any]
    ) -> None:
        """Answer what failed on its way through Falcon."""
        _fill(resp, self._fail(req.env, error))


def _parts(body: Iterable[bytes], env: dict[str, Any]) -> Iterable[bytes]:
    """Return a body that is no bytes, as a server takes it: a file in blocks, not in lines."""
    if not hasattr(body, "read"):
        return body
    wrap = env.get("wsgi.file_wrapper", CloseableStreamIterator)
    parts: Iterable[bytes] = wrap(body, BLOCK)
    return parts


def _fill(resp: falcon.Response, answer: Answer) -> None:
    """Put an answer into Falcon's response."""
    status, headers, others, body, media_type = answer
    resp.status = status_line(status)
    for name, value in (*headers.items(), *others):
        if name == SET_COOKIE:
            resp.append_header(name, str(value))
        else:
            resp.set_header(name, str(value))
    if media_type is not None:
        resp.content_type = media_type
    if body is None or isinstance(body, bytes):
        resp.data = body
    else:
        resp.stream = body
