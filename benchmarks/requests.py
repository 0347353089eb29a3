"""What is sent: the same requests to every contestant, made before anything is measured.

The requests of a workload differ, so that nobody can live on the answer, the fieldset or the query
that they saw last.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from urllib.parse import unquote_to_bytes

from benchmarks.data import ALL, COUNT, MEDIA_TYPE, PRODUCTS

VARIANTS = 300
"""Different requests of a workload, where there are so many."""

HOST, PORT = "shop.example.com", 80


@dataclass(frozen=True, slots=True)
class Request:
    """One request, ready to be sent many times.

    Attributes:
        method: Its method.
        target: Its path and query, as they stand in the request line.
        environ: Its WSGI environment, without a body.
        scope: Its ASGI scope.
        body: Its body.
    """

    method: str
    target: str
    environ: dict[str, Any]
    scope: dict[str, Any]
    body: bytes = b""


def request_of(
    path: str, query: str = "", body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Request:
    """Return a request that accepts JSON:API; with a body it is a POST."""
    sent = {"Host": HOST, "User-Agent": "benchmarks", "Accept": MEDIA_TYPE, **(headers or {})}
    if body:
        sent |= {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body))}
    method = "POST" if body else "GET"
    target = f"{path}?{query}" if query else path
    return Request(
        method, target, _environ(method, path, query, sent), _scope(method, path, query, sent), body
    )


def _environ(method: str, path: str, query: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return what a WSGI server makes of a request, as PEP 3333 says."""
    variables = {name.upper().replace("-", "_"): value for name, value in headers.items()}
    own: dict[str, Any] = {
        name: variables.pop(name)
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH")
        if name in variables
    }
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": str(PORT),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **own,
        **{f"HTTP_{name}": value for name, value in variables.items()},
    }


def _scope(method: str, path: str, query: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return what an ASGI server makes of a request."""
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(path).decode(),
        "raw_path": path.encode("ascii"),
        "query_string": query.encode("ascii"),
        "root_path": "",
        "headers": [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in headers.items()
        ],
        "client": ("127.0.0.1", 50_000),
        "server": (HOST, PORT),
        "state": {},
    }


def page_query(number: int) -> str:
    """Return the query of a page; different numbers name different ones."""
    at = number * 7 % (COUNT - 20)
    return f"page%5Boffset%5D={at}&page%5Blimit%5D=20"


def compound_queries() -> Iterator[str]:
    """Yield queries with different fieldsets, includes and pages."""
    for number, names in enumerate(combinations(ALL, 4)):
        include = "makers,labels" if number % 2 else "labels,makers"
        fields = ",".join((*names, "makers", "labels"))
        yield f"{page_query(number)}&include={include}&fields%5Bproducts%5D={fields}"


def valid_articles() -> Iterator[bytes]:
    """Yield documents of new articles."""
    for number in range(VARIANTS):
        attributes = {
            "title": f"The {number}th winter",
            "body": f"It snowed {number} times.",
            "publishedAt": f"2026-01-01T10:{number % 60:02}:00+01:00",
            "readingMinutes": number % 600 + 1,
            "tags": ["snow", f"winter {number}"],
        }
        yield document_of(attributes)


def invalid_articles() -> Iterator[bytes]:
    """Yield documents of articles with three mistakes."""
    for number in range(VARIANTS):
        yield document_of({"title": "", "readingMinutes": 1000 + number, "tags": [f"tag {number}"]})


def document_of(attributes: Mapping[str, Any]) -> bytes:
    """Return the document of a new article."""
    return json.dumps({"data": {"type": "articles", "attributes": attributes}}).encode()


REQUESTS: Mapping[str, Callable[[], tuple[Request, ...]]] = {
    "one": lambda: tuple(request_of(f"/products/{sku}") for sku in PRODUCTS),
    "page": lambda: tuple(request_of("/products", page_query(n)) for n in range(VARIANTS)),
    "compound": lambda: tuple(request_of("/products", each) for each in compound_queries()),
    "create": lambda: tuple(request_of("/articles", body=each) for each in valid_articles()),
    "create, invalid": lambda: tuple(
        request_of("/articles", body=each) for each in invalid_articles()
    ),
    "unknown": lambda: tuple(request_of(f"/nowhere{number}") for number in range(VARIANTS)),
}
"""The requests of the workloads that every contestant takes part in."""
