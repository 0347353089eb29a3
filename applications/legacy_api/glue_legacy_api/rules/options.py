"""Readers of options: what a file may say for an option, or what is expected instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from glue_legacy_api.rules import php
from glue_legacy_api.rules.values import Option, Reader


def text(value: object) -> str:
    """Read a text; numbers are taken for texts."""
    if isinstance(value, str):
        return value
    if php.is_integer(value) or isinstance(value, float):
        return php.text(value)
    raise ValueError("expects a text")


def boolean(value: object) -> bool:
    """Read true or false."""
    if isinstance(value, bool):
        return value
    raise ValueError("expects true or false")


def size(value: object) -> int:
    """Read a whole number of at least 0."""
    found = php.number(value)
    if isinstance(found, int) and found >= 0:
        return found
    raise ValueError("expects a whole number of at least 0")


def number(value: object) -> int | float:
    """Read a number, or the text of one."""
    found = php.number(value)
    if found is None:
        raise ValueError("expects a number")
    return found


def anything(value: object) -> object:
    """Read any value."""
    return value


def texts(value: object) -> tuple[str, ...]:
    """Read a list of texts, or one text."""
    return tuple(text(each) for each in _listed(value, "expects a text or a list of texts"))


def values(value: object) -> tuple[object, ...]:
    """Read a list of values; the names of a mapping do not count."""
    if isinstance(value, Mapping):
        return tuple(value.values())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(value)
    raise ValueError("expects a list")


def one_of(*names: str) -> Reader:
    """Make a reader of some words."""

    def read(value: object) -> str:
        found = text(value)
        if found not in names:
            raise ValueError(f"expects one of {', '.join(names)}")
        return found

    return read


def only(*wanted: object, instead: str) -> Reader:
    """Make a reader of an option that works in some settings only.

    Args:
        wanted: Values that are fine, because they switch nothing on.
        instead: Why others are not, and what to do.
    """

    def read(value: object) -> object:
        if any(php.identical(value, each) for each in wanted):
            return value
        raise ValueError(instead)

    return read


def _listed(value: object, otherwise: str) -> Sequence[object]:
    if isinstance(value, str) or php.is_integer(value):
        return [value]
    if isinstance(value, Sequence):
        return value
    raise ValueError(otherwise)


Normalizer = Callable[[str], str]

_SPACE: Final = " \t\n\r\0\v"
_NORMALIZERS: Final[Mapping[str, Normalizer]] = {
    "trim": lambda value: value.strip(_SPACE),
    "ltrim": lambda value: value.lstrip(_SPACE),
    "rtrim": lambda value: value.rstrip(_SPACE),
    "strtolower": str.lower,
    "strtoupper": str.upper,
    "mb_strtolower": str.lower,
    "mb_strtoupper": str.upper,
}


def normalizer(value: object) -> Normalizer:
    """Read the name of a function of PHP that is applied before the value is looked at."""
    found = _NORMALIZERS.get(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"expects one of {', '.join(_NORMALIZERS)}")
    return found


NORMALIZER: Final = Option(normalizer)


def message(default: str) -> Option:
    """Make an option for a text of a broken rule."""
    return Option(text, default)
