"""Importing ``customer.csv``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from glue_core import Event, Importer, ImportReport, import_directory
from glue_customers import CUSTOMER_CHANGED, InvalidKey

REQUIRED = ("customer_reference", "email", "first_name", "last_name")
COLUMNS = (
    *REQUIRED,
    "locale_name",
    "phone",
    "salutation",
    "company",
    "gender",
    "date_of_birth",
    "password",
    "registered",
)
ADA = (
    "DE--1",
    "ada@example.com",
    "Ada",
    "Berg",
    "de_DE",
    "555",
    "Ms",
    "Lumo",
    "Female",
    "1980-02-29",
    "Correct horse 1",
    "2020-01-02 03:04:05",
)
BEN = ("DE--2", "ben@example.com", "Ben", "Holm")

Load = Callable[..., ImportReport]


@pytest.fixture
def load(tmp_path: Path, shop: Any) -> Load:
    """Import rows under the columns, all of them or some."""

    def load(*rows: Sequence[str], columns: Sequence[str] = COLUMNS) -> ImportReport:
        folder = tmp_path / "import"
        folder.mkdir(exist_ok=True)
        with (folder / "customer.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
        importer = Importer("customer", "customer", REQUIRED, shop.importer)
        return import_directory(folder, [importer], shop.database)

    return load


def addresses(shop: Any) -> dict[str, str]:
    """Return the addresses of three customers by reference."""
    with shop.database.work(writes=False) as work:
        found = shop.reader.of_references(["DE--1", "DE--2", "DE--3"], work)
        return {reference: each.email for reference, each in found.items()}


def test_row_becomes_a_customer(shop: Any, load: Load) -> None:
    """Every column has its field; the plain password lets in."""
    report = load(ADA)

    customer = shop.read("DE--1")
    assert report.error_count == 0
    assert (customer.first_name, customer.salutation, customer.company) == ("Ada", "Ms", "Lumo")
    assert customer.date_of_birth == date(1980, 2, 29)
    assert customer.confirmed_at == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert shop.login() == customer


def test_columns_may_be_absent(shop: Any, load: Load) -> None:
    """A customer without the other columns is confirmed, and has no password."""
    load(ADA[:4], columns=REQUIRED)

    customer = shop.read("DE--1")
    assert customer.is_confirmed
    assert (customer.phone, customer.gender, customer.password_changed_at) == (None, None, None)


def test_blank_registration_is_unconfirmed(shop: Any, load: Load) -> None:
    """A customer whose registration is blank has not confirmed the address."""
    load((*ADA[:11], ""))

    assert not shop.read("DE--1").is_confirmed
    assert shop.login() is None


def test_hash_is_kept(shop: Any, load: Load) -> None:
    """A hash of another system is stored as it is, and lets in."""
    hashed = bcrypt.hashpw(b"Correct horse 1", bcrypt.gensalt(4)).decode()
    load((*ADA[:10], hashed.replace("$2b$", "$2y$"), ADA[11]))

    assert shop.login() is not None


def test_importing_again_changes_nothing(shop: Any, load: Load) -> None:
    """The same file leaves customers as they are, the times too, and nobody hears of it."""
    rows = (ADA, (*BEN, *[""] * 8))
    load(*rows)
    before = [shop.read(reference) for reference in ("DE--1", "DE--2")]
    assert shop.events() == [Event(CUSTOMER_CHANGED, "DE--1"), Event(CUSTOMER_CHANGED, "DE--2")]

    load(*rows)

    assert [shop.read(reference) for reference in ("DE--1", "DE--2")] == before
    assert shop.events() == []


def test_importing_again_resets_no_password(shop: Any, load: Load) -> None:
    """A password that was changed since stays, whatever the file says."""
    load(ADA)
    with shop.database.work() as work:
        shop.writer.set_password("DE--1", "Correct horse 1", "Another one 2", work)

    load(ADA)

    assert shop.login() is None
    assert shop.login(password="Another one 2") is not None


def test_importing_again_takes_no_confirmation_away(shop: Any, load: Load) -> None:
    """Who confirmed since the file was written stays confirmed."""
    load((*ADA[:11], ""))
    load((*ADA[:11], "2026-01-01"))

    load((*ADA[:11], ""))

    assert shop.read("DE--1").confirmed_at == datetime(2026, 1, 1, tzinfo=UTC)


def test_row_updates_by_reference(shop: Any, load: Load) -> None:
    """The reference tells whose row it is; absent columns stay, blank ones are taken away."""
    load(ADA)

    load(
        ("DE--1", "ada@example.org", "Ada", "Holm", ""),
        columns=(*REQUIRED, "phone"),
    )

    customer = shop.read("DE--1")
    assert (customer.email, customer.last_name, customer.phone) == (
        "ada@example.org",
        "Holm",
        None,
    )
    assert customer.company == "Lumo"


def test_address_of_a_file_ends_tokens(shop: Any, load: Load) -> None:
    """An address that a file changes ends tokens and keys, and leaves the confirmation alone."""
    load(ADA)
    before = shop.read("DE--1")
    with shop.database.work() as work:
        key = shop.writer.request_restore(before.email, work)

    load(("DE--1", "ada@example.org", "Ada", "Holm", ""), columns=(*REQUIRED, "phone"))

    after = shop.read("DE--1")
    assert (before.email_changed_at, after.tokens_end_at) == (None, after.updated_at)
    assert after.is_confirmed
    with shop.database.work() as work, pytest.raises(InvalidKey):
        shop.writer.restore(key, "Better horse 2", work)


def test_later_row_stays(shop: Any, load: Load) -> None:
    """Of two rows with one reference the later one stays."""
    load(ADA[:4], ("DE--1", "ada@example.org", "Ada", "Holm"), columns=REQUIRED)

    assert addresses(shop) == {"DE--1": "ada@example.org"}


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("customer_reference", "", "missing"),
        ("customer_reference", "DE/1", "no slash"),
        ("customer_reference", "x" * 256, "255 characters"),
        ("email", "", "missing"),
        ("email", "ada", "no e-mail address"),
        ("first_name", "", "missing"),
        ("last_name", "x" * 101, "100 are allowed"),
        ("salutation", "Sir", "none of Mr"),
        ("gender", "male", "none of Male"),
        ("date_of_birth", "29.02.1980", "no day"),
        ("date_of_birth", "1981-02-29", "no day"),
        ("date_of_birth", "19800229", "no day"),
        ("phone", "1" * 51, "50 are allowed"),
        ("locale_name", "German", "no locale"),
        ("password", "x" * 129, "1 to 128 characters"),
        ("password", "$2y$10$tooshort", "looks like a hash"),
        ("registered", "yesterday", "no time"),
        ("registered", "2020-01-02 25:00:00", "no time"),
    ],
)
def test_bad_row_is_told(shop: Any, load: Load, column: str, value: str, reason: str) -> None:
    """A bad row names its column and why, and the others are taken."""
    bad = [value if name == column else cell for name, cell in zip(COLUMNS, ADA, strict=True)]

    report = load(bad, (*BEN, *[""] * 8))

    (error,) = report.errors
    assert (error.line, error.column) == (2, column)
    assert reason in error.reason
    assert addresses(shop) == {"DE--2": "ben@example.com"}


@pytest.mark.parametrize("apart", [False, True], ids=["one file", "two files"])
def test_address_of_another_is_refused(shop: Any, load: Load, apart: bool) -> None:
    """An address that another customer has, in the table or in a row above, is refused."""
    twin = ("DE--2", "ADA@example.com", "Ben", "Holm")
    if apart:
        load(ADA[:4], columns=REQUIRED)
        report = load(twin, columns=REQUIRED)
    else:
        report = load(ADA[:4], twin, columns=REQUIRED)

    (error,) = report.errors
    assert error.column == "email"
    assert "'DE--1' has the address 'ADA@example.com'" in error.reason
    assert addresses(shop) == {"DE--1": "ada@example.com"}


def test_address_moves_to_another(shop: Any, load: Load) -> None:
    """An address that a customer gives up in a row is free for the rows below, new or not."""
    load(ADA[:4], BEN, columns=REQUIRED)

    report = load(
        ("DE--2", "other@example.com", "Ben", "Holm"),
        ("DE--1", "ben@example.com", "Ada", "Berg"),
        ("DE--3", "ada@example.com", "Cleo", "Lind"),
        columns=REQUIRED,
    )

    assert report.error_count == 0
    assert addresses(shop) == {
        "DE--1": "ben@example.com",
        "DE--2": "other@example.com",
        "DE--3": "ada@example.com",
    }


def test_anonymised_customer_is_not_filled_again(shop: Any, load: Load) -> None:
    """A file from before does not bring back a person who was forgotten."""
    load(ADA)
    with shop.database.work() as work:
        shop.writer.anonymise("DE--1", work)

    report = load(ADA)

    (error,) = report.errors
    assert error.column == "customer_reference"
    assert "was anonymised" in error.reason
    assert shop.read("DE--1").first_name == ""
