"""Stores on SQLite: files in, published stores out."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import glue_stores.plugin
from glue_core import Features, ImportReport, Services, import_directory
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_core.working import Worker
from glue_stores import StoreReader, StoreRegister

SETUP = {
    "store": [["name"], ["DE"], ["AT"]],
    "currency": [
        ["iso_code", "currency_symbol", "name"],
        ["EUR", "€", "Euro"],
        ["CHF", "CHF", "Swiss Franc"],
    ],
    "currency_store": [
        ["currency_code", "store_name", "is_default"],
        ["CHF", "DE", "0"],
        ["EUR", "DE", "1"],
        ["EUR", "AT", "1"],
    ],
    "country_store": [["store_name", "country"], ["DE", "DE"], ["DE", "AT"]],
    "country_region": [
        ["country", "iso2_code", "name"],
        ["DE", "DE-HH", "Hamburg"],
        ["DE", "DE-BY", "Bayern"],
        ["FR", "FR-BRE", "Bretagne"],
    ],
    "locale_store": [
        ["locale_name", "store_name"],
        ["en_US", "DE"],
        ["de_DE", "DE"],
        ["de_DE", "AT"],
    ],
    "default_locale_store": [["locale_name", "store_name"], ["en_US", "DE"]],
    "store_context": [
        ["store_name", "appication_context_collection"],
        ["DE", '{"application_contexts":[{"application":null,"timezone":"Europe/Berlin"}]}'],
    ],
}


class Setup:
    """Files of a store set-up, and the services they go to."""

    def __init__(self, folder: Path) -> None:
        self.imports = folder / "import"
        self.imports.mkdir()
        urls = {
            "database": f"sqlite:///{folder}/database.sqlite",
            "storage": f"sqlite:///{folder}/storage.sqlite",
            "broker": "outbox:",
        }
        self.services = services = Services(urls, glue_service_engines(), timeout=20)
        self.features = Features(glue_stores.plugin.glue_features(services=services))
        publishers = glue_stores.plugin.glue_publishers(features=self.features, services=services)
        migrate(services.database, glue_stores.plugin.glue_migrations())
        self.worker = Worker(services.database, services.broker, publishers)
        self.reader = self.features.get(StoreReader)
        self.register = self.features.get(StoreRegister)

    def write(self, name: str, rows: Sequence[Sequence[str]]) -> None:
        """Write an import file."""
        with (self.imports / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    def load(self) -> ImportReport:
        """Import all files."""
        importers = glue_stores.plugin.glue_importers()
        return import_directory(self.imports, importers, self.services.database)

    def work(self) -> int:
        """Publish until nothing waits; return the number of messages."""
        done = 0
        while taken := self.worker.run_once():
            done += taken
        return done


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    """Two stores whose files are written and not imported yet."""
    setup = Setup(tmp_path)
    for name, rows in SETUP.items():
        setup.write(name, rows)
    yield setup
    setup.services.close()
