"""The edge: what every answer passes last, whoever gave it, and what hears of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

from glue_core.application import WSGI, StartResponse
from glue_core.formatting import LOG, varying
from glue_core.listener import DefaultHeaders, Notice, ResponseEvent
from glue_core.logs import LogContext
from glue_core.messages import GlueRequest
from glue_core.request_id import ENVIRON_KEY, HEADER, SCENE, request_id_of
from glue_core.services.rehearsing import rehearsal_of

EVENT_KEY = "glue.response_event"
APART = "set-cookie"

Pairs = tuple[tuple[str, str], ...]
"""Names and values of headers."""


def vary_on(headers: dict[str, str], name: str) -> None:
    """Say that an answer depends on a request header."""
    present = headers.get("vary")
    headers["vary"] = varying(present, (name,)) if present else name


class Edge:
    """What hears of the answers of one application, in order, or of the host's own.

    Attributes:
        application: Name of the application, or None for the host.
        watches: Whether anybody hears of the end of an answer.
        logs: What log lines carry while it answers.
    """

    __slots__ = (
        "_added",
        "_added_names",
        "_after",
        "_around",
        "_before",
        "_is_heard",
        "application",
        "logs",
        "watches",
    )

    def __init__(
        self,
        application: str | None,
        before: Sequence[Notice],
        after: Sequence[Notice],
        around: Callable[[WSGI], WSGI] | None = None,
        logs: LogContext | None = None,
    ) -> None:
        """Freeze who hears.

        Args:
            application: Name of the application, or None for the host.
            before: Called before an answer is sent; they may change its headers.
            after: Called once its body was sent.
            around: Puts something around the WSGI callable that answers; None for nothing.
            logs: What log lines carry; None for the name of the application.
        """
        self.logs = LogContext(application) if logs is None else logs
        self._around = around
        self.application = application
        self._after = tuple(after)
        self.watches = bool(self._after)
        heard, added = list(before), dict[str, str]()
        # Those of the first come first, as if each was called in turn.
        while heard and isinstance(last := heard[-1], DefaultHeaders):
            added = {**added, **last.headers}
            heard.pop()
        self._before = tuple(heard)
        self._is_heard = bool(self._before or self._after)
        self._added: Pairs = tuple(added.items())
        self._added_names = frozenset(added)

    def finish(
        self,
        status: int,
        headers: dict[str, str],
        environ: dict[str, Any],
        request: GlueRequest | None = None,
    ) -> None:
        """Let everybody change the headers of an answer, and put the id of the request into them.

        Args:
            status: HTTP status.
            headers: Headers by lower-case name; they are changed in place.
            environ: The WSGI environment.
            request: The request, where the flow answered.
        """
        headers.update(self.settle(status, headers, environ, request))

    def settle(
        self,
        status: int,
        headers: dict[str, str],
        environ: dict[str, Any],
        request: GlueRequest | None = None,
    ) -> Pairs:
        """Do what `finish` does, and leave to the caller what can be put behind the headers.

        Returns:
            Names and values of headers, none of which the others have.
        """
        request_id = environ.get(ENVIRON_KEY) or request_id_of(environ)
        headers[HEADER] = request_id
        if self._is_heard:
            self._tell(status, headers, environ, request_id, request)
        if not self._after and self._added_names.isdisjoint(headers):
            return self._added
        for name, value in self._added:
            headers.setdefault(name, value)
        return ()

    def _tell(
        self,
        status: int,
        headers: dict[str, str],
        environ: dict[str, Any],
        request_id: str,
        request: GlueRequest | None,
    ) -> None:
        event = ResponseEvent(status, headers, environ, request_id, self.application, request)
        for notice in self._before:
            try:
                notice(event)
            except Exception as error:
                LOG.error("Request %s: a response event failed", request_id, exc_info=error)
        if self._after:
            environ[EVENT_KEY] = event

    def wrapped(self, wsgi: WSGI) -> WSGI:
        """Return what is called in the place of a WSGI callable: the same, where nobody wraps."""
        if self._around is None:
            return wsgi
        outer = self._around(wsgi)
        if outer is wsgi:
            return wsgi

        def answer(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
            # A rehearsal is no request of anybody.
            asked = outer if rehearsal_of(environ) is None else wsgi
            return asked(environ, start_response)

        return answer

    def watched(self, body: Iterable[bytes], environ: Mapping[str, Any]) -> Iterable[bytes]:
        """Return the body of an answer, whose end is told to who wants to hear of it."""
        if not self._after or rehearsal_of(environ) is not None:
            return body
        return _Watched(body, lambda: self._ended(environ))

    def _ended(self, environ: Mapping[str, Any]) -> None:
        event: ResponseEvent | None = environ.get(EVENT_KEY)
        if event is None:
            return
        for notice in self._after:
            try:
                notice(event)
            except Exception as error:
                LOG.error("Request %s: a terminate hook failed", event.request_id, exc_info=error)


class _Watched:
    """A body whose ``close``, which a server calls when everything was sent, tells of it."""

    def __init__(self, body: Iterable[bytes], ended: Callable[[], None]) -> None:
        self._body = body
        self._ended = ended
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

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
            self._ended()


def unwrapped(application: WSGI) -> object:
    """Return the callable that an application made, without the edge around it."""
    return application.wsgi if isinstance(application, EdgedApplication) else application


def _close(body: object) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()


class _Begun:
    """A body whose first part was taken to see whether there is one."""

    def __init__(self, first: bytes | None, parts: Iterator[bytes], body: Iterable[bytes]) -> None:
        self._first = first
        self._parts = parts
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        first, self._first = self._first, None
        if first is not None:
            yield first
        yield from self._parts

    def close(self) -> None:
        """Close the body of the application."""
        _close(self._body)


class EdgedApplication:
    """An application that answers by itself, with the edge around it."""

    def __init__(self, wsgi: WSGI, edge: Edge) -> None:
        self.wsgi = wsgi
        self._answer = edge.wrapped(wsgi)
        self._edge = edge

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        """Answer one request, as PEP 3333 says.

        The server hears of the answer once its first part is there: an application that fails
        before that has not begun to answer, so somebody else still can.
        """
        SCENE.set((request_id_of(environ), self._edge.logs, environ["REQUEST_METHOD"], None, None))
        said: list[tuple[str, list[tuple[str, str]], Any]] = []
        written: list[bytes] = []
        server_writes: list[Callable[[bytes], Any]] = []

        def begin(status: str, headers: list[tuple[str, str]], failed: Any) -> None:
            finished = self._finished(status, headers, environ)
            write = start_response(status, finished, *([failed] if failed else []))
            server_writes[:] = [write]

        def write(data: bytes) -> None:
            if server_writes:
                server_writes[0](data)
            else:
                written.append(data)

        def start(
            status: str,
            headers: list[tuple[str, str]],
            exc_info: tuple[type[BaseException], BaseException, TracebackType] | None = None,
        ) -> Callable[[bytes], None]:
            if server_writes:
                begin(status, headers, exc_info)
            else:
                said[:] = [(status, headers, exc_info)]
            return write

        body = self._answer(environ, start)
        try:
            parts = iter(body)
            first = next(parts, None)
            if not said:
                raise RuntimeError("The application answered without calling start_response.")
        except BaseException:
            _close(body)
            raise
        begin(*said[0])
        for data in written:
            server_writes[0](data)
        return self._edge.watched(_Begun(first, parts, body), environ)

    def _finished(
        self, status: str, pairs: list[tuple[str, str]], environ: dict[str, Any]
    ) -> list[tuple[str, str]]:
        """Return the headers as they leave; what nobody changed stays as it was written."""
        given: dict[str, str] = {}
        for name, value in pairs:
            key = name.lower()
            if key != APART:
                given[key] = f"{given[key]}, {value}" if key in given else value
        headers = dict(given)
        self._edge.finish(int(status.partition(" ")[0]), headers, environ)
        kept = [
            (name, value)
            for name, value in pairs
            if name.lower() == APART or headers.get(name.lower()) == given[name.lower()]
        ]
        changed = [each for each in headers.items() if given.get(each[0]) != each[1]]
        return kept + changed
