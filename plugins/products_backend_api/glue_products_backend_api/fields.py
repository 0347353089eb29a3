"""Fields that take what they say and nothing near it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from glue_core import UtcDateTime

MOST = 1000
"""Entries of a list or a map at most."""


def text(longest: int, *, shortest: int = 0, **options: Any) -> fields.String:
    """Make a field for a text of a number of characters; the key of a text is not blank."""
    checks: list[Any] = [validate.Length(min=shortest, max=longest)]
    if shortest:
        pattern = re.compile(r"\S(.*\S)?\Z", re.DOTALL)
        checks.append(validate.Regexp(pattern, error="It starts or ends with a blank."))
    return fields.String(validate=checks, **options)


def locale(**options: Any) -> fields.String:
    """Make a field for the name of a locale."""
    pattern = validate.Regexp(
        r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})*\Z", error="Not a locale such as 'de_DE'."
    )
    return fields.String(validate=[validate.Length(max=32), pattern], **options)


class Flag(fields.Boolean):
    """True or false, and no word or number that could mean it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Texts(fields.Dict):
    """Texts by key; what is wrong with one is told at its key."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            keys=text(255, shortest=1),
            values=text(10_000),
            validate=validate.Length(max=MOST),
            **options,
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return super()._deserialize(value, attr, data, **kwargs)  # type: ignore[no-untyped-call]
        except ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            told = {
                key: [each for found in wrong.values() for each in found]
                for key, wrong in error.messages.items()
            }
            raise ValidationError(told) from None


class Whole(fields.Nested):
    """An object that is complete wherever it stands: a change requires in it what a new one does.

    Marshmallow would take the parts of a change for changes, too.
    """

    def _load(self, value: Any, partial: Any = None) -> Any:
        return super()._load(value, partial=False)


def each_once(*keys: str) -> Any:
    """Make a validator that refuses a list where two have one value under a key."""

    def check(entries: list[Mapping[str, Any]]) -> None:
        found: dict[int, dict[str, list[str]]] = {}
        for key in keys:
            seen = set()
            for index, entry in enumerate(entries):
                if entry[key] in seen:
                    found.setdefault(index, {})[key] = ["It is named more than once."]
                seen.add(entry[key])
        if found:
            raise ValidationError(dict(found))

    return check


def listed(schema: type[Schema], *, key: str | None = None, **options: Any) -> fields.List[Any]:
    """Make a field for a list of whole objects, told apart by one of their keys or not at all.

    Args:
        schema: Schema of an object.
        key: Key on the wire of which every object has another value, named alike in the schema.
        options: Further options of the field.
    """
    checks: list[Any] = [validate.Length(max=MOST)]
    if key is not None:
        checks.append(each_once(key))
    return fields.List(Whole(schema), validate=checks, **options)


class DayOrTime(UtcDateTime):
    """A point in time; a day stands for its beginning, in UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if isinstance(value, str) and len(value) == len("2026-01-31"):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                raise self.make_error("time") from None
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        return super()._deserialize(value, attr, data, **kwargs)
