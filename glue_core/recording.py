"""Recording: an answer is kept while it passes, for somebody to look at once it was sent."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from glue_core.application import WSGI, StartResponse


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given.

    Attributes:
        status: HTTP status.
        headers: Headers by lower-case name; one that came twice is joined by commas.
        digest: Digest of the body.
        size: Size of the body, in bytes.
        body: The body, or None where it was larger than what is kept.
    """

    status: int
    headers: Mapping[str, str]
    digest: bytes
    size: int
    body: bytes | None


class Recording:
    """What an application answers, on its way to the server.

    The server gets every part at once and as it is. Of a body that is larger than the limit nothing
    but the digest is kept.
    """

    def __init__(
        self,
        start_response: StartResponse,
        limit: int,
        ended: Callable[[Answer | None], None] | None = None,
    ) -> None:
        """Stand between an application and a server.

        Args:
            start_response: The server's.
            limit: Largest body that is kept, in bytes.
            ended: Called once the answer was closed; with None where it was not sent to its end.
        """
        self._start_response = start_response
        self._limit = limit
        self._ended = ended
        self._status = ""
        self._headers: list[tuple[str, str]] = []
        self._parts: list[bytes] = []
        self._size = 0
        self._digest: Any = None
        self._body: Iterable[bytes] = ()
        self._is_whole = False
        self._is_open = True

    def start(self, status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
        """Pass the start of an answer on; the application's ``start_response``."""
        write = self._start_response(status, headers, *exc_info)
        self._status, self._headers = status, list(headers)

        def kept(data: bytes) -> Any:
            self._keep(data)
            return write(data)

        return kept

    def of(self, body: Iterable[bytes], *, is_empty: bool = False) -> Recording:
        """Pass a body on.

        Args:
            body: What the application returned.
            is_empty: Whether it has no part, whatever it is, so that it may stay unread: that of
                an answer to HEAD.
        """
        self._body = body
        self._is_whole = is_empty
        return self

    def __iter__(self) -> Iterator[bytes]:
        for part in self._body:
            self._keep(part)
            yield part
        self._is_whole = True

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
            if self._ended is not None:
                self._ended(self.answer)

    @property
    def answer(self) -> Answer | None:
        """The answer, or None where it did not come to its end."""
        if not self._is_whole or not self._status:
            return None
        headers: dict[str, str] = {}
        for name, value in self._headers:
            key = name.lower()
            headers[key] = f"{headers[key]}, {value}" if key in headers else value
        status = int(self._status.partition(" ")[0])
        if self._digest is not None:
            return Answer(status, headers, self._digest.digest(), self._size, None)
        body = b"".join(self._parts)
        return Answer(status, headers, _digest_of([body]).digest(), self._size, body)

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._digest is not None:
            self._digest.update(part)
            return
        self._parts.append(part)
        if self._size > self._limit:
            self._digest = _digest_of(self._parts)
            self._parts.clear()


def recorded(
    application: WSGI,
    environ: dict[str, Any],
    limit: int,
    goes_on: Callable[[], bool] = lambda: True,
) -> Answer | None:
    """Call an application as a server does, and keep what it answers.

    Args:
        application: The application.
        environ: The WSGI environment.
        limit: Largest body that is kept, in bytes.
        goes_on: Asked before each part of the body.

    Returns:
        The answer, or None where it did not come to its end.
    """
    recording = Recording(lambda *_: lambda data: None, limit)
    body = recording.of(application(environ, recording.start))
    try:
        for _ in body:
            if not goes_on():
                break
    finally:
        body.close()
    return recording.answer


def _digest_of(parts: Iterable[bytes]) -> Any:
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(part)
    return digest
