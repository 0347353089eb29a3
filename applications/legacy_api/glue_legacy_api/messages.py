"""The words of broken rules, for what a resource's own schema refuses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized

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
    "length.min": "This value is too short. It should have {min} characters or more.",
    "length.max": "This value is too long. It should have {max} characters or less.",
    "length.equal": "This value should have exactly {equal} characters.",
}
"""Texts by kind of violation and the limits that it has."""

TYPES: Mapping[str, str] = {
    "integer": "int",
    "boolean": "bool",
    "dict": "array",
    "list": "array",
    "nested": "array",
    "email": "string",
    "url": "string",
    "uuid": "string",
    "number": "float",
}
"""Names of types as the old application says them, by those of the schema's fields."""

SHOP_TEXTS = frozenset({codes.LOGIN_BLOCKED})
"""Codes whose texts a shop words itself, in the language of the request; others never change."""

ENGLISH = "en"

DATES = frozenset({"date", "datetime", "naivedatetime", "awaredatetime"})


def worded(error: GlueError, attributes: object) -> GlueError:
    """Return a violation in the old words: code ``901``, ``<path> => <message>``.

    What only a plugin knows keeps the plugin's words.

    Args:
        error: The violation, with a pointer that starts at the attributes.
        attributes: The attributes, which say which of two limits a value breaks.
    """
    names = (error.pointer or "").split("/")[1:]
    message = _text(error, _value_at(attributes, names)) or error.message or INVALID
    path = ".".join(map(_unescaped, names))
    return GlueError(422, codes.INVALID_ATTRIBUTE, f"{path} => {message}" if path else message)


def _unescaped(name: str) -> str:
    return name.replace("~1", "/").replace("~0", "~")


def _value_at(value: object, names: Sequence[str]) -> object:
    for name in map(_unescaped, names):
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list) and name.isdecimal() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def _broken_limit(kind: str, value: object, arguments: Mapping[str, object]) -> str:
    """Return which of two limits a value breaks: it is below the one, or above the other."""
    size = len(value) if kind == "length" and isinstance(value, Sized) else value
    lowest = arguments["min"]
    if isinstance(size, int | float) and isinstance(lowest, int | float) and size < lowest:
        return "min"
    return "max"


def _text(error: GlueError, value: object) -> str | None:
    kind, arguments = error.kind, error.arguments
    if kind is None:
        return None
    if kind == "type":
        name = str(arguments.get("type", ""))
        if name in DATES:
            return "This value is not a valid date."
        return f"This value should be of type {TYPES.get(name, name)}." if name else INVALID
    limits = [name for name in ("min", "max", "equal") if name in arguments]
    if limits == ["min", "max"]:
        limits = [_broken_limit(kind, value, arguments)]
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
