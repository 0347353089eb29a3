"""A few invented customers, written as an import directory; the README names them."""

from __future__ import annotations

import csv
from pathlib import Path

COLUMNS = (
    "customer_reference",
    "locale_name",
    "phone",
    "email",
    "salutation",
    "first_name",
    "last_name",
    "company",
    "gender",
    "date_of_birth",
    "password",
    "registered",
)
REGISTERED = "2026-01-15 09:30:00"
CUSTOMERS = (
    (
        "DE--1",
        "de_DE",
        "+49 30 5550101",
        "nora.winter@example.com",
        "Ms",
        "Nora",
        "Winter",
        "",
        "Female",
        "1988-04-12",
        "Nora-likes-1-lamp",
        REGISTERED,
    ),
    (
        "DE--2",
        "de_DE",
        "",
        "tom.berger@example.com",
        "Mr",
        "Tom",
        "Berger",
        "Berger Tischlerei",
        "Male",
        "1975-11-30",
        "Tom-builds-2-tables",
        REGISTERED,
    ),
    (
        "DE--3",
        "en_US",
        "",
        "lina.sommer@example.com",
        "Dr",
        "Lina",
        "Sommer",
        "",
        "Female",
        "",
        "Lina-rides-3-bikes",
        REGISTERED,
    ),
    # Has not confirmed the address yet, and cannot log in while the shop asks for that.
    (
        "DE--4",
        "de_DE",
        "",
        "otto.anders@example.com",
        "Mr",
        "Otto",
        "Anders",
        "",
        "Male",
        "1999-02-28",
        "Otto-waits-4-ever",
        "",
    ),
)


def write_customers(directory: Path) -> None:
    """Write ``customer.csv`` into an existing folder; the last one has not confirmed."""
    with (directory / "customer.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(CUSTOMERS)
