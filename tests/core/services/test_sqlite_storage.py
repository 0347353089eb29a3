"""What the SQLite storage does beyond the rules of all storages."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from glue_core.services.sqlite_storage import SWEPT, SqliteStorage


class Clock:
    """A clock that is set by hand."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def test_expired_documents_do_not_pile_up(tmp_path: Path) -> None:
    """Writing what expires deletes what has expired, and nothing else."""
    clock = Clock()
    storage = SqliteStorage(f"sqlite:///{tmp_path}/s.sqlite", clock=clock)
    storage.put_many({"kept": {}})
    storage.put_many({"alive": {}}, 10_000)
    storage.put_many({f"{number}": {} for number in range(SWEPT)}, 5)
    clock.now += 5
    storage.increment("counter", 5)
    storage.close()

    with sqlite3.connect(tmp_path / "s.sqlite") as connection:
        rows = connection.execute("SELECT key FROM glue_storage ORDER BY key").fetchall()
    connection.close()
    assert rows == [(b"alive",), (b"counter",), (b"kept",)]


def test_documents_end_by_the_clock(tmp_path: Path) -> None:
    """A document is there until its last second is over."""
    clock = Clock()
    storage = SqliteStorage(f"sqlite:///{tmp_path}/s.sqlite", clock=clock)
    storage.put_many({"a": {"n": 1}}, 5)
    found = []
    for now in (4.9, 5):
        clock.now = Clock.now + now
        found.append(storage.get("a"))
    storage.close()

    assert found == [{"n": 1}, None]
