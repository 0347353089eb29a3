"""Values out of a list, and lists as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from glue_legacy_api.rules import options as read
from glue_legacy_api.rules import php
from glue_legacy_api.rules.constraints.comparing import divides, divisor
from glue_legacy_api.rules.messages import fill, of_type, plural, with_value
from glue_legacy_api.rules.values import Constraint, Option, Test

Options = Mapping[str, object]


def _choice(options: Options) -> Test:
    choices = options["choices"]
    if not isinstance(choices, tuple):
        raise ValueError("needs 'choices', a list of values")
    shown = ", ".join(map(php.quoted, choices))
    known = _membership(choices, strict=bool(options["strict"]), match=bool(options["match"]))
    if options["multiple"]:
        return _several(options, known, shown)
    message = fill(str(options["message"]), {"choices": shown})
    return lambda value: None if value is None or known(value) else with_value(message, value)


def _membership(
    choices: tuple[object, ...], *, strict: bool, match: bool
) -> Callable[[object], bool]:
    if not strict:
        return lambda value: any(php.compare(value, each) == 0 for each in choices) is match
    frozen = frozenset(map(php.frozen, choices))
    return lambda value: (php.frozen(value) in frozen) is match


def _several(options: Options, known: Callable[[object], bool], shown: str) -> Test:
    low, high = options["min"], options["max"]
    wrong = fill(str(options["multipleMessage"]), {"choices": shown})
    few = _counted(options["minMessage"], low, choices=shown)
    many = _counted(options["maxMessage"], high, choices=shown)

    def test(value: object) -> str | None:
        if value is None:
            return None
        if not php.is_array(value):
            return of_type("array")
        entries = php.entries(value)
        for _, each in entries:
            if not known(each):
                return with_value(wrong, each)
        if isinstance(low, int) and len(entries) < low:
            return few
        return many if isinstance(high, int) and len(entries) > high else None

    return test


def _counted(text: object, limit: object, **others: str) -> str:
    """Fill a text for a limit, in its form for this number."""
    if not isinstance(limit, int):
        return ""
    return fill(plural(str(text), limit), {"limit": str(limit), **others})


def _count(options: Options) -> Test:
    exactly = options["exactly"]
    low, high = options["min"], options["max"]
    if exactly is not None:
        low = high = exactly
    by, multiple = options["divisibleBy"], str(options["divisibleByMessage"])
    if low is None and high is None and by is None:
        raise ValueError("needs 'min', 'max', 'exactly' or 'divisibleBy'")
    if isinstance(low, int) and isinstance(high, int) and low > high:
        raise ValueError("has a 'min' above its 'max'")
    names = ("exactMessage", "exactMessage") if low == high else ("minMessage", "maxMessage")
    few, many = (
        _counted(options[name], limit) for name, limit in zip(names, (low, high), strict=True)
    )
    divided = fill(multiple, {"compared_value": php.quoted(by)})

    def test(value: object) -> str | None:
        if value is None:
            return None
        if not isinstance(value, list | dict):
            return of_type(r"array|\Countable")
        count = len(value)
        if isinstance(high, int) and count > high:
            return fill(many, {"count": str(count)})
        if isinstance(low, int) and count < low:
            return fill(few, {"count": str(count)})
        if isinstance(by, int | float) and not divides(count, by):
            return fill(divided, {"value": str(count), "count": str(count)})
        return None

    return test


def _unique(options: Options) -> Test:
    message, fields = str(options["message"]), options["fields"]
    normalize = options["normalizer"]

    def seen(value: object) -> object:
        if isinstance(fields, tuple):
            return tuple(_only(value, fields))
        if callable(normalize) and isinstance(value, str):
            value = normalize(value)
        return php.frozen(value)

    def test(value: object) -> str | None:
        if value is None:
            return None
        if not php.is_array(value):
            return of_type("array|IteratorAggregate")
        entries = [each for _, each in php.entries(value)]
        if isinstance(fields, tuple):
            entries = [each for each in entries if _only(each, fields)]
        if len({seen(each) for each in entries}) == len(entries):
            return None
        return with_value(message, value)

    return test


def _only(value: object, fields: tuple[object, ...]) -> list[object]:
    if not isinstance(value, dict):
        return []
    return [(name, php.frozen(value[name])) for name in fields if name in value]


_CALLBACK: Final = (
    "calls a method of PHP. List the values as 'choices', or let a plugin add a constraint"
)

CONSTRAINTS: Final = (
    Constraint(
        "Choice",
        _choice,
        {
            "choices": Option(read.values),
            "callback": Option(read.only(instead=_CALLBACK)),
            "multiple": Option(read.boolean, False),
            "strict": Option(read.boolean, True),
            "match": Option(read.boolean, True),
            "min": Option(read.size),
            "max": Option(read.size),
            "message": read.message("The value you selected is not a valid choice."),
            "multipleMessage": read.message("One or more of the given values is invalid."),
            "minMessage": read.message(
                "You must select at least {{ limit }} choice.|"
                "You must select at least {{ limit }} choices."
            ),
            "maxMessage": read.message(
                "You must select at most {{ limit }} choice.|"
                "You must select at most {{ limit }} choices."
            ),
        },
        bare="choices",
    ),
    Constraint(
        "Count",
        _count,
        {
            "min": Option(read.size),
            "max": Option(read.size),
            "exactly": Option(read.size),
            "divisibleBy": Option(divisor),
            "minMessage": read.message(
                "This collection should contain {{ limit }} element or more.|"
                "This collection should contain {{ limit }} elements or more."
            ),
            "maxMessage": read.message(
                "This collection should contain {{ limit }} element or less.|"
                "This collection should contain {{ limit }} elements or less."
            ),
            "exactMessage": read.message(
                "This collection should contain exactly {{ limit }} element.|"
                "This collection should contain exactly {{ limit }} elements."
            ),
            "divisibleByMessage": read.message(
                "The number of elements in this collection should be a multiple of "
                "{{ compared_value }}."
            ),
        },
        bare="exactly",
    ),
    Constraint(
        "Unique",
        _unique,
        {
            "message": read.message("This collection should contain only unique elements."),
            "fields": Option(read.texts),
            "normalizer": read.NORMALIZER,
        },
    ),
)
