"""Rehearsing: whatever a unit of work did, and however it ends, nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from glue_core.services.rehearsing import REHEARSAL_KEY, Rehearsal, RehearsedWork, rehearsal_of
from glue_core.services.sql_database import SqlDatabase
from glue_core.work import Event


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqlDatabase]:
    """A database with an empty table; events are rows of it, too."""

    def publish(session: object, events: list[Event]) -> None:
        for each in events:
            session.execute(text(f"INSERT INTO notes VALUES ('{each.name}')"))  # type: ignore[attr-defined]

    database = SqlDatabase(f"sqlite:///{tmp_path}/notes.sqlite", publish=publish)  # type: ignore[arg-type]
    with database.work() as work:
        work.session.execute(text("CREATE TABLE notes (name TEXT)"))
    yield database
    database.close()


End = Callable[[RehearsedWork], None]


@pytest.mark.parametrize("end", [RehearsedWork.commit, RehearsedWork.rollback, RehearsedWork.close])
def test_nothing_stays(database: SqlDatabase, end: End) -> None:
    """Rows, events, and what waits for the end are forgotten; the caller saw its own rows."""
    happened: list[str] = []
    work = RehearsedWork(database.start(writes=True))
    with work.savepoint():
        work.session.execute(text("INSERT INTO notes VALUES ('a')"))
    seen = work.session.execute(text("SELECT count(*) FROM notes")).scalar_one()
    work.publish(Event("noted", "a"))
    work.after_commit(lambda: happened.append("after"))
    work.apart(lambda own: happened.append("apart"))
    end(work)
    work.close()

    with database.work(writes=False) as reading:
        left = reading.session.execute(text("SELECT count(*) FROM notes")).scalar_one()
    assert (seen, left, happened) == (1, 0, [])


def test_rehearsal_is_known_by_the_environment() -> None:
    """A request whose answer is sent is no rehearsal."""
    rehearsal = Rehearsal(1.0)

    assert rehearsal_of({}) is None
    assert rehearsal_of({REHEARSAL_KEY: rehearsal}) is rehearsal
