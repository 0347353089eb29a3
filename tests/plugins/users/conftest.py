"""Users on SQLite, and on PostgreSQL where that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import glue_users.plugin
from glue_core import Database, Event, Passwords, Services
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_users import User, UserDraft
from glue_users.credentials import DatabaseUserCredentials
from glue_users.importers import UserImporter
from glue_users.reading import DatabaseUserReader
from glue_users.writing import DatabaseUserWriter

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PASSWORD = "Correct horse 1"


class Clock:
    """Time that moves by a minute whenever somebody looks."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        """Return the time."""
        self.time += timedelta(minutes=1)
        return self.time


class Office:
    """The users over one database; short ways for tests that are about something else."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.database: Database = services.database
        self.clock = Clock()
        self.passwords = Passwords()
        self.reader = DatabaseUserReader()
        self.writer = DatabaseUserWriter(self.passwords, self.clock)
        self.credentials = DatabaseUserCredentials(self.passwords)

    def importer(self) -> UserImporter:
        """Make what takes the rows of a file."""
        return UserImporter(self.passwords, self.clock)

    def user(self, username: str = "ada@example.com", **values: Any) -> User:
        """Write a user and commit."""
        values = {"first_name": "Ada", "last_name": "Berg", "password": PASSWORD, **values}
        with self.database.work() as work:
            return self.writer.create(UserDraft(username, **values), work)

    def read(self, uuid: str) -> User | None:
        """Read a user in a transaction of its own."""
        with self.database.work(writes=False) as work:
            return self.reader.by_uuid(uuid, work)

    def login(self, username: str = "ada@example.com", password: str = PASSWORD) -> User | None:
        """Say who logs in, in a transaction that only reads."""
        with self.database.work(writes=False) as work:
            return self.credentials.authenticate(username, password, work)

    def events(self) -> list[Event]:
        """Take the messages that wait."""
        messages = self.services.broker.lease(1000, 60)
        self.services.broker.acknowledge(messages)
        return [each.event for each in messages]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/database.sqlite"


def opened(url: str) -> Services:
    """Open the services on a database, with the table of users in it."""
    services = Services({"database": url, "broker": "outbox:"}, glue_service_engines(), timeout=20)
    migrate(services.database, glue_users.plugin.glue_migrations())
    return services


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """An office without users, on each engine in turn."""
    services = opened(request.getfixturevalue(f"{request.param}_url"))
    yield Office(services)
    services.close()


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Office]:
    """An office without users on PostgreSQL, where two may write at once."""
    services = opened(postgresql_url)
    yield Office(services)
    services.close()
