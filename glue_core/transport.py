"""Transports: other ways than HTTP for a request to come in and for its answer to go out.

Every request is carried by HTTP. A transport finds another one inside, such as a call in the body
of a POST, and puts its answer into an envelope of its own. In between the request is one like all
others: negotiated, matched, and answered by the same flow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from glue_core import codes
from glue_core.errors import Problem
from glue_core.messages import GlueError, GlueRequest, GlueResponse, RequestSource


@dataclass(frozen=True, slots=True)
class ExtractedRequest:
    """What a request is made of, however it came.

    Attributes:
        method: HTTP method in capital letters.
        address: Path below the application's mount point, percent-encoded, and a query.
        headers: Headers by name, in any case.
        content: The body, in the format that the header ``content-type`` names.
        facts: What the transport knows besides, such as the id of a call; the request has it in
            ``http_request_attributes``, over what is known of the carrier.
    """

    method: str
    address: str
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    facts: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class Transport(Protocol):
    """Takes requests out of HTTP requests, and puts answers into HTTP answers.

    One object serves all requests of an application, from several threads at once.
    """

    def applies(self, environ: Mapping[str, Any]) -> bool:
        """Say whether an HTTP request carries one of this transport. The body is not read yet.

        Args:
            environ: The WSGI environment, below the application's mount point.
        """

    def extract(self, carrier: RequestSource) -> ExtractedRequest:
        """Return the request that an HTTP request carries.

        Args:
            carrier: The HTTP request; its body is held against the limit of the settings.

        Raises:
            Problem: What it carries is no request. `send` gets that answer, too.
        """

    def send(self, response: GlueResponse, request: GlueRequest) -> GlueResponse:
        """Return the HTTP answer that carries an answer.

        What changes the headers of answers last, such as security headers, changes those of the
        carrier.

        Args:
            response: The answer, written and committed: status, headers (``meta``), media type
                (``format``), and ``content``, which is bytes, an iterable of them, or None.
            request: The request; the one that HTTP would have made of the carrier, where
                `extract` failed.
        """


class ExtractedSource:
    """The transport's side of a request that was extracted.

    Attributes:
        method: HTTP method in capital letters.
        raw_path: Path below the application's mount point, percent-encoded.
    """

    __slots__ = (
        "_carrier",
        "_content",
        "_facts",
        "_headers",
        "_limit",
        "_query",
        "method",
        "raw_path",
    )

    def __init__(self, extracted: ExtractedRequest, carrier: RequestSource, limit: int) -> None:
        """Read what a transport extracted.

        Args:
            extracted: The request.
            carrier: What it was extracted from.
            limit: Largest body, in bytes.

        Raises:
            Problem: Its address is none.
        """
        address = extracted.address
        if not address.startswith("/") or not address.isascii():
            text = "The address of a request starts with a slash and is percent-encoded."
            raise _one(400, codes.INVALID_PATH, text)
        self.method = extracted.method
        self.raw_path, _, self._query = address.partition("?")
        self._headers = {name.lower(): value for name, value in extracted.headers.items()}
        self._content = extracted.content
        self._facts = extracted.facts
        self._carrier = carrier
        self._limit = limit

    def header(self, name: str) -> str | None:
        """Return the first value of a header, by its lower-case name, or None."""
        value = self._headers.get(name)
        return value if value or name != "content-type" else None

    def headers(self) -> dict[str, list[str]]:
        """Return all headers; ``content-type`` is always there."""
        return {"content-type": [""], **{name: [each] for name, each in self._headers.items()}}

    def query_string(self) -> str:
        """Return the query of the address."""
        return self._query

    def attributes(self) -> Mapping[str, Any]:
        """Return what is known of the carrier, and what the transport knows besides."""
        return {**self._carrier.attributes(), **self._facts}

    def body(self) -> bytes:
        """Return the body.

        Raises:
            Problem: 413 where it is larger than the limit, as one that was packed may be.
        """
        if len(self._content) > self._limit:
            text = f"The body is larger than {self._limit} bytes."
            raise _one(413, codes.BODY_TOO_LARGE, text)
        return self._content


def _one(status: int, code: str, message: str) -> Problem:
    return Problem(status, [GlueError(status=status, code=code, message=message)])
