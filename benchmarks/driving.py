"""Sends requests to an application in this process, with nothing between the two.

The clock is the CPU time of the process, threads of the application included. What the harness
itself costs is about the same for everybody: a copy of what was prepared, and a call.
"""

from __future__ import annotations

import asyncio
import gc
import io
from collections.abc import Awaitable, Callable, Iterable, Sequence
from time import process_time_ns
from typing import Any, Protocol

from benchmarks.requests import Request

Answer = tuple[str, bytes]
"""Status, of which the first three characters are digits, and body."""

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Message = dict[str, Any]
Asgi = Callable[
    [dict[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


class Driver(Protocol):
    """What sends requests to one application."""

    def answers(self, requests: Sequence[Request]) -> list[Answer]:
        """Send each request once."""

    def microseconds(self, requests: Sequence[Request], count: int) -> float:
        """Send some requests, in turn, and return the mean CPU time of one, in microseconds."""

    def close(self) -> None:
        """Let go of what was made."""


def ask(application: Wsgi, request: Request) -> Answer:
    """Send one request to a WSGI application."""
    statuses: list[str] = []

    def start_response(status: str, headers: object, error: object = None) -> None:
        statuses.append(status)

    environ = dict(request.environ)
    if request.body:
        environ["wsgi.input"] = io.BytesIO(request.body)
    body = application(environ, start_response)
    return statuses[0], b"".join(body)


def microseconds(application: Wsgi, requests: Sequence[Request], count: int) -> float:
    """Return the CPU time of one request, in microseconds, as the mean of some."""
    varied = [requests[number % len(requests)] for number in range(count)]
    started = process_time_ns()
    for request in varied:
        ask(application, request)
    return (process_time_ns() - started) / count / 1000


class WsgiDriver:
    """Calls a WSGI application."""

    def __init__(self, application: Wsgi) -> None:
        self._application = application

    def answers(self, requests: Sequence[Request]) -> list[Answer]:
        """Send each request once."""
        return [ask(self._application, each) for each in requests]

    def microseconds(self, requests: Sequence[Request], count: int) -> float:
        """Send some requests, in turn, and return the mean CPU time of one, in microseconds."""
        gc.collect()
        return microseconds(self._application, requests, count)

    def close(self) -> None:
        """Nothing was made."""


class AsgiDriver:
    """Awaits an ASGI application, on one event loop that stays."""

    def __init__(
        self,
        application: Asgi,
        loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
    ) -> None:
        """Make the loop.

        Args:
            application: The application.
            loop_factory: Makes the event loop; asyncio's own when None.
        """
        self._application = application
        self._runner = asyncio.Runner(loop_factory=loop_factory)

    def answers(self, requests: Sequence[Request]) -> list[Answer]:
        """Send each request once."""

        async def all_of_them() -> list[Answer]:
            return [await self._ask(each) for each in requests]

        return self._runner.run(all_of_them())

    def microseconds(self, requests: Sequence[Request], count: int) -> float:
        """Send some requests, in turn, and return the mean CPU time of one, in microseconds."""
        varied = [requests[number % len(requests)] for number in range(count)]

        async def timed() -> float:
            gc.collect()
            started = process_time_ns()
            for request in varied:
                await self._ask(request)
            return (process_time_ns() - started) / count / 1000

        return self._runner.run(timed())

    def close(self) -> None:
        """Close the loop."""
        self._runner.close()

    async def _ask(self, request: Request) -> Answer:
        status = ""
        parts: list[bytes] = []
        received = False

        async def receive() -> Message:
            nonlocal received
            if received:
                return {"type": "http.disconnect"}
            received = True
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            else:
                parts.append(message.get("body", b""))

        # Frameworks put things into the state and the list of headers.
        scope = {**request.scope, "headers": list(request.scope["headers"]), "state": {}}
        await self._application(scope, receive, send)
        return status, b"".join(parts)
