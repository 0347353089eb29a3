"""Whether there is a value, whether it is true, and of which type it is."""

from __future__ import annotations

import math
import re
import string
from collections.abc import Callable, Mapping
from typing import Final

from glue_legacy_api.rules import options as read
from glue_legacy_api.rules import php
from glue_legacy_api.rules.messages import with_value
from glue_legacy_api.rules.values import Constraint, Option, Test

Options = Mapping[str, object]


def _judging(breaks: Callable[[object], bool]) -> Callable[[Options], Test]:
    """Make a constraint out of a question that needs no options."""

    def compile_with(options: Options) -> Test:
        message = str(options["message"])
        return lambda value: with_value(message, value) if breaks(value) else None

    return compile_with


def _not_blank(options: Options) -> Test:
    message, may_be_null = str(options["message"]), bool(options["allowNull"])
    normalize = options["normalizer"]

    def test(value: object) -> str | None:
        if value is None and may_be_null:
            return None
        seen = normalize(value) if callable(normalize) and isinstance(value, str) else value
        if seen is None or seen is False or seen == "" or php.is_empty_array(seen):
            return with_value(message, value)
        return None

    return test


def _is_one_of(*wanted: object) -> Callable[[object], bool]:
    frozen = {php.frozen(each) for each in (None, *wanted)}
    return lambda value: php.frozen(value) not in frozen


def _ctype(letters: str) -> Callable[[object], bool]:
    allowed = re.compile(f"[{re.escape(letters)}]+")
    return lambda value: isinstance(value, str) and allowed.fullmatch(value) is not None


def _finite(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)


def _never(value: object) -> bool:
    return False


_TYPES: Final[Mapping[str, Callable[[object], bool]]] = {
    **dict.fromkeys(("bool", "boolean"), lambda value: isinstance(value, bool)),
    **dict.fromkeys(("int", "integer", "long"), php.is_integer),
    **dict.fromkeys(("float", "double", "real"), lambda value: isinstance(value, float)),
    "numeric": lambda value: php.number(value) is not None,
    "number": lambda value: php.is_integer(value) or _finite(value),
    "finite-number": lambda value: php.is_integer(value) or _finite(value),
    "finite-float": _finite,
    "string": lambda value: isinstance(value, str),
    "scalar": php.is_scalar,
    **dict.fromkeys(("array", "iterable", "countable"), php.is_array),
    "list": php.is_list,
    "associative_array": lambda value: php.is_array(value) and not php.is_list(value),
    # JSON has none of these, so the rule refuses every value, as it did.
    **dict.fromkeys(("object", "resource", "null"), _never),
    "alnum": _ctype(string.ascii_letters + string.digits),
    "alpha": _ctype(string.ascii_letters),
    "cntrl": _ctype("".join(map(chr, (*range(32), 127)))),
    "digit": _ctype(string.digits),
    "graph": _ctype(string.ascii_letters + string.digits + string.punctuation),
    "lower": _ctype(string.ascii_lowercase),
    "print": _ctype(string.ascii_letters + string.digits + string.punctuation + " "),
    "punct": _ctype(string.punctuation),
    "space": _ctype(string.whitespace),
    "upper": _ctype(string.ascii_uppercase),
    "xdigit": _ctype(string.hexdigits),
}


def _types(value: object) -> tuple[str, ...]:
    names = read.texts(value)
    for name in names:
        if name.lower() not in _TYPES:
            raise ValueError(
                f"knows no type {name!r}: a request has no objects of PHP's classes, only "
                f"{', '.join(_TYPES)}"
            )
    if not names:
        raise ValueError("expects at least one type")
    return names


def _type(options: Options) -> Test:
    names = options["type"]
    assert isinstance(names, tuple)
    checks = tuple(_TYPES[name.lower()] for name in names)
    message, shown = str(options["message"]), "|".join(names)

    def test(value: object) -> str | None:
        if value is None or any(check(value) for check in checks):
            return None
        return with_value(message, value, type=shown)

    return test


def _simple(name: str, breaks: Callable[[object], bool], text: str) -> Constraint:
    return Constraint(name, _judging(breaks), {"message": read.message(text)})


CONSTRAINTS: Final = (
    Constraint(
        "NotBlank",
        _not_blank,
        {
            "message": read.message("This value should not be blank."),
            "allowNull": Option(read.boolean, False),
            "normalizer": read.NORMALIZER,
        },
    ),
    _simple("Blank", lambda value: value not in (None, ""), "This value should be blank."),
    _simple("NotNull", lambda value: value is None, "This value should not be null."),
    _simple("IsNull", lambda value: value is not None, "This value should be null."),
    _simple("IsTrue", _is_one_of(True, 1, "1"), "This value should be true."),
    _simple("IsFalse", _is_one_of(False, 0, "0"), "This value should be false."),
    Constraint(
        "Type",
        _type,
        {
            "type": Option(_types, required=True),
            "message": read.message("This value should be of type {{ type }}."),
        },
        bare="type",
    ),
)
