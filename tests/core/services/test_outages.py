"""Services that are down: a bounded wait and a `ServiceUnavailable`, and nothing else."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from glue_core.errors import ConfigurationError, ServiceUnavailable
from glue_core.services.engines import glue_service_engines
from glue_core.services.postgresql_storage import PostgresqlStorage
from glue_core.services.search import SearchIndex, SearchQuery
from glue_core.services.services import Services
from glue_core.services.sql_database import SqlDatabase
from glue_core.services.sqlite_storage import SqliteStorage
from glue_core.services.tantivy_search import TantivySearch
from glue_core.testing.postgresql import PostgresqlServer

TIMEOUT = 0.3
LONGEST = 30.0
"""Seconds after which a wait counts as endless; the limits are a hundredth of it."""


def bounded(call: Callable[[], object]) -> ServiceUnavailable:
    """Expect an outage, and that it comes at all."""
    caught: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(LONGEST)
    assert not thread.is_alive()
    assert len(caught) == 1
    assert isinstance(caught[0], ServiceUnavailable), caught[0]
    return caught[0]


@pytest.fixture
def database(postgresql_url: str) -> Iterator[SqlDatabase]:
    """Open an empty PostgreSQL database that waits for a short time only."""
    database = SqlDatabase(postgresql_url, TIMEOUT)
    yield database
    database.close()


@pytest.fixture
def paused(postgresql: PostgresqlServer) -> Iterator[Callable[[], None]]:
    """Return what freezes the server until the test ends."""
    yield postgresql.pause
    postgresql.resume()


def test_nobody_listens() -> None:
    """A PostgreSQL that is not there is an outage of the service that wanted it."""
    url = "postgresql://glue@127.0.0.1:1/nothing"

    assert bounded(SqlDatabase(url, TIMEOUT).check).service == "database"
    assert bounded(PostgresqlStorage(url, TIMEOUT).check).service == "storage"


def test_frozen_server_at_connect(database: SqlDatabase, paused: Callable[[], None]) -> None:
    """A server that accepts a connection and says nothing is an outage."""
    paused()

    bounded(database.check)


def test_frozen_server_in_a_transaction(database: SqlDatabase, paused: Callable[[], None]) -> None:
    """A server that stops to answer in a transaction is an outage."""
    unit = database.start(writes=True)
    unit.session.execute(sa.text("SELECT 1"))
    paused()

    bounded(lambda: unit.session.execute(sa.text("SELECT 1")))
    unit.close()


def test_slow_statement(database: SqlDatabase) -> None:
    """A statement that takes too long is an outage, and the next one is served."""

    def wait() -> None:
        with database.work() as work:
            work.session.execute(sa.text("SELECT pg_sleep(600)"))

    bounded(wait)
    database.check()


def test_row_lock(database: SqlDatabase) -> None:
    """A lock that somebody else holds too long is an outage."""
    with database.work() as work:
        work.session.execute(sa.text("CREATE TABLE t (x INTEGER)"))
        work.session.execute(sa.text("INSERT INTO t VALUES (1)"))

    def update() -> None:
        with database.work() as work:
            work.session.execute(sa.text("UPDATE t SET x = 2"))

    with database.work() as work:
        work.session.execute(sa.text("UPDATE t SET x = 3"))
        bounded(update)


def test_killed_connections_are_replaced(database: SqlDatabase) -> None:
    """After the server ended all connections the next unit of work is served."""
    database.check()
    other = SqlDatabase(database.engine.url.render_as_string(hide_password=False), 5.0)
    with other.work() as work:
        work.session.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        )
    other.close()

    database.check()


def test_all_connections_in_use(tmp_path: Path) -> None:
    """When all connections of a process are in use, one more is an outage."""
    database = SqlDatabase(f"sqlite:///{tmp_path}/database.sqlite", TIMEOUT)
    units = []
    for _ in range(15):
        units.append(database.start(writes=False))
        units[-1].session.execute(sa.text("SELECT 1"))

    assert "in use" in str(bounded(database.check))
    for unit in units:
        unit.close()
    database.check()
    database.close()


def test_sqlite_write_lock(tmp_path: Path) -> None:
    """A write lock that somebody else holds too long is an outage for writers alone."""
    database = SqlDatabase(f"sqlite:///{tmp_path}/database.sqlite", TIMEOUT)
    with database.work() as work:
        work.session.execute(sa.text("CREATE TABLE t (x INTEGER)"))
        bounded(lambda: database.start(writes=True).session)
        database.check()
    database.close()


def test_sqlite_storage_lock(tmp_path: Path) -> None:
    """A storage that somebody else writes to for too long is an outage for writers alone."""
    storage = SqliteStorage(f"sqlite:///{tmp_path}/storage.sqlite", TIMEOUT)
    storage.put_many({"a": {}})
    other = sqlite3.connect(tmp_path / "storage.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    assert bounded(lambda: storage.put_many({"b": {}})).service == "storage"
    assert storage.get("a") == {}
    other.close()
    storage.close()


def test_full_disk(tmp_path: Path) -> None:
    """A full disk is an outage, and what was there stays."""
    database = SqlDatabase(f"sqlite:///{tmp_path}/database.sqlite", TIMEOUT)
    with database.work() as work:
        work.session.execute(sa.text("CREATE TABLE t (x TEXT)"))

    def fill() -> None:
        with database.work() as work:
            work.session.execute(sa.text("PRAGMA max_page_count = 20"))
            for _ in range(100):
                work.session.execute(sa.text("INSERT INTO t VALUES (hex(randomblob(5000)))"))

    assert "full" in str(bounded(fill))
    with database.work(writes=False) as work:
        assert work.session.execute(sa.text("SELECT count(*) FROM t")).scalar() == 0
    database.close()


@pytest.mark.parametrize("service", ["database", "storage"])
def test_file_that_is_no_database(tmp_path: Path, service: str) -> None:
    """A file of something else is an outage that says so."""
    (tmp_path / "x.sqlite").write_bytes(b"This is no database. " * 100)
    services = Services(
        {service: f"sqlite:///{tmp_path}/x.sqlite"}, glue_service_engines(), timeout=TIMEOUT
    )

    assert "not a database" in str(bounded(services.open(service).check))
    services.close()


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A path through a file is an outage that names it."""
    (tmp_path / "file").touch()
    database = SqlDatabase(f"sqlite:///{tmp_path}/file/database.sqlite", TIMEOUT)
    storage = SqliteStorage(f"sqlite:///{tmp_path}/file/a/storage.sqlite", TIMEOUT)
    search = TantivySearch(f"tantivy://{tmp_path}/file/search", TIMEOUT)

    assert "file" in str(bounded(database.check))
    assert "file" in str(bounded(lambda: storage.put_many({"a": {}})))
    bounded(lambda: search.put_many(SearchIndex("i", {}), {"a": {}}))


