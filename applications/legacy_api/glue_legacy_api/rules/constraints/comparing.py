"""Comparisons with a value of the file, by the rules of PHP."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from glue_legacy_api.rules import options as read
from glue_legacy_api.rules import php
from glue_legacy_api.rules.messages import fill, of_type, with_value
from glue_legacy_api.rules.values import Constraint, Option, Test

Options = Mapping[str, object]
Holds = Callable[[object, object], bool]

_NO_PATH: Final = "cannot be used: a request has no properties. Compare with 'value' instead"


def _ordered(wanted: Callable[[int], bool]) -> Holds:
    def holds(value: object, compared: object) -> bool:
        found = php.compare(value, compared)
        return found is not None and wanted(found)

    return holds


def _comparing(holds: Holds, *, skips_null: bool) -> Callable[[Options], Test]:
    def compile_with(options: Options) -> Test:
        compared, message = options["value"], str(options["message"])
        shown = {
            "compared_value": php.quoted(compared),
            "compared_value_type": php.type_name(compared),
        }
        text = fill(message, shown)

        def test(value: object) -> str | None:
            if (value is None and skips_null) or holds(value, compared):
                return None
            return with_value(text, value)

        return test

    return compile_with


def _comparison(name: str, holds: Holds, text: str, *, skips_null: bool = True) -> Constraint:
    return Constraint(
        name,
        _comparing(holds, skips_null=skips_null),
        {
            "value": Option(read.anything, required=True),
            "message": read.message(text),
            "propertyPath": Option(read.only(instead=_NO_PATH)),
        },
        bare="value",
    )


def _with_zero(name: str, holds: Holds, text: str) -> Constraint:
    compile_with = _comparing(holds, skips_null=True)
    return Constraint(
        name,
        lambda options: compile_with({**options, "value": 0}),
        {"message": read.message(text)},
    )


def divides(value: int | float, divisor: int | float) -> bool:
    """Return whether a number is a multiple, within what a float can tell."""
    if isinstance(value, int) and isinstance(divisor, int):
        return value % divisor == 0
    if not math.isfinite(value):
        return False
    quotient = value / divisor
    if not math.isfinite(quotient):
        return math.fmod(value, divisor) == 0
    return math.isclose(quotient, round(quotient), rel_tol=1e-12, abs_tol=1e-12)


def divisor(value: object) -> int | float:
    """Read a number that one can divide by."""
    found = read.number(value)
    if found == 0 or not math.isfinite(found):
        raise ValueError("expects a number that is not 0")
    return found


def _divisible(options: Options) -> Test:
    by, message = divisor(options["value"]), str(options["message"])
    text = fill(message, {"compared_value": php.quoted(options["value"])})

    def test(value: object) -> str | None:
        if value is None:
            return None
        found = php.number(value)
        if found is None:
            return of_type("numeric")
        return None if divides(found, by) else with_value(text, value)

    return test


def _range(options: Options) -> Test:
    low, high = options["min"], options["max"]
    if low is None and high is None:
        raise ValueError("needs 'min' or 'max'")
    if low is not None and high is not None and (php.compare(low, high) or 0) > 0:
        raise ValueError("has a 'min' above its 'max'")
    limits = {"min": php.text(low), "max": php.text(high)}
    both = None if low is None or high is None else fill(str(options["notInRangeMessage"]), limits)
    below = _limit_text(
        options["minMessage"], both, "This value should be {{ limit }} or more.", low
    )
    above = _limit_text(
        options["maxMessage"], both, "This value should be {{ limit }} or less.", high
    )
    invalid = str(options["invalidMessage"])

    def test(value: object) -> str | None:
        if value is None:
            return None
        found = php.number(value)
        if found is None:
            return with_value(invalid, value)
        if isinstance(low, int | float) and found < low:
            return with_value(below, value)
        if isinstance(high, int | float) and found > high:
            return with_value(above, value)
        return None

    return test


def _limit_text(own: object, both: str | None, default: str, limit: object) -> str:
    """Choose a text: that of the file for this limit, else that for both limits."""
    if own is None and both is not None:
        return both
    return fill(default if own is None else str(own), {"limit": php.text(limit)})


def _numeric_limit(value: object) -> int | float:
    found = php.number(value)
    if found is None:
        raise ValueError(
            "expects a number: JSON has no dates, and texts are never in a range of them"
        )
    return found


CONSTRAINTS: Final = (
    _comparison(
        "EqualTo",
        _ordered(lambda order: order == 0),
        "This value should be equal to {{ compared_value }}.",
    ),
    _comparison(
        "NotEqualTo",
        lambda value, compared: php.compare(value, compared) != 0,
        "This value should not be equal to {{ compared_value }}.",
    ),
    _comparison(
        "IdenticalTo",
        php.identical,
        "This value should be identical to {{ compared_value_type }} {{ compared_value }}.",
    ),
    _comparison(
        "NotIdenticalTo",
        lambda value, compared: not php.identical(value, compared),
        "This value should not be identical to {{ compared_value_type }} {{ compared_value }}.",
    ),
    _comparison(
        "LessThan",
        _ordered(lambda order: order < 0),
        "This value should be less than {{ compared_value }}.",
    ),
    _comparison(
        "LessThanOrEqual",
        _ordered(lambda order: order <= 0),
        "This value should be less than or equal to {{ compared_value }}.",
    ),
    _comparison(
        "GreaterThan",
        _ordered(lambda order: order > 0),
        "This value should be greater than {{ compared_value }}.",
    ),
    _comparison(
        "GreaterThanOrEqual",
        _ordered(lambda order: order >= 0),
        "This value should be greater than or equal to {{ compared_value }}.",
    ),
    _with_zero("Positive", _ordered(lambda order: order > 0), "This value should be positive."),
    _with_zero(
        "PositiveOrZero",
        _ordered(lambda order: order >= 0),
        "This value should be either positive or zero.",
    ),
    _with_zero("Negative", _ordered(lambda order: order < 0), "This value should be negative."),
    _with_zero(
        "NegativeOrZero",
        _ordered(lambda order: order <= 0),
        "This value should be either negative or zero.",
    ),
    Constraint(
        "DivisibleBy",
        _divisible,
        {
            "value": Option(divisor, required=True),
            "message": read.message("This value should be a multiple of {{ compared_value }}."),
            "propertyPath": Option(read.only(instead=_NO_PATH)),
        },
        bare="value",
    ),
    Constraint(
        "Range",
        _range,
        {
            "min": Option(_numeric_limit),
            "max": Option(_numeric_limit),
            "minMessage": Option(read.text),
            "maxMessage": Option(read.text),
            "notInRangeMessage": read.message(
                "This value should be between {{ min }} and {{ max }}."
            ),
            "invalidMessage": read.message("This value should be a valid number."),
            "invalidDateTimeMessage": Option(read.text),
            "minPropertyPath": Option(read.only(instead=_NO_PATH)),
            "maxPropertyPath": Option(read.only(instead=_NO_PATH)),
        },
    ),
)
