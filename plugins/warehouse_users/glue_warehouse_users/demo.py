"""Where the demo's user of a warehouse works, written as an import directory."""

from __future__ import annotations

import csv
from pathlib import Path

USERNAME = "emil.frost@example.com"
"""The user of a warehouse among the demo users of ``glue-users``."""
WAREHOUSE = "Leipzig"
"""A warehouse of the demo shop; it is written here too, for a demo without the shop."""

FILES = {
    "warehouse": (("name", "is_active"), (WAREHOUSE, "1")),
    "warehouse_user_assignment": (
        ("username", "warehouse_name", "is_active"),
        (USERNAME, WAREHOUSE, "1"),
    ),
}


def write_assignments(directory: Path) -> None:
    """Write ``warehouse.csv`` and ``warehouse_user_assignment.csv`` into an existing folder."""
    for name, rows in FILES.items():
        with (directory / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
