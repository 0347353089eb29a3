"""Two invented users of a back office, written as an import directory; the README names them."""

from __future__ import annotations

import csv
from pathlib import Path

COLUMNS = (
    "uuid",
    "username",
    "first_name",
    "last_name",
    "password",
    "is_active",
    "is_warehouse_user",
    "locale_name",
)
USERS = (
    (
        "2f0f4e6b-6a51-4e0c-9d3f-5b8f0a3f6c01",
        "petra.lang@example.com",
        "Petra",
        "Lang",
        "Petra-runs-1-office",
        "1",
        "0",
        "de_DE",
    ),
    (
        "2f0f4e6b-6a51-4e0c-9d3f-5b8f0a3f6c02",
        "emil.frost@example.com",
        "Emil",
        "Frost",
        "Emil-packs-1-parcel",
        "1",
        "1",
        "en_US",
    ),
)


def write_users(directory: Path) -> None:
    """Write ``user.csv`` into an existing folder: one ordinary user, and one of a warehouse."""
    with (directory / "user.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(USERS)
