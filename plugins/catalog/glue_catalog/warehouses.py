"""Warehouses as they stand in the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from glue_catalog import Warehouse
from glue_catalog.models import WAREHOUSE
from glue_core import Work, can_be_kept, chunks


class DatabaseWarehouseReader:
    """Reads warehouses in the database; see `WarehouseReader`."""

    def by_id(self, id: int, work: Work) -> Warehouse | None:  # noqa: A002
        """Return the warehouse with this number, or None."""
        row = work.session.execute(sa.select(WAREHOUSE).where(WAREHOUSE.c.id == id)).one_or_none()
        return None if row is None else _warehouse_of(row)

    def of_uuids(self, uuids: Iterable[str], work: Work) -> dict[str, Warehouse]:
        """Return warehouses by UUID."""
        return {each.uuid: each for each in _having(WAREHOUSE.c.uuid, uuids, work)}

    def of_names(self, names: Iterable[str], work: Work) -> dict[str, Warehouse]:
        """Return warehouses by name."""
        return {each.name: each for each in _having(WAREHOUSE.c.name, names, work)}

    def every(self, work: Work) -> Sequence[Warehouse]:
        """Return all warehouses, by name."""
        found = map(_warehouse_of, work.session.execute(sa.select(WAREHOUSE)))
        # Sorted here: each database has an order of its own for letters.
        return tuple(sorted(found, key=lambda each: each.name))


def _having(column: sa.Column[str], values: Iterable[str], work: Work) -> list[Warehouse]:
    return [
        _warehouse_of(row)
        for part in chunks(filter(can_be_kept, values))
        for row in work.session.execute(sa.select(WAREHOUSE).where(column.in_(part)))
    ]


def _warehouse_of(row: Any) -> Warehouse:
    return Warehouse(row.id, row.uuid, row.name, row.is_active)
