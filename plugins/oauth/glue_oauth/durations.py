"""Durations as ISO 8601 writes them, such as ``PT8H``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from marshmallow import ValidationError, fields

_DURATION = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?"
    r"(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,8})S)?)?",
    re.ASCII,
)
_DAYS = {"years": 365, "months": 30, "weeks": 7, "days": 1}
_SECONDS = {"hours": 3600, "minutes": 60, "seconds": 1}


def duration_of(text: str) -> timedelta:
    """Read a duration.

    Args:
        text: Such as ``P1M`` or ``PT8H``. A month counts 30 days, a year 365.

    Raises:
        ValueError: It is none, or it is zero.
    """
    found = _DURATION.fullmatch(text)
    parts = {} if found is None else {k: int(v) for k, v in found.groupdict().items() if v}
    span = timedelta(
        days=sum(_DAYS[name] * parts.get(name, 0) for name in _DAYS),
        seconds=sum(_SECONDS[name] * parts.get(name, 0) for name in _SECONDS),
    )
    if not span:
        raise ValueError(f"{text!r} is no duration: write it as 'PT8H', 'P7D' or 'P1M'.")
    return span


class Duration(fields.Field[timedelta]):
    """A setting that is a duration."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> timedelta:
        if not isinstance(value, str):
            raise ValidationError("Write a text such as 'PT8H'.")
        try:
            return duration_of(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error
