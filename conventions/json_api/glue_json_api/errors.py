"""Error objects: each failure as the specification and the dialect spell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from glue_core import STATUS_LINES, GlueError
from glue_json_api.dialect import Dialect


def error_objects(dialect: Dialect) -> Callable[[GlueError], dict[str, Any]]:
    """Compile the error object of a dialect; a member without a value is left out.

    Source:
        JSON:API 1.1, "Error Objects".
    """
    integer, titled, alias = dialect.integer_status, dialect.error_titles, dialect.message_alias

    def show(error: GlueError) -> dict[str, Any]:
        shown = {**_start(error.status, error.code, error.title, integer, titled)}
        if error.id:
            shown = {"status": shown["status"], "id": error.id, **shown}
        message, pointer = error.message, error.pointer
        if message:
            shown["detail"] = message
            if alias:
                shown["message"] = message
        # The empty pointer is the whole document, so it counts.
        if pointer is not None:
            shown["source"] = {"pointer": pointer}
        if error.parameter:
            shown.setdefault("source", {})["parameter"] = error.parameter
        if error.header:
            shown.setdefault("source", {})["header"] = error.header
        if error.type:
            shown["links"] = {"type": error.type}
        if error.meta:
            shown["meta"] = dict(error.meta)
        return shown

    return show


@lru_cache(maxsize=1024)
def _start(
    status: int, code: str | None, title: str | None, integer: bool, titled: bool
) -> Mapping[str, Any]:
    """Return the members that are the same in all errors of a code.

    Args:
        status: Status of the error.
        code: Its code, or None. Like its title it comes from code, never from a client: so few of
            them are different that the answers are kept.
        title: Its title, or None.
        integer: Whether the status is a number.
        titled: Whether an error without a title has the reason phrase of its status.
    """
    start: dict[str, Any] = {"status": status if integer else str(status)}
    if code:
        start["code"] = code
    if titled and not title:
        title = STATUS_LINES.get(status, "")[4:]
    if title:
        start["title"] = title
    return start
