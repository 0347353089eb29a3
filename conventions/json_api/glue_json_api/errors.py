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
    integer, alias = dialect.integer_status, dialect.message_alias
    titles = {status: line[4:] for status, line in STATUS_LINES.items()}
    if not dialect.error_titles:
        titles = {}

    def show(error: GlueError) -> dict[str, Any]:
        status, message, pointer = error.status, error.message, error.pointer
        shown: dict[str, Any] = {"status": status if integer else str(status)}
        if error.id:
            shown["id"] = error.id
        if error.code:
            shown["code"] = error.code
        title = error.title or titles.get(status)
        if title:
            shown["title"] = title
        if message:
            shown["detail"] = message
            if alias:
                shown["message"] = message
        # The empty pointer is the whole document, so it counts.
        if pointer is not None or error.parameter or error.header:
            source = shown["source"] = {}
            if pointer is not None:
                source["pointer"] = pointer
            if error.parameter:
                source["parameter"] = error.parameter
            if error.header:
                source["header"] = error.header
        if error.type:
            shown["links"] = {"type": error.type}
        if error.meta:
            shown["meta"] = dict(error.meta)
        return shown

    return show
