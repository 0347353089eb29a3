"""Hook implementations of the assignments; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glue_catalog import WarehouseReader
from glue_core import (
    DemoData,
    Features,
    Grant,
    Importer,
    Migrations,
    Provider,
    RowImporter,
    UserProvider,
    hookimpl,
)
from glue_users import UserReader
from glue_warehouse_users import WarehouseAssignments
from glue_warehouse_users.demo import write_assignments
from glue_warehouse_users.tokens import warehouse_grant, warehouse_provider

BRANCH = "warehouse_users"


@hookimpl
def glue_features() -> Sequence[Provider[Any]]:
    """Provide the assignments in the database."""
    return [Provider(WarehouseAssignments, _assignments)]


@hookimpl
def glue_migrations() -> Sequence[Migrations]:
    """Keep the table of assignments up to date."""
    return [Migrations(BRANCH, Path(__file__).parent / "migrations" / "versions", _metadata)]


@hookimpl
def glue_importers(features: Features) -> Sequence[Importer]:
    """Import ``warehouse_user_assignment.csv``, once users and warehouses are there."""

    def make() -> RowImporter:
        from glue_warehouse_users.importers import AssignmentImporter

        return AssignmentImporter(
            features.get(WarehouseAssignments),
            features.get(UserReader),
            features.get(WarehouseReader),
        )

    name = "warehouse_user_assignment"
    required = ("username", "warehouse_name")
    return [Importer(name.replace("_", "-"), name, required, make, ("user", "stock"))]


@hookimpl
def glue_grants(features: Features) -> Sequence[Grant]:
    """Let users of the backend have a token of the warehouse that they work in."""
    return [warehouse_grant(features.get(WarehouseAssignments))]


@hookimpl
def glue_user_providers(features: Features) -> Sequence[UserProvider]:
    """Say whether the warehouse of a token is still there, and its user works in it."""
    warehouses, assignments = features.get(WarehouseReader), features.get(WarehouseAssignments)
    return [warehouse_provider(warehouses, assignments)]


@hookimpl
def glue_demo_data() -> Sequence[DemoData]:
    """Let the demo's user of a warehouse work in one."""
    return [DemoData("demo warehouse users", _write_demo)]


def _assignments(features: Features) -> WarehouseAssignments:
    from glue_warehouse_users.assigning import DatabaseWarehouseAssignments

    return DatabaseWarehouseAssignments(features.get(UserReader), features.get(WarehouseReader))


def _metadata() -> object:
    from glue_warehouse_users.models import METADATA

    return METADATA


def _write_demo(directory: Path, size: int | None = None) -> None:
    write_assignments(directory)
