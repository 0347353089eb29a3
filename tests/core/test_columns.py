"""Columns that mean the same on every engine, and what can be asked in one question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, MetaData, Table, create_engine, insert, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from glue_core import SORTED_TEXT, UtcTime, can_be_kept, chunks, in_utc

TABLE = Table("kept", MetaData(), Column("at", UtcTime), Column("name", SORTED_TEXT))


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))], ids=str
)
def test_point_in_time_comes_back_in_utc(zone: timezone) -> None:
    """A point in time with any zone is the same one when it comes back, in UTC."""
    written = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=zone)
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        TABLE.metadata.create_all(connection)
        connection.execute(insert(TABLE), [{"at": written}, {"at": None}])
        read = connection.scalars(select(TABLE.c.at)).all()
    engine.dispose()

    assert read == [written, None]
    assert read[0] is not None
    assert read[0].tzinfo is UTC


def test_time_without_zone_is_refused() -> None:
    """A time without a zone is no point in time: nobody guesses one."""
    with pytest.raises(ValueError, match="has no time zone"):
        in_utc(datetime(2026, 3, 1))


def test_text_is_sorted_by_code_point_on_postgresql() -> None:
    """The rules of a machine for sorting play no part."""
    made = str(CreateTable(TABLE).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]

    assert 'name TEXT COLLATE "C"' in made


@pytest.mark.parametrize(
    ("number", "sizes"), [(0, []), (1, [1]), (500, [500]), (1001, [500, 500, 1])]
)
def test_keys_are_asked_for_in_parts(number: int, sizes: list[int]) -> None:
    """Keys come in order, each once, in parts of a size that every engine takes."""
    keys = [f"{each:04}" for each in range(number)]

    parts = list(chunks([*reversed(keys), *keys]))

    assert [len(part) for part in parts] == sizes
    assert [key for part in parts for key in part] == keys


@pytest.mark.parametrize(
    ("text", "kept"), [("", True), ("ä☃😀", True), ("a\0", False), ("\ud83d", False)], ids=ascii
)
def test_what_no_database_keeps(text: str, kept: bool) -> None:
    """A NUL and half of a letter can be kept nowhere."""
    assert can_be_kept(text) is kept
