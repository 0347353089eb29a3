"""Customers on SQLite, and on PostgreSQL where that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import glue_customers.plugin
from glue_core import Database, Event, Passwords, Services
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_customers import Customer, CustomerDraft, Registration
from glue_customers.credentials import DatabaseCustomerCredentials
from glue_customers.importers import CustomerImporter
from glue_customers.reading import DatabaseCustomerReader
from glue_customers.writing import DatabaseCustomerWriter

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


class Shop:
    """The customers over one database; short ways for tests that are about something else."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.database: Database = services.database
        self.clock = Clock()
        self.passwords = Passwords()
        self.reader = DatabaseCustomerReader()
        self.writer = self.writer_with()
        self.credentials = DatabaseCustomerCredentials(self.passwords)

    def writer_with(self, **settings: Any) -> DatabaseCustomerWriter:
        """Make a writer with other settings."""
        return DatabaseCustomerWriter(self.passwords, now=self.clock, **settings)

    def importer(self) -> CustomerImporter:
        """Make what takes the rows of a file."""
        return CustomerImporter(self.passwords, self.clock)

    def register(self, email: str = "ada@example.com", **values: Any) -> Registration:
        """Register a customer and commit."""
        values = {"first_name": "Ada", "last_name": "Berg", "password": PASSWORD, **values}
        with self.database.work() as work:
            return self.writer.register(CustomerDraft(email, **values), work)

    def customer(self, email: str = "ada@example.com", **values: Any) -> Customer:
        """Register a customer who confirms the address."""
        key = self.register(email, **values).confirmation_key
        with self.database.work() as work:
            return self.writer.confirm(str(key), work)

    def read(self, reference: str) -> Customer | None:
        """Read a customer in a transaction of its own."""
        with self.database.work(writes=False) as work:
            return self.reader.by_reference(reference, work)

    def login(self, email: str = "ada@example.com", password: str = PASSWORD) -> Customer | None:
        """Say who logs in, in a transaction that only reads."""
        with self.database.work(writes=False) as work:
            return self.credentials.authenticate(email, password, work)

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
    """Open the services on a database, with the tables of customers in it."""
    services = Services({"database": url, "broker": "outbox:"}, glue_service_engines(), timeout=20)
    migrate(services.database, glue_customers.plugin.glue_migrations())
    return services


@pytest.fixture(params=["sqlite", "postgresql"])
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """A shop without customers, on each engine in turn."""
    services = opened(request.getfixturevalue(f"{request.param}_url"))
    yield Shop(services)
    services.close()


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Shop]:
    """A shop without customers on PostgreSQL, where two may write at once."""
    services = opened(postgresql_url)
    yield Shop(services)
    services.close()
