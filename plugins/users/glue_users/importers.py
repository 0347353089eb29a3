"""The importer of ``user.csv``."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
from glue_users import USER_CHANGED, BadValue, check_password
from glue_users.checking import check
from glue_users.models import UserRow
from glue_users.writing import fill, utc_now

COLUMNS = {"locale": "locale_name"}
"""Fields whose columns have another name."""
HASH_MARKS = ("$2", "$argon2")
"""How a text starts that is meant as a hash."""


@dataclass(frozen=True, slots=True)
class _Record:
    """One row: its fields, the UUID that it asks for, and its password, plain or as a hash."""

    values: dict[str, Any]
    uuid: str | None
    password: str | None = field(repr=False)


class UserImporter(RowImporter):
    """Takes ``user``: an upsert by ``username``."""

    def __init__(self, passwords: Passwords, now: Callable[[], datetime] = utc_now) -> None:
        """Remember what is needed.

        Args:
            passwords: Hashes the passwords that are plain.
            now: Returns the time, with its zone.
        """
        self._passwords = passwords
        self._now = now
        self._known: dict[str, UserRow] = {}
        self._owners: dict[str, str] = {}
        self._records: dict[str, _Record] = {}

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up the users that a batch names."""
        self._known, self._owners, self._records = {}, {}, {}
        keys = {account_key(row.get("username", "")) for row in rows}
        named = {row.get("uuid", "").lower() for row in rows}
        for part in chunks(filter(can_be_kept, keys)):
            found = work.session.scalars(sa.select(UserRow).where(UserRow.username_key.in_(part)))
            self._known.update((each.username_key, each) for each in found)
        for part in chunks(filter(can_be_kept, named)):
            question = sa.select(UserRow.uuid, UserRow.username_key).where(UserRow.uuid.in_(part))
            self._owners.update(
                (each.uuid, each.username_key) for each in work.session.execute(question)
            )

    def load(self, row: Row, work: Work) -> None:
        """Take one row; of two with one username the later one stays."""
        cells = Cells(row)
        values: dict[str, Any] = {
            name: cells.required(name) for name in ("username", "first_name", "last_name")
        }
        if "is_active" in row:
            values["is_active"] = cells.flag("is_active", default=True)
        if "is_warehouse_user" in row:
            values["is_warehouse_user"] = cells.flag("is_warehouse_user")
        if "locale_name" in row:
            values["locale"] = cells.text("locale_name") or None
        try:
            check(values)
            password = self._password(cells)
        except BadValue as error:
            raise RowError(COLUMNS.get(error.field, error.field), error.reason) from None
        key = account_key(values["username"])
        uuid = self._uuid(cells, key)
        if uuid is not None:
            self._owners[uuid] = key
        self._records[key] = _Record(values, uuid, password)

    def flush(self, work: Work) -> None:
        """Write the users who are new or different."""
        session, now = work.session, self._now()
        records, self._records = self._records, {}
        changed = []
        for key, record in records.items():
            row = self._known.get(key)
            is_new = row is None
            if row is None:
                row = UserRow(
                    uuid=record.uuid or str(uuids.uuid4()),
                    is_active=True,
                    is_warehouse_user=False,
                    created_at=now,
                )
                session.add(row)
            is_changed = fill(row, record.values)
            if record.password is not None and row.password_hash is None:
                row.password_hash = self._hashed(record.password)
                row.password_changed_at = now
                is_changed = True
            if is_new or is_changed:
                row.updated_at = now
                changed.append(row)
        session.flush()
        for row in changed:
            work.publish(Event(USER_CHANGED, row.uuid))

    def _uuid(self, cells: Cells, key: str) -> str | None:
        text = cells.text("uuid")
        if not text:
            return None
        try:
            uuid = str(uuids.UUID(text))
        except ValueError:
            uuid = ""
        if uuid != text.lower():
            raise RowError("uuid", f"{text!r} is no UUID.")
        known = self._known.get(key)
        if known is not None and known.uuid != uuid:
            raise RowError("uuid", f"The user has the UUID {known.uuid!r}, which does not change.")
        if self._owners.get(uuid, key) != key:
            raise RowError("uuid", f"Another user has the UUID {uuid!r}.")
        return uuid

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
