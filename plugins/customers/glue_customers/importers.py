"""The importer of ``customer.csv``."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from glue_core import (
    Cells,
    Event,
    Passwords,
    Row,
    RowError,
    RowImporter,
    Work,
    account_key,
    can_be_kept,
    chunks,
)
from glue_customers import CUSTOMER_CHANGED, BadValue, check_password
from glue_customers.checking import check
from glue_customers.models import CustomerRow
from glue_customers.writing import fill, utc_now

COLUMNS = {"locale": "locale_name"}
"""Fields whose columns have another name."""
OPTIONAL = ("salutation", "gender", "phone", "company")
HASH_MARKS = ("$2", "$argon2")
"""How a text starts that is meant as a hash."""
LONGEST_REFERENCE = 255
"""Characters."""

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Record:
    """One row: its fields, and its password, plain or as a hash."""

    values: dict[str, Any]
    password: str | None = field(repr=False)


class CustomerImporter(RowImporter):
    """Takes ``customer``: an upsert by ``customer_reference``."""

    def __init__(self, passwords: Passwords, now: Callable[[], datetime] = utc_now) -> None:
        """Remember what is needed.

        Args:
            passwords: Hashes the passwords that are plain.
            now: Returns the time, with its zone.
        """
        self._passwords = passwords
        self._now = now
        self._known: dict[str, CustomerRow] = {}
        self._owners: dict[str, str] = {}
        self._records: dict[str, _Record] = {}

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up the customers and the addresses that a batch names."""
        self._records = {}
        references = [row.get("customer_reference", "") for row in rows]
        keys = [account_key(row.get("email", "")) for row in rows]
        found = [
            *_rows(work, CustomerRow.reference, references),
            *_rows(work, CustomerRow.email_key, keys),
        ]
        self._known = {each.reference: each for each in found}
        self._owners = {each.email_key: each.reference for each in found}

    def load(self, row: Row, work: Work) -> None:
        """Take one row; of two with one reference the later one stays."""
        cells = Cells(row)
        reference = _reference(cells)
        known = self._known.get(reference)
        if known is not None and known.anonymised_at is not None:
            raise RowError(
                "customer_reference",
                f"The customer {reference!r} was anonymised, and is not filled again: take the "
                f"row out of the file.",
            )
        values: dict[str, Any] = {
            name: cells.required(name) for name in ("email", "first_name", "last_name")
        }
        values |= {name: cells.text(name) or None for name in OPTIONAL if name in row}
        if "locale_name" in row:
            values["locale"] = cells.text("locale_name") or None
        if "date_of_birth" in row:
            values["date_of_birth"] = _day(cells, "date_of_birth")
        if "registered" in row:
            values["confirmed_at"] = _time(cells, "registered")
        try:
            check(values)
            password = self._password(cells)
        except BadValue as error:
            raise RowError(COLUMNS.get(error.field, error.field), error.reason) from None
        self._take_address(reference, values["email"])
        self._records[reference] = _Record(values, password)

    def flush(self, work: Work) -> None:
        """Write the customers who are new or different."""
        session, now = work.session, self._now()
        records, self._records = self._records, {}
        self._free_addresses(records, work)
        changed = []
        for reference, record in records.items():
            row = self._known.get(reference)
            is_new = row is None
            values = dict(record.values)
            if row is None:
                row = CustomerRow(reference=reference, created_at=now)
                session.add(row)
                # A file without the column tells of customers who may log in.
                values.setdefault("confirmed_at", now)
            elif row.confirmed_at is not None and values.get("confirmed_at", now) is None:
                # Whoever confirmed the address since then has done so.
                del values["confirmed_at"]
            is_changed = fill(row, values, now)
            if row.confirmed_at is not None:
                row.confirmation_digest = None
            if record.password is not None and row.password_hash is None:
                row.password_hash = self._hashed(record.password)
                row.password_changed_at = now
                is_changed = True
            if is_new or is_changed:
                row.updated_at = now
                changed.append(reference)
        session.flush()
        for reference in changed:
            work.publish(Event(CUSTOMER_CHANGED, reference))

    def _take_address(self, reference: str, email: str) -> None:
        """Note whose address it is from now on; one that a row before gave up is free."""
        key = account_key(email)
        owner = self._owners.get(key, reference)
        if owner != reference:
            raise RowError("email", f"The customer {owner!r} has the address {email!r}.")
        for former in [each for each, whose in self._owners.items() if whose == reference]:
            del self._owners[former]
        self._owners[key] = reference

    def _free_addresses(self, records: dict[str, _Record], work: Work) -> None:
        """Let customers who change their addresses give the former ones up before others do."""
        moving = False
        for reference, record in records.items():
            row = self._known.get(reference)
            if row is not None and row.email_key != account_key(record.values["email"]):
                row.email_key = f"moving:{secrets.token_hex(16)}"
                moving = True
        if moving:
            work.session.flush()

    def _password(self, cells: Cells) -> str | None:
        text = cells.text("password")
        if not text or self._passwords.recognises(text):
            return text or None
        if text.startswith(HASH_MARKS):
            raise RowError(
                "password",
                "This looks like a hash, but is none of bcrypt or argon2 that is usable.",
            )
        check_password(text)
        return text

    def _hashed(self, password: str) -> str:
        return password if self._passwords.recognises(password) else self._passwords.hash(password)


def _rows(work: Work, column: Any, values: Iterable[str]) -> Iterable[CustomerRow]:
    for part in chunks(filter(can_be_kept, values)):
        yield from work.session.scalars(sa.select(CustomerRow).where(column.in_(part)))


def _reference(cells: Cells) -> str:
    reference = cells.required("customer_reference")
    if len(reference) > LONGEST_REFERENCE or not can_be_kept(reference) or "/" in reference:
        raise RowError(
            "customer_reference",
            f"{reference!r} is no reference: it has {LONGEST_REFERENCE} characters at most, and no "
            f"slash.",
        )
    return reference


def _day(cells: Cells, column: str) -> date | None:
    text = cells.text(column)
    if not text:
        return None
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise RowError(column, f"{text!r} is no day such as '1980-01-31'.")


def _time(cells: Cells, column: str) -> datetime | None:
    """Return a point in time, which is written in UTC."""
    text = cells.text(column)
    if not text:
        return None
    try:
        if _TIME.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise RowError(column, f"{text!r} is no time such as '2026-01-31 08:00:00'.")
