"""Writing many rows by their keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from glue_core import upsert
from glue_core.services.sql_database import SqlDatabase

TABLE = sa.Table(
    "rows",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("value", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default="none"),
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlDatabase]:
    """A database with an empty table."""
    database = SqlDatabase(f"sqlite:///{tmp_path}/database.sqlite")
    with database.work() as work:
        TABLE.metadata.create_all(work.session.connection())
    yield database
    database.close()


def test_upsert_keeps_numbers_and_other_columns(database: SqlDatabase) -> None:
    """An existing row keeps its number and what the new one does not name."""
    with database.work() as work:
        work.session.execute(sa.insert(TABLE).values(id=7, key="a", value="1", note="kept"))
        upsert(work.session, TABLE, [{"key": "a", "value": "2"}], keys=("key",))
        rows = work.session.execute(sa.select(TABLE)).all()

    assert [tuple(row) for row in rows] == [(7, "a", "2", "kept")]


def test_later_row_of_one_key_stays(database: SqlDatabase) -> None:
    """Of two rows with one key in a batch the later one is written."""
    rows = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]
    with database.work() as work:
        upsert(work.session, TABLE, rows, keys=("key",))
        values = list(work.session.scalars(sa.select(TABLE.c.value)))

    assert values == ["2"]


def test_nothing_to_write_is_no_error(database: SqlDatabase) -> None:
    """An empty batch writes nothing."""
    with database.work() as work:
        upsert(work.session, TABLE, [])
        assert work.session.scalar(sa.select(sa.func.count()).select_from(TABLE)) == 0