def test_broken_index(tmp_path: Path) -> None:
    """An index whose files were damaged is an outage of the search."""
    search = TantivySearch(f"tantivy://{tmp_path}", TIMEOUT)
    index = SearchIndex("i", {"sku": "keyword"})
    search.put_many(index, {"a": {}})
    search.close()
    for meta in tmp_path.glob("i/*/meta.json"):
        meta.write_text("{", encoding="utf-8")

    assert bounded(lambda: search.find(index, SearchQuery())).service == "search"


def test_missing_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An engine whose package is missing says what to install."""
    monkeypatch.setitem(__import__("sys").modules, "tantivy", None)
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)

    with pytest.raises(ConfigurationError, match=r"pip install 'glue-api-core\[search\]'"):
        TantivySearch(f"tantivy://{tmp_path}")
    with pytest.raises(ConfigurationError, match=r"pip install 'glue-api-core\[postgresql\]'"):
        SqlDatabase("postgresql://glue@127.0.0.1/x").check()


@pytest.mark.parametrize(
    ("service", "url"),
    [
        ("database", "sqlite"),
        ("database", "mysql://x/y"),
        ("storage", "sqlite:relative"),
        ("search", "tantivy:///"),
        ("search", "tantivy://host/x"),
    ],
)
def test_bad_url(service: str, url: str) -> None:
    """A URL that an engine cannot open stops the start and names its setting."""
    services = Services({service: url}, glue_service_engines())
    with pytest.raises(ConfigurationError, match=service):
        services.open(service)


def test_password_is_not_shown() -> None:
    """The URL for people has no password in it."""
    assert "geheim" not in SqlDatabase("postgresql://glue:geheim@127.0.0.1/x").url


@pytest.mark.parametrize("file", ["database.sqlite", ":memory:"])
def test_errors_tell_no_values(tmp_path: Path, file: str) -> None:
    """An error has its statement, and not its parameters: it is logged, and they may be secret."""
    place = file if file == ":memory:" else f"{tmp_path}/{file}"
    database = SqlDatabase(f"sqlite:///{place}")
    try:
        with (
            pytest.raises(sa.exc.OperationalError, match="INSERT INTO nowhere") as caught,
            database.work() as work,
        ):
            work.session.execute(sa.text("INSERT INTO nowhere VALUES (:a)"), {"a": "hunter2"})
    finally:
        database.close()

    assert "hunter2" not in str(caught.value)


def test_errors_of_postgresql_tell_no_values(database: SqlDatabase) -> None:
    """The same on PostgreSQL."""
    with (
        pytest.raises(sa.exc.ProgrammingError, match="INSERT INTO nowhere") as caught,
        database.work() as work,
    ):
        work.session.execute(sa.text("INSERT INTO nowhere VALUES (:a)"), {"a": "hunter2"})

    assert "hunter2" not in str(caught.value)
