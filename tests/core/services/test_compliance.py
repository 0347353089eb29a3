"""The implementations of the core, held against the suites."""

import functools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_core.services.postgresql_storage import PostgresqlStorage
from glue_core.services.services import Services
from glue_core.services.session import Sessions
from glue_core.services.sqlite_storage import SqliteStorage
from glue_core.services.storage import Storage
from glue_core.services.stored_sessions import StoredSessions
from glue_core.services.tantivy_search import TantivySearch
from glue_core.testing.services import (
    BrokerCompliance,
    DatabaseCompliance,
    SearchCompliance,
    SessionCompliance,
    StorageCompliance,
)

TIMEOUT = 10.0


def services_at(url: str) -> Callable[[], Services]:
    """Migrate a database and return what opens it, in any process."""
    opener = functools.partial(
        Services, {"database": url, "broker": "outbox:"}, glue_service_engines(), timeout=TIMEOUT
    )
    services = opener()
    migrate(services.database, [])
    services.close()
    return opener


@pytest.fixture
def services_in_memory() -> Iterator[Callable[[], Services]]:
    """Return what gives one database in memory."""
    services = Services(
        {"database": "sqlite://", "broker": "outbox:"}, glue_service_engines(), timeout=TIMEOUT
    )
    migrate(services.database, [])
    yield lambda: services
    services.close()


class TestSqliteStorage(StorageCompliance):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Callable[[], SqliteStorage]:
        return functools.partial(SqliteStorage, f"sqlite:///{tmp_path}/a b/ü.sqlite", TIMEOUT)


class TestSqliteStorageInMemory(StorageCompliance):
    is_shared = False

    @pytest.fixture
    def opener(self) -> Callable[[], SqliteStorage]:
        return functools.partial(SqliteStorage, "sqlite://", TIMEOUT)


class TestPostgresqlStorage(StorageCompliance):
    @pytest.fixture
    def opener(self, postgresql_url: str) -> Callable[[], PostgresqlStorage]:
        return functools.partial(PostgresqlStorage, postgresql_url, TIMEOUT)


class OwnSessions(StoredSessions):
    """Sessions in a storage that nobody else uses, and so is closed with them."""

    def __init__(self, open_storage: Callable[[], Storage]) -> None:
        self._own = open_storage()
        super().__init__(self._own)

    def close(self) -> None:
        self._own.close()


class TestSessionsInSqlite(SessionCompliance):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Callable[[], Sessions]:
        storage = functools.partial(SqliteStorage, f"sqlite:///{tmp_path}/s.sqlite", TIMEOUT)
        return functools.partial(OwnSessions, storage)


class TestSessionsInPostgresql(SessionCompliance):
    @pytest.fixture
    def opener(self, postgresql_url: str) -> Callable[[], Sessions]:
        storage = functools.partial(PostgresqlStorage, postgresql_url, TIMEOUT)
        return functools.partial(OwnSessions, storage)


class TestTantivySearch(SearchCompliance):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Callable[[], TantivySearch]:
        return functools.partial(TantivySearch, f"tantivy://{tmp_path}/a b/ü", TIMEOUT)


class TestSqliteDatabase(DatabaseCompliance):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Callable[[], Services]:
        return services_at(f"sqlite:///{tmp_path}/a b/ü.sqlite")


class TestSqliteDatabaseInMemory(DatabaseCompliance):
    is_shared = False

    @pytest.fixture
    def opener(self, services_in_memory: Callable[[], Services]) -> Callable[[], Services]:
        return services_in_memory


class TestPostgresqlDatabase(DatabaseCompliance):
    @pytest.fixture
    def opener(self, postgresql_url: str) -> Callable[[], Services]:
        return services_at(postgresql_url)


class TestOutboxInSqlite(BrokerCompliance):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Callable[[], Services]:
        return services_at(f"sqlite:///{tmp_path}/a b/ü.sqlite")


class TestOutboxInMemory(BrokerCompliance):
    is_shared = False

    @pytest.fixture
    def opener(self, services_in_memory: Callable[[], Services]) -> Callable[[], Services]:
        return services_in_memory


class TestOutboxInPostgresql(BrokerCompliance):
    @pytest.fixture
    def opener(self, postgresql_url: str) -> Callable[[], Services]:
        return services_at(postgresql_url)
