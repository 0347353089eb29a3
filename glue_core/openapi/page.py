"""The page of the documentation: an explorer of one application, served with all that it loads.

The explorer is Swagger UI, whose files the distribution `flask-swagger-ui` has; they are read where
it is installed, and none of its code is imported. What Swagger UI does not do stands in modules of
our own, in the folder ``explorer``. A browser that shows the page asks nobody but this application.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import orjson

from glue_core import codes
from glue_core.errors import NotFound
from glue_core.messages import GlueRequest, GlueResponse
from glue_core.openapi.fragment import Answer, Fragment, text_schema
from glue_core.operation import ErrorCode, Operation, Tag
from glue_core.security.protection import PUBLIC

if TYPE_CHECKING:
    from glue_core.openapi.view import View

TAG = Tag("documentation", "What this API is, for programs and for people.")
"""What all that serves the documentation is listed under."""

PAGE = "docs"
FILES = "docs-files"
"""Names of the operations, in ids of ``disable``."""
FILE = "file"
PLACES = (f"/{PAGE}", f"/{PAGE}/{{{FILE}}}")

PACKAGE, FOLDER = "flask_swagger_ui", "dist"
EXTRA = "glue-api-core[page]"
OWN = Path(__file__).parent / "explorer"

HTML = "text/html; charset=utf-8"
MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
}
LIBRARY, STYLE, ICON = "swagger-ui-bundle.js", "swagger-ui.css", "favicon-32x32.png"
START, OWN_STYLE = "explorer.js", "explorer.css"

REVALIDATED = "public, no-cache"
"""Browsers may keep it, and ask whether it is still the same: an upgrade changes it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page says of its application.

    Attributes:
        title: Title of the documentation.
        servers: Addresses of the application, as its document has them.
        conventions: Names of conventions by the media types that select them.
    """

    title: str
    servers: tuple[str, ...]
    conventions: Mapping[str, str]


def installed_files() -> Mapping[str, Path] | None:
    """Return the files that pages load, by name; None where Swagger UI is not installed."""
    spec = find_spec(PACKAGE)
    folders = (spec.submodule_search_locations if spec is not None else None) or ()
    for folder in folders:
        theirs = [Path(folder) / FOLDER / name for name in (LIBRARY, STYLE, ICON)]
        if all(each.is_file() for each in theirs):
            ours = (each for each in sorted(OWN.iterdir()) if each.suffix in MEDIA_TYPES)
            return {each.name: each for each in (*theirs, *ours)}
    return None


def operations(files: Mapping[str, Path], shown: Callable[[], Shown]) -> list[Operation]:
    """Return what answers ``/docs``, and ``/docs/<file>`` for what the page loads.

    Args:
        files: The files, by name.
        shown: Says what the page shows, once the application is known.
    """
    missing = ErrorCode(404, codes.NOT_FOUND, "Not found")
    return [
        Operation(
            "get",
            _PageController(shown).get,
            PLACES[0],
            name=PAGE,
            summary="Show the documentation as a page.",
            describe=_writes("text/html"),
            protection=PUBLIC,
            technical=True,
            tag=TAG,
        ),
        Operation(
            "get",
            _FileController(files).get,
            PLACES[1],
            name=FILES,
            summary="Send a file that the page of the documentation loads.",
            describe=_writes(*(each.partition(";")[0] for each in MEDIA_TYPES.values())),
            errors=(missing,),
            protection=PUBLIC,
            technical=True,
            tag=TAG,
        ),
    ]


def is_below(operation: Operation) -> bool:
    """Say whether an operation is where the page is, or below."""
    return operation.path.split("/")[1] == PAGE


def policy(servers: Iterable[str]) -> str:
    """Return the content security policy of a page.

    Args:
        servers: Addresses of the application: requests may go there, and to where the page is from.
    """
    origins: list[str] = []
    for each in servers:
        parts = urlsplit(each)
        origin = f"{parts.scheme}://{parts.netloc}"
        is_plain = origin.isascii() and not set(origin) & set(" ;,'\"")
        if parts.scheme in ("http", "https") and parts.netloc and is_plain:
            origins.append(origin)
    connect = " ".join(dict.fromkeys(("'self'", *origins)))
    # Swagger UI's style sheet has its icons in it, as data.
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src {connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


class _PageController:
    """Answers ``/docs`` of one application."""

    def __init__(self, shown: Callable[[], Shown]) -> None:
        self._shown = shown

    def get(self, request: GlueRequest) -> GlueResponse:
        """Show the page. All that it names is beside it, wherever a proxy puts both."""
        shown = self._shown()
        is_folder = request.path.endswith("/")
        response = GlueResponse(content=_html(shown, "../" if is_folder else ""), format=HTML)
        response.meta.update(
            {
                "cache-control": "private, no-cache",
                "content-security-policy": policy(shown.servers),
                "x-frame-options": "DENY",
                "referrer-policy": "no-referrer",
            }
        )
        return response


class _FileController:
    """Answers ``/docs/<file>``: names that are known, and no paths."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self._files = files

    def get(self, request: GlueRequest) -> GlueResponse:
        """Send a file."""
        path = self._files.get((request.resource.parameters or {}).get(FILE, ""))
        if path is None:
            raise NotFound(codes.NOT_FOUND, "Not found")
        response = GlueResponse(content=path.read_bytes(), format=MEDIA_TYPES[path.suffix])
        response.meta["cache-control"] = REVALIDATED
        return response


def _writes(*media_types: str) -> Callable[[Operation, View], Fragment]:
    binary = {**text_schema(), "format": "binary"}
    content = {each: text_schema() if each.startswith("text/") else binary for each in media_types}
    return lambda operation, view: Fragment(answers=(Answer(content=content),))


def _html(shown: Shown, root: str) -> bytes:
    """Return the page.

    Args:
        shown: What it says.
        root: Where the application is, seen from the page; empty or with a slash at its end.
    """
    here = f"{root}{PAGE}"
    conventions = orjson.dumps(dict(shown.conventions)).decode()
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(shown.title)}</title>\n"
        f'<link rel="icon" type="image/png" href="{here}/{ICON}">\n'
        f'<link rel="stylesheet" href="{here}/{STYLE}">\n'
        f'<link rel="stylesheet" href="{here}/{OWN_STYLE}">\n'
        f"</head>\n<body>\n"
        f'<noscript>The explorer needs JavaScript; <a href="{root}{PAGE}.json">the document'
        f"</a> does not.</noscript>\n"
        f'<p id="explorer-status" role="status"></p>\n'
        f'<div id="explorer" data-document="{root}{PAGE}.json" '
        f'data-conventions="{escape(conventions)}"></div>\n'
        f'<script src="{here}/{LIBRARY}" defer></script>\n'
        f'<script src="{here}/{START}" type="module"></script>\n'
        f"</body>\n</html>\n"
    ).encode()
