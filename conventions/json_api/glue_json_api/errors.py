"""Error objects: each failure as the specification and the dialect spell it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glue_core import STATUS_LINES, GlueError
from glue_json_api.dialect import Dialect


def error_objects(dialect: Dialect) -> Callable[[GlueError], dict[str, Any]]:
    """Compile the error object of a dialect; a member without a value is left out.

    Source:
        JSON:API 1.1, "Error Objects".
    """
    integer, alias, titles = dialect.integer_status, dialect.message_alias, dialect.error_titles

    def show(error: GlueError) -> dict[str, Any]:
        shown: dict[str, Any] = {"status": error.status if integer else str(error.status)}
        if error.id:
            shown["id"] = error.id
        if error.code:
            shown["code"] = error.code
        title = error.title or (STATUS_LINES.get(error.status, "")[4:] if titles else None)
        if title:
            shown["title"] = title
        if error.message:
            shown["detail"] = error.message
            if alias:
                shown["message"] = error.message
        source = _source(error)
        if source:
            shown["source"] = source
        if error.type:
            shown["links"] = {"type": error.type}
        if error.meta:
            shown["meta"] = dict(error.meta)
        return shown

    return show


def _source(error: GlueError) -> dict[str, str]:
    """Return what was at fault; the empty pointer is the whole document, so it counts."""
    source = {}
    if error.pointer is not None:
        source["pointer"] = error.pointer
    if error.parameter:
        source["parameter"] = error.parameter
    if error.header:
        source["header"] = error.header
    return source
