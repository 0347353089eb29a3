"""Problem documents: errors as RFC 9457 spells them, for every convention that speaks them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glue_core.formatting import status_line
from glue_core.messages import GlueError, GlueRequest

PROBLEM = "application/problem+json"
"""Media type of a problem document; it describes errors only, so no success is written in it."""


def problem_document(
    errors: Sequence[GlueError], status: int | None, request: GlueRequest
) -> dict[str, Any]:
    """Return the problem document of a refusal or a failure, ready for JSON.

    The member ``errors`` has every single error with its code and what was at fault; where all have
    one code or one type, the document has it as well. Else the type is ``about:blank``: the status
    says what kind of problem it is.

    Args:
        errors: At least one error.
        status: Status of the answer, or None for that of the first error.
        request: The request; its id makes the occurrence findable in the log.

    Source:
        RFC 9457, section 3.1 for the members and section 4.2.1 for ``about:blank``.
    """
    status = status or errors[0].status
    messages = list(dict.fromkeys(each.message for each in errors if each.message))
    types = {each.type for each in errors}
    document: dict[str, Any] = {
        "type": (types.pop() if len(types) == 1 else None) or "about:blank",
        "title": status_line(status).partition(" ")[2],
        "status": status,
        # Relative to the address that was asked for, so the document need not repeat it.
        "instance": f"#{request.id}",
    }
    if messages:
        document["detail"] = messages[0] if len(messages) == 1 else " ".join(messages)
    codes = {each.code for each in errors}
    if len(codes) == 1 and None not in codes:
        document["code"] = codes.pop()
    document["errors"] = [_member(each) for each in errors]
    return document


def _member(error: GlueError) -> dict[str, Any]:
    shown: dict[str, Any] = {"status": error.status}
    for name in ("id", "type", "code", "title"):
        value = getattr(error, name)
        if value is not None:
            shown[name] = value
    if error.message:
        shown["detail"] = error.message
    for name in ("pointer", "parameter", "header"):
        value = getattr(error, name)
        if value is not None:
            shown[name] = value
    if error.meta:
        shown["meta"] = dict(error.meta)
    return shown
