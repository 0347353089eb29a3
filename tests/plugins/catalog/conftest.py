"""A shop on SQLite: files in, published documents out."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import pytest
import sqlalchemy as sa

import glue_catalog.plugin
import glue_stores.plugin
from glue_catalog import CatalogReader, CatalogWriter, ProductEditor
from glue_core import Features, ImportReport, Services, import_directory
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_core.working import Worker

SETUP = {
    "store": [["name"], ["DE"], ["AT"]],
    "currency": [
        ["iso_code", "currency_symbol", "name"],
        ["EUR", "€", "Euro"],
        ["CHF", "CHF", "Swiss Franc"],
    ],
    "currency_store": [
        ["currency_code", "store_name", "is_default"],
        ["EUR", "DE", "1"],
        ["CHF", "DE", "0"],
        ["EUR", "AT", "1"],
    ],
    "locale_store": [
        ["locale_name", "store_name"],
        ["de_DE", "DE"],
        ["en_US", "DE"],
        ["de_DE", "AT"],
    ],
    "default_locale_store": [["locale_name", "store_name"], ["de_DE", "DE"], ["de_DE", "AT"]],
    "product_attribute_key": [
        ["attribute_key", "is_super"],
        ["color", "1"],
        ["size", "1"],
        ["brand", "0"],
    ],
    "product_management_attribute": [
        ["key", "input_type", "allow_input", "is_multiple", "values", "key_translation.de_DE"],
        ["color", "text", "yes", "no", "red, blue", "Farbe"],
    ],
    "product_abstract": [
        ["abstract_sku", "name.de_DE", "name.en_US", "url.en_US", "attribute_key_1", "value_1"],
        ["001", "Lampe", "Lamp", "/en/lamp", "brand", "Lumo"],
    ],
    "product_concrete": [
        ["abstract_sku", "concrete_sku", "name.de_DE", "name.en_US", "attribute_key_1", "value_1"],
        ["001", "001_1", "Lampe rot", "Lamp red", "color", "red"],
        ["001", "001_2", "Lampe blau", "Lamp blue", "color", "blue"],
    ],
    "product_abstract_store": [["abstract_sku", "store_name"], ["001", "DE"]],
    "warehouse": [["name", "is_active"], ["Main", "1"], ["Old", "0"]],
    "warehouse_store": [["warehouse_name", "store_name"], ["Main", "DE"], ["Old", "DE"]],
}
"""A small shop: file to rows, the header first."""


class Shop:
    """A shop of its own in a folder: its files, services and features."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.folder = folder
        self.imports = folder / "import"
        self.imports.mkdir(parents=True, exist_ok=True)
        urls = {
            "database": database or f"sqlite:///{folder}/database.sqlite",
            "storage": f"sqlite:///{folder}/storage.sqlite",
            "search": f"tantivy:///{folder}/search",
            "broker": "outbox:",
        }
        self.services = Services(urls, glue_service_engines(), timeout=20)
        services = self.services
        self.features = Features(
            [
                *glue_stores.plugin.glue_features(services=services),
                *glue_catalog.plugin.glue_features(services=services),
            ]
        )
        self.importers = [
            *glue_stores.plugin.glue_importers(),
            *glue_catalog.plugin.glue_importers(features=self.features),
        ]
        publishers = [
            *glue_stores.plugin.glue_publishers(features=self.features, services=services),
            *glue_catalog.plugin.glue_publishers(features=self.features, services=services),
        ]
        self.migrations = [
            *glue_stores.plugin.glue_migrations(),
            *glue_catalog.plugin.glue_migrations(),
        ]
        migrate(services.database, self.migrations)
        self.worker = Worker(services.database, services.broker, publishers)
        self.reader = self.features.get(CatalogReader)
        self.writer = self.features.get(CatalogWriter)
        self.editor = self.features.get(ProductEditor)

    def write(self, name: str, rows: Sequence[Sequence[str]]) -> None:
        """Write an import file."""
        with (self.imports / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)

    def load(self, on_error: Literal["keep", "rollback"] = "keep") -> ImportReport:
        """Import all files."""
        return import_directory(
            self.imports, self.importers, self.services.database, on_error=on_error
        )

    def work(self) -> int:
        """Publish until nothing waits; return the number of messages."""
        done = 0
        while taken := self.worker.run_once():
            done += taken
        assert self.services.broker.counts()["set_aside"] == 0
        assert self.services.broker.counts()["waiting"] == 0
        return done

    def publish(self, **files: Sequence[Sequence[str]]) -> None:
        """Import some more files, and publish what changed."""
        for name, rows in files.items():
            self.write(name, rows)
        report = self.load()
        assert [str(error) for error in report.errors] == []
        self.work()

    def dump(self) -> dict[str, list[Any]]:
        """Return all rows of the stores and the catalog, by table."""
        with self.services.database.work(writes=False) as work:
            session = work.session
            names = sa.inspect(session.connection()).get_table_names()
            return {
                name: sorted(map(repr, session.execute(sa.text(f'SELECT * FROM "{name}"'))))
                for name in names
                if name.startswith(("stores_", "catalog_"))
            }

    def documents(self) -> dict[str, Any]:
        """Return everything that is published to the storage, by key."""
        storage = self.services.storage
        return dict(storage.get_many(list(storage.keys(""))))

    def close(self) -> None:
        """Close everything."""
        self.services.close()


@pytest.fixture
def empty_shop(tmp_path: Path) -> Iterator[Shop]:
    """A migrated shop without files."""
    shop = Shop(tmp_path)
    yield shop
    shop.close()


@pytest.fixture
def shop(empty_shop: Shop) -> Shop:
    """A shop whose files are those of the set-up; nothing is imported yet."""
    for name, rows in SETUP.items():
        empty_shop.write(name, rows)
    return empty_shop


@pytest.fixture
def postgresql_shop(tmp_path: Path, postgresql_url: str) -> Iterator[Shop]:
    """The same shop in a PostgreSQL database."""
    shop = Shop(tmp_path, postgresql_url)
    for name, rows in SETUP.items():
        shop.write(name, rows)
    yield shop
    shop.close()
