"""Addresses on SQLite: files and assignments in, published addresses out."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

import glue_urls.plugin
from glue_core import Event, Features, ImportReport, Provider, Services, import_directory
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_core.working import Worker
from glue_stores import Market
from glue_urls import UrlReader, UrlRegister, UrlTargets

HEADERS = {
    "url": ["url", "locale", "entity_type", "entity_id"],
    "url_redirect": ["from_url", "to_url"],
}


class Lamps:
    """Shows every lamp but the broken one, to the store DE in German and in English."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Market]] = []

    def shows(self, entity_id: str, market: Market) -> bool:
        """Say whether a lamp is visible."""
        self.asked.append((entity_id, market))
        return entity_id != "broken" and market in (Market("DE", "de_DE"), Market("DE", "en_US"))


class Addresses:
    """Services and features of a shop that has nothing but addresses."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.imports = folder / "import"
        self.imports.mkdir()
        urls = {
            "database": database or f"sqlite:///{folder}/database.sqlite",
            "storage": f"sqlite:///{folder}/storage.sqlite",
            "broker": "outbox:",
        }
        self.services = services = Services(urls, glue_service_engines(), timeout=20)
        self.lamps = Lamps()
        self.features = Features(
            [
                *glue_urls.plugin.glue_features(services=services),
                Provider(UrlTargets, lambda features: self.lamps, "lamps"),
            ]
        )
        migrate(services.database, glue_urls.plugin.glue_migrations())
        self.publishers = glue_urls.plugin.glue_publishers(services=services)
        self.worker = Worker(services.database, services.broker, self.publishers)
        self.reader = self.features.get(UrlReader)
        self.register = self.features.get(UrlRegister)

    def load(self, **files: Sequence[Sequence[str]]) -> ImportReport:
        """Import files: rows by the name of the file, without the header."""
        for name, rows in files.items():
            with (self.imports / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows([HEADERS[name], *rows])
        importers = glue_urls.plugin.glue_importers()
        return import_directory(self.imports, importers, self.services.database)

    def assign(self, addresses: Mapping[str, Mapping[str, str]], type_: str = "lamps") -> None:
        """Say which addresses some entities have now."""
        with self.services.database.work() as work:
            self.register.assign(type_, addresses, work)

    def work(self) -> int:
        """Publish until nothing waits; return the number of messages."""
        done = 0
        while taken := self.worker.run_once():
            done += taken
        assert self.services.broker.counts()["waiting"] == 0
        return done

    def publish(self, *paths: str) -> None:
        """Publish paths as they stand, whatever the outbox holds."""
        with self.services.database.work(writes=False) as work:
            self.publishers[0].handle([Event("urls.url", path) for path in paths], work)

    def leads_to(self, path: str, store: str = "DE") -> str | None:
        """Return the id of the lamp that a path leads to, or None."""
        url = self.reader.resolve(path, store)
        return None if url is None else url.entity_id

    def published(self) -> list[str]:
        """Return the keys of everything that is published."""
        return list(self.services.storage.keys(""))


@pytest.fixture
def addresses(tmp_path: Path) -> Iterator[Addresses]:
    """A migrated shop without addresses."""
    made = Addresses(tmp_path)
    yield made
    made.services.close()


@pytest.fixture
def postgresql_addresses(tmp_path: Path, postgresql_url: str) -> Iterator[Addresses]:
    """The same in a PostgreSQL database."""
    made = Addresses(tmp_path, postgresql_url)
    yield made
    made.services.close()
