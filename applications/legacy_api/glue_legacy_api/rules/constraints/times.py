"""Dates and times as texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from glue_legacy_api.rules import options as read
from glue_legacy_api.rules.constraints.skipping import for_texts
from glue_legacy_api.rules.values import Constraint, Option, Test

Options = Mapping[str, object]

_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.A)
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d", re.A)
_TIME_WITHOUT_SECONDS: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.A)

_MONTHS: Final = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ZONE: Final = r"(?:[A-Za-z]+(?:[/_+-][A-Za-z0-9_+-]+)*|[-+]\d{1,2}:?(?:\d{2})?)"


def _words(names: Sequence[str]) -> str:
    return "|".join((*names, *(name[:3] for name in names)))


_PIECES: Final[Mapping[str, str]] = {
    "d": r"(?P<day>0?[1-9]|[12]\d|3[01])",
    "m": r"(?P<month>0?[1-9]|1[0-2])",
    "Y": r"(?P<year>\d{1,4})",
    "y": r"(?P<short_year>\d{2})",
    "H": r"(?P<hour>[01]?\d|2[0-3])",
    "h": r"(?P<half_hour>0?[1-9]|1[0-2])",
    "i": r"(?P<minute>[0-5]\d)",
    "s": r"(?P<second>[0-5]\d)",
    "u": r"(?P<fraction>\d{1,6})",
    "v": r"(?P<thousandths>\d{1,3})",
    "D": rf"(?i:{_words(_DAYS)})",
    "M": rf"(?P<month_name>(?i:{_words(_MONTHS)}))",
    "A": r"(?i:am|pm)",
    "S": r"(?i:st|nd|rd|th)",
    "z": r"(?P<day_of_year>\d{1,3})",
    "U": r"-?\d+",
    "e": _ZONE,
    " ": r"[ \t]+",
    "?": r"[\s\S]",
    "*": r"[^\s,;:/.\\()-]*",
    "+": r"[\s\S]*",
    "#": r"[;:/.,()-]",
    "!": "",
    "|": "",
}
_SAME: Final = {
    "j": "d",
    "n": "m",
    "G": "H",
    "g": "h",
    "l": "D",
    "F": "M",
    "a": "A",
    "T": "e",
    "O": "e",
    "P": "e",
    "p": "e",
}


def _date_holds(value: str) -> bool:
    found = _DATE.fullmatch(value)
    return found is not None and _exists(*map(int, found.groups()))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year or 4, month, day)
    except ValueError:
        return False
    return True


def date_format(value: object) -> Callable[[str], bool]:
    """Read a format of PHP's ``DateTime::createFromFormat``.

    Returns:
        Tells whether a text has the format, and the day exists.
    """
    written = read.text(value)
    pieces: list[str] = []
    characters = iter(written)
    for char in characters:
        code = _SAME.get(char, char)
        piece = re.escape(next(characters, "\\")) if char == "\\" else _PIECES.get(code)
        if piece is None:
            if char.isascii() and char.isalpha():
                raise ValueError(f"has {char!r}, which stands for nothing when PHP reads a date")
            piece = re.escape(char)
        pieces.append(piece)
    try:
        pattern = re.compile("".join(pieces), re.A)
    except re.error:
        raise ValueError("has the same part of a date twice") from None
    return lambda text: (found := pattern.fullmatch(text)) is not None and _day_exists(found)


def _day_exists(found: re.Match[str]) -> bool:
    parts = found.groupdict()
    day = parts.get("day")
    if day is None:
        return True
    month = _month(parts)
    return month is None or _exists(_year(parts), month, int(day))


def _year(parts: Mapping[str, str]) -> int:
    """Return the year; without one a year that has a 29th of February."""
    if "year" in parts:
        return int(parts["year"])
    return 2000 + int(parts["short_year"]) if "short_year" in parts else 4


def _month(parts: Mapping[str, str]) -> int | None:
    if "month" in parts:
        return int(parts["month"])
    if "month_name" not in parts:
        return None
    short = parts["month_name"][:3].lower()
    return next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(short))


def _date_time(options: Options) -> Test:
    holds = options["format"]
    assert callable(holds)
    return for_texts(options, holds)


def _time(options: Options) -> Test:
    pattern = _TIME if options["withSeconds"] else _TIME_WITHOUT_SECONDS
    return for_texts(options, lambda value: pattern.fullmatch(value) is not None)


CONSTRAINTS: Final = (
    Constraint(
        "Date",
        lambda options: for_texts(options, _date_holds),
        {"message": read.message("This value is not a valid date.")},
    ),
    Constraint(
        "DateTime",
        _date_time,
        {
            "format": Option(date_format, date_format("Y-m-d H:i:s")),
            "message": read.message("This value is not a valid datetime."),
        },
        bare="format",
    ),
    Constraint(
        "Time",
        _time,
        {
            "withSeconds": Option(read.boolean, True),
            "message": read.message("This value is not a valid time."),
        },
    ),
)
