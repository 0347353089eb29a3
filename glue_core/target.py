"""The target of a request: host, path and base of links, as the WSGI environment has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from glue_core.matching import InvalidPath, segments_of
from glue_core.versions import version_before

BASE_URL_KEY = "glue.base_url"
"""Where the WSGI environment has the address that links start with, if another application than the
one that answers was selected: links lead to where the client is."""

# Names of hosts are plain ASCII on the wire; an address of version 6 stands in brackets.
_HOST = re.compile(r"([A-Za-z0-9._~-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{0,5}))?")
LARGEST_PORT = 65_535
LONGEST_KEPT = 255
"""Characters of what is read once and remembered."""
KEPT_ORIGINS = 256


def environ_key(name: str) -> str:
    """Return where a WSGI environment has a header, by its lower-case name."""
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else "HTTP_" + key


def host_of(environ: Mapping[str, Any]) -> str:
    """Return the host a request is for, without its port, in lower case.

    Returns:
        The host; empty where there is none, or where the header is no host and port: then nothing
        may be made of it, links least of all.

    Source:
        RFC 9112, section 3.2; RFC 9110, section 4.2.3 for the case.
    """
    header = environ.get("HTTP_HOST") or ""
    return _host_in(header) if len(header) <= LONGEST_KEPT else _host_in.__wrapped__(header)


@lru_cache(maxsize=256)
def _host_in(header: str) -> str:
    """Return the host that a header names; clients send few, again and again."""
    match = _HOST.fullmatch(header)
    if match is None or int(match[2] or 0) > LARGEST_PORT:
        return ""
    return match[1].lower()


def base_url_of(environ: Mapping[str, Any], configured: str | None) -> str:
    """Return the address that links start with.

    Args:
        environ: The WSGI environment, below the mount point.
        configured: That of the application that answers, or None for the request's own.
    """
    selected: str | None = environ.get(BASE_URL_KEY)
    return (
        selected
        or configured
        or f"{environ['wsgi.url_scheme']}://{environ.get('HTTP_HOST') or host_of(environ)}"
        f"{environ.get('SCRIPT_NAME', '')}"
    )


class Origins(dict[tuple[str, str | None, str | None], tuple[str, str]]):
    """What `host_of` and `base_url_of` return, by the variables of a WSGI environment they read.

    These are ``wsgi.url_scheme``, ``HTTP_HOST`` and ``SCRIPT_NAME``: clients send few values, again
    and again. Threads share it. Two that read the same at once read it alike.
    """

    __slots__ = ("_configured",)

    def __init__(self, configured: str | None) -> None:
        """Start empty.

        Args:
            configured: Address that links start with, or None for the request's own.
        """
        super().__init__()
        self._configured = configured

    def __missing__(self, key: tuple[str, str | None, str | None]) -> tuple[str, str]:
        """Read what no request had yet, and remember it unless it is unusually long."""
        scheme, header, mounted = key
        environ = {"wsgi.url_scheme": scheme, "HTTP_HOST": header, "SCRIPT_NAME": mounted or ""}
        origin = host_of(environ), base_url_of(environ, self._configured)
        if len(scheme) + len(header or "") + len(mounted or "") <= LONGEST_KEPT:
            if len(self) >= KEPT_ORIGINS:
                self.clear()
            self[key] = origin
        return origin


def raw_target_of(environ: Mapping[str, Any]) -> str | None:
    """Return the target as the client sent it, where the server tells."""
    raw: str | None = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    return raw


def raw_path_of(environ: Mapping[str, Any]) -> str | None:
    """Return the path below the mount point as the client sent it, where the server tells."""
    raw = raw_target_of(environ)
    if raw is None or "%" not in raw:
        return None
    path = raw.partition("?")[0]
    if not path.startswith("/"):
        path = "/" + path.partition("://")[2].partition("/")[2]
    mounted = environ.get("SCRIPT_NAME", "").count("/")
    for _ in range(mounted):
        path = "/" + path[1:].partition("/")[2]
    return path


def first_segment(environ: Mapping[str, Any], *, versions_in_path: bool) -> str:
    """Return the type that the path of a request starts with; empty where the path is no text.

    Args:
        environ: The WSGI environment, below the mount point.
        versions_in_path: Whether a version may come before it.
    """
    path, raw = environ.get("PATH_INFO", ""), raw_path_of(environ)
    if versions_in_path:
        versioned = version_before(path, raw)
        path, raw = versioned.path, versioned.raw
    try:
        segments = segments_of(path, raw)
    except InvalidPath:
        return ""
    return segments[0] if segments else ""
