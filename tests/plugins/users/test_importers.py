"""Importing ``user.csv``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from glue_core import Event, Importer, ImportReport, import_directory
from glue_users import USER_CHANGED, User

UUID = "2f0f4e6b-6a51-4e0c-9d3f-5b8f0a3f6c01"
REQUIRED = ("username", "first_name", "last_name")
COLUMNS = (*REQUIRED, "password", "is_active", "is_warehouse_user", "locale_name", "uuid")
ADA = ("ada@example.com", "Ada", "Berg", "Correct horse 1", "1", "0", "de_DE", UUID)

Load = Callable[..., ImportReport]


@pytest.fixture
def load(tmp_path: Path, office: Any) -> Load:
    """Import rows under the columns, all of them or some."""

    def load(*rows: Sequence[str], columns: Sequence[str] = COLUMNS) -> ImportReport:
        folder = tmp_path / "import"
        folder.mkdir(exist_ok=True)
        with (folder / "user.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
        importer = Importer("user", "user", REQUIRED, office.importer)
        return import_directory(folder, [importer], office.database)

    return load


def ada(office: Any) -> User:
    """Return the user of the first row."""
    with office.database.work(writes=False) as work:
        found: User = office.reader.by_username("ada@example.com", work)
        return found


def test_row_becomes_a_user(office: Any, load: Load) -> None:
    """Every column has its field; the plain password lets in."""
    report = load(ADA)

    user = ada(office)
    assert report.error_count == 0
    assert (user.first_name, user.last_name, user.locale, user.uuid) == (
        "Ada",
        "Berg",
        "de_DE",
        UUID,
    )
    assert office.login() == user


def test_columns_may_be_absent(office: Any, load: Load) -> None:
    """A user without the other columns is active, works in the office, and has no password."""
    load(ADA[:3], columns=REQUIRED)

    user = ada(office)
    assert (user.is_active, user.is_warehouse_user, user.password_changed_at) == (True, False, None)


def test_hash_is_kept(office: Any, load: Load) -> None:
    """A hash of another system is stored as it is, and lets in."""
    load((*ADA[:3], bcrypt.hashpw(b"Correct horse 1", bcrypt.gensalt(4)).decode(), *ADA[4:]))

    assert office.login() is not None


def test_importing_again_changes_nothing(office: Any, load: Load) -> None:
    """The same file leaves the user as they are, the times too, and nobody hears of it."""
    load(ADA)
    before = ada(office)
    assert office.events() == [Event(USER_CHANGED, UUID)]

    load(ADA)

    assert ada(office) == before
    assert office.events() == []


def test_importing_again_resets_no_password(office: Any, load: Load) -> None:
    """A password that was changed since stays, whatever the file says."""
    load(ADA)
    with office.database.work() as work:
        office.writer.set_password(UUID, "Another one 2", work)

    load(ADA)

    assert office.login() is None
    assert office.login(password="Another one 2") is not None


def test_row_updates_by_username(office: Any, load: Load) -> None:
    """The username, in any case, tells whose row it is; absent columns stay."""
    load(ADA)

    load(("ADA@example.com", "Ada", "Holm"), columns=REQUIRED)

    user = ada(office)
    assert (user.username, user.last_name, user.locale) == ("ADA@example.com", "Holm", "de_DE")


def test_later_row_stays(office: Any, load: Load) -> None:
    """Of two rows with one username the later one stays."""
    load(ADA[:3], ("Ada@example.com", "Ada", "Holm"), columns=REQUIRED)

    assert ada(office).last_name == "Holm"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("username", "", "missing"),
        ("username", "ada", "no e-mail address"),
        ("first_name", "", "missing"),
        ("last_name", "x" * 101, "100 are allowed"),
        ("password", "short", "8 to 128 characters"),
        ("password", "$2b$10$tooshort", "looks like a hash"),
        ("password", "$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAAA$AAAAAAAAAAAAAAAA", "a hash"),
        ("is_active", "yes", "neither"),
        ("is_warehouse_user", "2", "neither"),
        ("locale_name", "German", "no locale"),
        ("uuid", "12", "no UUID"),
    ],
)
def test_bad_row_is_told(office: Any, load: Load, column: str, value: str, reason: str) -> None:
    """A bad row names its column and why, and the others are taken."""
    bad = [value if name == column else cell for name, cell in zip(COLUMNS, ADA, strict=True)]

    report = load(bad, ("ben@example.com", *ADA[1:7], ""))

    (error,) = report.errors
    assert (error.line, error.column) == (2, column)
    assert reason in error.reason
    assert "short" not in error.reason
    with office.database.work(writes=False) as work:
        assert [each.username for each in office.reader.every(work)] == ["ben@example.com"]


def test_uuid_of_another_is_refused(office: Any, load: Load) -> None:
    """A UUID that another user has, in the table or in a row above, is refused."""
    report = load(ADA, ("ben@example.com", *ADA[1:]))
    assert [each.column for each in report.errors] == ["uuid"]

    report = load(("cleo@example.com", *ADA[1:]))
    assert [each.reason for each in report.errors] == [f"Another user has the UUID {UUID!r}."]


def test_uuid_does_not_change(office: Any, load: Load) -> None:
    """A user keeps the UUID, which others keep too."""
    load(ADA)

    report = load((*ADA[:7], UUID.replace("2f", "3f")))

    assert [each.column for each in report.errors] == ["uuid"]
    assert ada(office).uuid == UUID
