"""Reads counted where features meet services."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from glue_core import SearchIndex, SearchQuery
from glue_core.testing import Deployment, counted


def test_calls_are_counted_by_method(glue_deployment: Callable[..., Deployment]) -> None:
    """Each call counts once, however many keys it names, and after the block none does."""
    services = glue_deployment().services
    held = services.storage
    with counted(services) as counts:
        held.put_many({"a": {"x": 1}, "b": {"x": 2}})
        held.get("a")
        services.storage.get_many(["a", "b"])
        services.search.find(SearchIndex("i", {"name": "keyword"}), SearchQuery())
    held.get("a")

    assert (counts.reads, counts.writes) == (3, 1)
    assert counts.by_method == {
        "storage.put_many": 1,
        "storage.get": 1,
        "storage.get_many": 1,
        "search.find": 1,
    }


def test_counts_begin_anew(glue_deployment: Callable[..., Deployment]) -> None:
    """Counting may begin anew within the block."""
    services = glue_deployment().services
    with counted(services, "storage") as counts:
        services.storage.get("a")
        counts.reset()
        services.storage.get("a")

    assert counts.reads == 1


def test_statements_of_the_database_are_counted(
    glue_deployment: Callable[..., Deployment], tmp_path: Path
) -> None:
    """Statements that read and that write count, those of transactions and of others do not."""
    services = glue_deployment().services
    other = sa.create_engine(f"sqlite:///{tmp_path}/other.sqlite")
    with services.database.work() as work:
        work.session.execute(sa.text("CREATE TABLE t (x INTEGER)"))
    with counted(services, "database") as counts:
        with services.database.work() as work:
            work.session.execute(sa.text("INSERT INTO t VALUES (1)"))
        with services.database.work(writes=False) as work:
            work.session.execute(sa.text("SELECT x FROM t"))
            work.session.execute(sa.text("SELECT count(*) FROM t"))
        with other.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    other.dispose()
    with services.database.work(writes=False) as work:
        work.session.execute(sa.text("SELECT x FROM t"))

    assert (counts.reads, counts.writes) == (2, 1)


def test_object_with_slots_is_told(glue_deployment: Callable[..., Deployment]) -> None:
    """A service that cannot be made to count is an error, not a zero."""

    class Slotted:
        __slots__ = ()

        def get(self, key: str) -> None: ...

        def close(self) -> None: ...

    services = glue_deployment().services
    services.replace("storage", Slotted())

    with pytest.raises(TypeError, match="Slotted has slots"), counted(services, "storage"):
        pass
