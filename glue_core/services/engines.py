"""The engines that the core brings; each imports its libraries when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from glue_core.errors import ConfigurationError
from glue_core.hookspecs import hookimpl
from glue_core.services.services import ServiceEngine, Services

if TYPE_CHECKING:
    from glue_core.services.broker import Broker
    from glue_core.services.database import Database
    from glue_core.services.search import Search
    from glue_core.services.session import Sessions
    from glue_core.services.storage import Storage


@hookimpl
def glue_service_engines() -> Sequence[ServiceEngine]:
    """Bring SQLite and PostgreSQL, tantivy, the outbox, and sessions in the storage."""
    return [
        ServiceEngine("database", "sqlite", open_database),
        ServiceEngine("database", "postgresql", open_database),
        ServiceEngine("database", "postgresql+psycopg", open_database),
        ServiceEngine("storage", "sqlite", open_sqlite_storage),
        ServiceEngine("storage", "postgresql", open_postgresql_storage),
        ServiceEngine("storage", "postgresql+psycopg", open_postgresql_storage),
        ServiceEngine("search", "tantivy", open_search),
        ServiceEngine("broker", "outbox", open_broker),
        ServiceEngine("session", "storage", open_sessions),
    ]


def open_database(url: str, services: Services) -> Database:
    """Open the database; its events go to the deployment's broker."""
    from glue_core.services.sql_database import SqlDatabase

    return SqlDatabase(
        url,
        services.timeout,
        publish=lambda session, events: services.broker.publish(session, events),
    )


def open_sqlite_storage(url: str, services: Services) -> Storage:
    """Open documents in an SQLite file."""
    from glue_core.services.sqlite_storage import SqliteStorage

    return SqliteStorage(url, services.timeout)


def open_postgresql_storage(url: str, services: Services) -> Storage:
    """Open documents in a PostgreSQL table."""
    from glue_core.services.postgresql_storage import PostgresqlStorage

    return PostgresqlStorage(url, services.timeout)


def open_search(url: str, services: Services) -> Search:
    """Open a folder of indexes."""
    from glue_core.services.tantivy_search import TantivySearch

    return TantivySearch(url, services.timeout)


def open_broker(url: str, services: Services) -> Broker:
    """Open the outbox in the deployment's database."""
    from glue_core.services.outbox_broker import OutboxBroker

    return OutboxBroker(services.database)


def open_sessions(url: str, services: Services) -> Sessions:
    """Open sessions in the deployment's storage.

    Raises:
        ConfigurationError: The URL names another place.
    """
    from glue_core.services.stored_sessions import StoredSessions

    if url != "storage:":
        raise ConfigurationError(
            f"The service 'session' cannot be opened with {url!r}.\n"
            f"Write 'storage:' in 'services.session': sessions are kept where 'services.storage' "
            f"says."
        )
    return StoredSessions(services.storage)
