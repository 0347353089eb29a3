"""Warehouses: their numbers and UUIDs, and who reads them."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

import glue_catalog.plugin
from glue_catalog import Warehouse, WarehouseReader
from glue_core import Migrations, Services
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_core.testing.postgresql import find_binaries, postgresql_server

(HERE,) = glue_catalog.plugin.glue_migrations()


@pytest.fixture(params=["sqlite", "postgresql"])
def services(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Services]:
    """An empty database on each engine in turn."""
    if request.param == "sqlite":
        yield from opened(f"sqlite:///{tmp_path}/database.sqlite")
        return
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed.")
    with postgresql_server() as server:
        yield from opened(server.make_database())


def opened(url: str) -> Iterator[Services]:
    """Open the services on a database, and close them."""
    services = Services({"database": url, "broker": "outbox:"}, glue_service_engines(), timeout=20)
    yield services
    services.close()


def migrate_to_first(services: Services, folder: Path) -> None:
    """Make the tables as the first revision did."""
    folder.mkdir()
    shutil.copy(HERE.directory / "catalog_0001.py", folder)
    migrate(services.database, [Migrations(HERE.branch, folder)])


def test_warehouses_that_exist_get_numbers(services: Services, tmp_path: Path) -> None:
    """A migrated database has its warehouses with numbers and UUIDs, and what refers to them."""
    migrate_to_first(services, tmp_path / "first")
    with services.database.work() as work:
        for name, is_active in (("North", True), ("Köln", False)):
            work.session.execute(
                sa.text("INSERT INTO catalog_warehouse (name, is_active) VALUES (:name, :active)"),
                {"name": name, "active": is_active},
            )
        work.session.execute(sa.text("INSERT INTO catalog_warehouse_store VALUES ('North', 'DE')"))

    migrate(services.database, [HERE])

    from glue_catalog.warehouses import DatabaseWarehouseReader
    from glue_catalog.writing import DatabaseCatalogWriter, uuid_of_warehouse

    with services.database.work() as work:
        DatabaseCatalogWriter().put_warehouses({"South": True, "North": True}, work)
        found = DatabaseWarehouseReader().every(work)
        stores = work.session.execute(sa.text("SELECT * FROM catalog_warehouse_store")).all()
    assert [each.name for each in found] == ["Köln", "North", "South"]
    assert [each.is_active for each in found] == [False, True, True]
    assert len({each.id for each in found}) == 3
    assert [each.uuid for each in found] == [uuid_of_warehouse(each.name) for each in found]
    assert [tuple(row) for row in stores] == [("North", "DE")]


def test_store_still_needs_a_warehouse(services: Services) -> None:
    """After the migrations a row of a warehouse that does not exist is refused as before."""
    migrate(services.database, [HERE])

    with pytest.raises(sa.exc.IntegrityError), services.database.work() as work:
        work.session.execute(sa.text("INSERT INTO catalog_warehouse_store VALUES ('East', 'DE')"))


def test_warehouses_are_read(shop: Any) -> None:
    """Warehouses are found by number, UUID and name; what does not exist is left out."""
    shop.load()
    reader = shop.features.get(WarehouseReader)
    with shop.services.database.work(writes=False) as work:
        main, old = reader.every(work)
        assert (main.name, main.is_active, old.name, old.is_active) == ("Main", True, "Old", False)
        assert reader.by_id(old.id, work) == old
        assert reader.by_id(999, work) is None
        assert reader.of_names(["Main", "None", "\0"], work) == {"Main": main}
        assert reader.of_uuids([old.uuid, str(uuid.uuid4())], work) == {old.uuid: old}


def test_uuid_and_number_stay(shop: Any) -> None:
    """A warehouse that changes is the same one; the same name has the same UUID everywhere."""

    def read() -> dict[str, Warehouse]:
        with shop.services.database.work(writes=False) as work:
            found: dict[str, Warehouse] = shop.features.get(WarehouseReader).of_names(["Old"], work)
            return found

    shop.load()
    before = read()["Old"]
    shop.publish(warehouse=[["name", "is_active"], ["Old", "1"]])
    after = read()["Old"]

    assert (after.id, after.uuid, after.is_active) == (before.id, before.uuid, True)
    assert after.uuid == "2b83aba0-6f88-5d51-a4e2-32c41da0c41b"
