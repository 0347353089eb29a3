"""The importer of ``warehouse_user_assignment.csv``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glue_catalog import Warehouse, WarehouseReader
from glue_core import Cells, Row, RowError, RowImporter, Work
from glue_users import User, UserReader
from glue_warehouse_users import (
    AssignmentDraft,
    AssignmentQuery,
    WarehouseAssignments,
)


class AssignmentImporter(RowImporter):
    """Takes ``warehouse-user-assignment``: an upsert by ``username`` and ``warehouse_name``."""

    def __init__(
        self,
        assignments: WarehouseAssignments,
        users: UserReader,
        warehouses: WarehouseReader,
    ) -> None:
        """Remember what is needed.

        Args:
            assignments: Writes assignments.
            users: Knows users by name.
            warehouses: Knows warehouses by name.
        """
        self._assignments = assignments
        self._users = users
        self._warehouses = warehouses
        self._by_username: Mapping[str, User | None] = {}
        self._by_name: Mapping[str, Warehouse] = {}

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up the users and warehouses that a batch names."""
        usernames = {row.get("username", "") for row in rows}
        self._by_username = {each: self._users.by_username(each, work) for each in usernames}
        names = {row.get("warehouse_name", "") for row in rows}
        self._by_name = self._warehouses.of_names(names, work)

    def load(self, row: Row, work: Work) -> None:
        """Take one row; of two active ones of a user the later one stays active."""
        cells = Cells(row)
        username, name = cells.required("username"), cells.required("warehouse_name")
        is_active = cells.flag("is_active")
        user, warehouse = self._by_username.get(username), self._by_name.get(name)
        if user is None or not user.is_warehouse_user:
            raise RowError("username", f"There is no user of a warehouse {username!r}.")
        if warehouse is None:
            raise RowError("warehouse_name", f"There is no warehouse {name!r}.")
        pair = (("user_uuid", user.uuid), ("warehouse_uuid", warehouse.uuid))
        found = self._assignments.page(AssignmentQuery(pair, limit=1), work).assignments
        if found:
            self._assignments.change(found[0].uuid, {"is_active": is_active}, work)
        else:
            self._assignments.create([AssignmentDraft(user.uuid, warehouse.uuid, is_active)], work)
