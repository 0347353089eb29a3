"""How features keep values in the database, so that they mean the same on every engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

SORTED_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that is sorted by code point: PostgreSQL would sort by the rules of its machine."""

CHUNK = 500
"""Keys in one question; PostgreSQL and SQLite both take many more."""


class UtcTime(sa.TypeDecorator[datetime]):
    """A point in time, kept in UTC without a zone: SQLite has no type that keeps one."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turn a point in time into UTC."""
        return None if value is None else in_utc(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return an aware time in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def in_utc(value: datetime) -> datetime:
    """Return a point in time in UTC.

    Raises:
        ValueError: It has no time zone, and so is no point in time.
    """
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone.")
    return value.astimezone(UTC)


def chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    """Yield keys in order, each once, so many that one question can name them."""
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), CHUNK):
        yield wanted[start : start + CHUNK]


def can_be_kept(text: str) -> bool:
    """Say whether every database can keep a text: PostgreSQL takes no NUL and no half letter."""
    return "\0" not in text and not any("\ud800" <= each <= "\udfff" for each in text)
