"""API keys on SQLite, and on PostgreSQL where that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import glue_api_keys.plugin
from glue_api_keys import ApiKey, ApiKeyDraft, IssuedKey
from glue_api_keys.checking import DatabaseApiKeyChecker
from glue_api_keys.keeping import DatabaseApiKeyReader, DatabaseApiKeyWriter
from glue_core import Services
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    """Time that stands still until it is told otherwise."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        """Return the time."""
        return self.time

    def seconds(self) -> float:
        """Return the time as seconds."""
        return self.time.timestamp()

    def pass_(self, **length: float) -> None:
        """Let time pass."""
        self.time += timedelta(**length)


class Keys:
    """The keys over one database; short ways for tests that are about something else."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.clock = Clock()
        self.reader = DatabaseApiKeyReader()
        self.writer = DatabaseApiKeyWriter(self.clock)
        self.checker = self.another_process()

    def another_process(self, seconds: float = 0) -> DatabaseApiKeyChecker:
        """Return a checker with a memory of its own."""
        return DatabaseApiKeyChecker(self.services, seconds, self.clock, self.clock.seconds)

    def create(self, name: str = "shipping", **values: Any) -> IssuedKey:
        """Make a key and commit."""
        with self.services.database.work() as work:
            return self.writer.create(ApiKeyDraft(name, **values), work)

    def rotate(self, name: str = "shipping", valid_to: datetime | None = None) -> IssuedKey:
        """Rotate a key and commit."""
        with self.services.database.work() as work:
            return self.writer.rotate(name, work, valid_to)

    def revoke(self, name: str = "shipping") -> ApiKey:
        """Revoke a key and commit."""
        with self.services.database.work() as work:
            return self.writer.revoke(name, work)

    def read(self, name: str = "shipping") -> ApiKey | None:
        """Read a key in a transaction of its own."""
        with self.services.database.work(writes=False) as work:
            return self.reader.by_name(name, work)


@pytest.fixture(params=["sqlite", "postgresql"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Keys]:
    """Return keys on a migrated database, of each kind."""
    url = f"sqlite:///{tmp_path}/database.sqlite"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").make_database()
    urls = {"database": url, "broker": "outbox:"}
    services = Services(urls, glue_service_engines(), timeout=20)
    migrate(services.database, glue_api_keys.plugin.glue_migrations())
    yield Keys(services)
    services.close()
