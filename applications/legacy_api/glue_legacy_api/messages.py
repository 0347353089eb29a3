"""The words of broken rules, for what a resource's own schema refuses."""

from __future__ import annotations

from collections.abc import Mapping

from glue_core import Format, GlueError, GlueRequest, GlueResponse, Operation, codes

INVALID = "This value is not valid."
TEXTS: Mapping[str, str] = {
    "required": "This field is missing.",
    "null": "This value should not be blank.",
    "blank": "This value should not be blank.",
    "email": "This value is not a valid email address.",
    "choice": "The value you selected is not a valid choice.",
    "pattern": INVALID,
    "url": "This value is not a valid URL.",
    "range.min": "This value should be greater than or equal to {min}.",
    "range.max": "This value should be less than or equal to {max}.",
    "range.min.max": "This value should be between {min} and {max}.",
    "length.min": "This value is too short. It should have {min} characters or more.",
    "length.max": "This value is too long. It should have {max} characters or less.",
    "length.min.max": "This value should have from {min} to {max} characters.",
    "length.equal": "This value should have exactly {equal} characters.",
}
"""Texts by kind of violation and the limits that it has."""

TYPES: Mapping[str, str] = {
    "integer": "int",
    "boolean": "bool",
    "dict": "array",
    "list": "array",
    "nested": "array",
    "number": "float",
}
"""Names of types as the old application says them, by those of the schema's fields."""

SHOP_TEXTS = frozenset({codes.LOGIN_BLOCKED})
"""Codes whose texts a shop words itself, in the language of the request; others never change."""

ENGLISH = "en"

DATES = frozenset({"date", "datetime", "naivedatetime", "awaredatetime"})


def worded(error: GlueError) -> GlueError:
    """Return a violation in the old words: code ``901``, ``<path> => <message>``.

    What only a plugin knows keeps the plugin's words.
    """
    message = _text(error) or error.message or INVALID
    path = ".".join(part for part in (error.pointer or "").split("/")[1:])
    path = path.replace("~1", "/").replace("~0", "~")
    return GlueError(422, codes.INVALID_ATTRIBUTE, f"{path} => {message}" if path else message)


def _text(error: GlueError) -> str | None:
    kind, arguments = error.kind, error.arguments
    if kind is None:
        return None
    if kind == "type":
        name = str(arguments.get("type", ""))
        if name in DATES:
            return "This value is not a valid date."
        return f"This value should be of type {TYPES.get(name, name)}." if name else INVALID
    limits = [name for name in ("min", "max", "equal") if name in arguments]
    text = TEXTS.get(f"{kind}.{'.'.join(limits)}" if limits else kind) or TEXTS.get(kind)
    return text.format_map(dict(arguments)) if text is not None else None


def texts_of(operation: Operation) -> Format | None:
    """Choose the words of errors: of shop texts in the language of the request, else in English."""
    catalogue = operation.catalogue
    if catalogue is None:
        return None

    def format_(response: GlueResponse, request: GlueRequest) -> None:
        for error in response.errors:
            if error.code in SHOP_TEXTS:
                catalogue.word(error, request.locale)
            elif not error.message:
                catalogue.word(error, ENGLISH)

    return format_
