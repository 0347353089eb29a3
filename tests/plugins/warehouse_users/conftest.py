"""Assignments on SQLite, and on PostgreSQL where that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import glue_catalog.plugin
import glue_users.plugin
import glue_warehouse_users.plugin
from glue_catalog import CatalogWriter, Warehouse, WarehouseReader
from glue_core import Database, Event, Features, Passwords, Provider, Services
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_core.testing.postgresql import PostgresqlServer, find_binaries, postgresql_server
from glue_users import UserDraft, UserReader, UserWriter
from glue_warehouse_users import Assignment, AssignmentDraft, AssignmentQuery, WarehouseAssignments
from glue_warehouse_users.importers import AssignmentImporter


class Depot:
    """Two warehouses, two users of warehouses and one of the office, over one database."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.database: Database = services.database
        self.features = Features(
            [
                Provider(Passwords, lambda features: Passwords()),
                *glue_users.plugin.glue_features(),
                *glue_catalog.plugin.glue_features(services=services),
                *glue_warehouse_users.plugin.glue_features(),
            ]
        )
        self.assignments = self.features.get(WarehouseAssignments)
        with self.database.work() as work:
            self.features.get(CatalogWriter).put_warehouses({"North": True, "South": True}, work)
            found = self.features.get(WarehouseReader).of_names(["North", "South"], work)
            users = [
                self.features.get(UserWriter).create(
                    UserDraft(f"{name}@example.com", name, "Berg", is_warehouse_user=is_one), work
                )
                for name, is_one in (("ada", True), ("ben", True), ("office", False))
            ]
        self.north: Warehouse = found["North"]
        self.south: Warehouse = found["South"]
        self.ada, self.ben, self.office = (each.uuid for each in users)
        self.events()

    def importer(self) -> AssignmentImporter:
        """Make what takes the rows of a file."""
        return AssignmentImporter(
            self.assignments, self.features.get(UserReader), self.features.get(WarehouseReader)
        )

    def assign(self, user: str, warehouse: Warehouse, is_active: bool = False) -> Assignment:
        """Write an assignment and commit."""
        with self.database.work() as work:
            draft = AssignmentDraft(user, warehouse.uuid, is_active)
            return self.assignments.create([draft], work)[0]

    def change(self, uuid: str, **changes: object) -> Assignment:
        """Change an assignment and commit."""
        with self.database.work() as work:
            return self.assignments.change(uuid, changes, work)

    def active(self, user: str) -> str | None:
        """Return the name of the warehouse that a user works in now."""
        with self.database.work(writes=False) as work:
            found = self.assignments.active_of(user, work)
        return None if found is None or found.warehouse is None else found.warehouse.name

    def every(self) -> list[tuple[str, str, bool]]:
        """Return user, warehouse and activity of all assignments, the oldest first."""
        with self.database.work(writes=False) as work:
            page = self.assignments.page(AssignmentQuery(limit=100), work)
        return [
            (each.user_uuid, each.warehouse.name if each.warehouse else "", each.is_active)
            for each in page.assignments
        ]

    def events(self) -> list[Event]:
        """Take the messages that wait."""
        messages = self.services.broker.lease(1000, 60)
        self.services.broker.acknowledge(messages)
        return [each.event for each in messages]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    """Run one server for all tests of the folder."""
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed.")
    with postgresql_server() as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql: PostgresqlServer) -> str:
    """Return the URL of an empty database on a server."""
    return postgresql.make_database()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/database.sqlite"


def opened(url: str, folder: Path) -> Services:
    """Open the services on a database, with the tables in it."""
    urls = {
        "database": url,
        "broker": "outbox:",
        "storage": f"sqlite:///{folder}/storage.sqlite",
        "search": f"tantivy:///{folder}/search",
    }
    services = Services(urls, glue_service_engines(), timeout=20)
    migrate(
        services.database,
        [
            *glue_users.plugin.glue_migrations(),
            *glue_catalog.plugin.glue_migrations(),
            *glue_warehouse_users.plugin.glue_migrations(),
        ],
    )
    return services


@pytest.fixture(params=["sqlite", "postgresql"])
def depot(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Depot]:
    """A depot without assignments, on each engine in turn."""
    services = opened(request.getfixturevalue(f"{request.param}_url"), tmp_path)
    yield Depot(services)
    services.close()


@pytest.fixture
def on_postgresql(postgresql_url: str, tmp_path: Path) -> Iterator[Depot]:
    """A depot without assignments on PostgreSQL, where two may write at once."""
    services = opened(postgresql_url, tmp_path)
    yield Depot(services)
    services.close()
