"""Credentials in the query: taken out of it, and into the headers that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

ADDRESSES = ("RAW_URI", "REQUEST_URI")
"""Where servers keep the address as it was sent; gunicorn writes its access log from it."""


def move_to_headers(environ: dict[str, Any], headers: Mapping[str, str]) -> None:
    """Take parameters out of a request's query, and set the headers that they stand for.

    Nothing that reads the request afterwards finds them in the address: no link of the answer and
    no log line has them. A header that came as well wins; a parameter that came twice stands for no
    value that anybody gave out.

    Args:
        environ: The WSGI environment, which is changed.
        headers: Lower-case names of headers by the names of parameters.
    """
    kept: list[str] = []
    taken: dict[str, list[str]] = {}
    for part in environ.get("QUERY_STRING", "").split("&"):
        name, _, value = part.partition("=")
        header = headers.get(unquote_plus(name))
        if header is None:
            kept.append(part)
        else:
            taken.setdefault(header, []).append(unquote_plus(value, encoding="latin-1"))
    if not taken:
        return
    query = environ["QUERY_STRING"] = "&".join(kept)
    for name in ADDRESSES:
        if name in environ:
            path = environ[name].partition("?")[0]
            environ[name] = f"{path}?{query}" if query else path
    for header, values in taken.items():
        environ.setdefault(f"HTTP_{header.upper().replace('-', '_')}", ",".join(values))
