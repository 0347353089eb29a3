"""The import of ``warehouse_user_assignment.csv``."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core import RowError


def load(depot: Any, *rows: dict[str, str]) -> None:
    """Import rows."""
    importer = depot.importer()
    with depot.database.work() as work:
        importer.prepare(rows, work)
        for row in rows:
            importer.load(row, work)
        importer.flush(work)


def row(username: str, warehouse: str, active: str = "") -> dict[str, str]:
    """Make a row."""
    return {
        "username": f"{username}@example.com",
        "warehouse_name": warehouse,
        "is_active": active,
    }


def test_rows_become_assignments(depot: Any) -> None:
    """A row assigns a user to a warehouse, by their names; of two active ones the later counts."""
    load(depot, row("ada", "North", "1"), row("ada", "South", "1"), row("ben", "South"))

    assert depot.every() == [
        (depot.ada, "North", False),
        (depot.ada, "South", True),
        (depot.ben, "South", False),
    ]


def test_importing_again_changes_nothing(depot: Any) -> None:
    """A row is an upsert by user and warehouse, and what stays the same is not published."""
    load(depot, row("ada", "North", "1"))
    depot.events()
    load(depot, row("ada", "North", "1"))

    assert depot.every() == [(depot.ada, "North", True)]
    assert depot.events() == []


@pytest.mark.parametrize(
    ("username", "warehouse", "column"),
    [
        ("nobody", "North", "username"),
        ("office", "North", "username"),
        ("ada", "East", "warehouse_name"),
    ],
)
def test_row_that_points_to_nothing(depot: Any, username: str, warehouse: str, column: str) -> None:
    """A user who is none of a warehouse, and an unknown warehouse, are told with their column."""
    with pytest.raises(RowError) as caught:
        load(depot, row(username, warehouse))

    assert caught.value.column == column
    assert depot.every() == []
