"""Writing users into the database."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from glue_core import Event, Passwords, Work, account_key, can_be_kept
from glue_users import (
    USER_CHANGED,
    NoSuchUser,
    User,
    UserDraft,
    UsernameInUse,
    check_password,
)
from glue_users.checking import check
from glue_users.models import UserRow
from glue_users.reading import row_named, user_of

CHANGEABLE = tuple(field.name for field in fields(UserDraft) if field.name != "password")


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class DatabaseUserWriter:
    """Writes users into the database; see `UserWriter`."""

    def __init__(self, passwords: Passwords, now: Callable[[], datetime] = utc_now) -> None:
        """Remember what is needed.

        Args:
            passwords: Hashes passwords.
            now: Returns the time, with its zone.
        """
        self._passwords = passwords
        self._now = now

    def create(self, draft: UserDraft, work: Work) -> User:
        """Write a new user."""
        values = {name: getattr(draft, name) for name in CHANGEABLE}
        check(values)
        hashed = None
        if draft.password is not None:
            check_password(draft.password)
            # Before the database is asked for anything: nobody waits for a hash to be made.
            hashed = self._passwords.hash(draft.password)
        if row_named(draft.username, work) is not None:
            raise UsernameInUse(draft.username)
        now = self._now()
        row = UserRow(
            uuid=str(uuids.uuid4()),
            username_key=account_key(draft.username),
            password_hash=hashed,
            created_at=now,
            updated_at=now,
            password_changed_at=None if hashed is None else now,
            **values,
        )
        work.session.add(row)
        self._flush(row, work)
        return user_of(row)

    def change(self, uuid: str, changes: Mapping[str, Any], work: Work) -> User:
        """Change fields of a user."""
        unknown = sorted(changes.keys() - set(CHANGEABLE))
        if unknown:
            raise ValueError(f"A user has no {', '.join(unknown)} to change.")
        check(changes)
        row = _locked(uuid, work.session)
        if "username" in changes:
            other = row_named(changes["username"], work)
            if other is not None and other is not row:
                raise UsernameInUse(changes["username"])
        if fill(row, changes):
            row.updated_at = self._now()
            self._flush(row, work)
        return user_of(row)

    def activate(self, uuid: str, work: Work) -> User:
        """Let a user log in."""
        return self.change(uuid, {"is_active": True}, work)

    def disable(self, uuid: str, work: Work) -> User:
        """Keep a user from logging in."""
        return self.change(uuid, {"is_active": False}, work)

    def set_password(self, uuid: str, password: str, work: Work) -> User:
        """Give a user another password."""
        check_password(password)
        hashed = self._passwords.hash(password)
        row = _locked(uuid, work.session)
        row.password_hash = hashed
        row.password_changed_at = row.updated_at = self._now()
        self._flush(row, work)
        return user_of(row)

    def _flush(self, row: UserRow, work: Work) -> None:
        try:
            work.session.flush()
        except IntegrityError as error:
            raise UsernameInUse(row.username) from error
        work.publish(Event(USER_CHANGED, row.uuid))


def fill(row: UserRow, values: Mapping[str, Any]) -> bool:
    """Set fields of a row by their names in a draft, and say whether any became another."""
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    for name, value in changed.items():
        setattr(row, name, value)
    if "username" in changed:
        row.username_key = account_key(changed["username"])
    return bool(changed)


def _locked(uuid: str, session: Session) -> UserRow:
    """Return the row of a user, which nobody else changes until this unit of work ends."""
    row: UserRow | None = None
    if can_be_kept(uuid):
        question = sa.select(UserRow).where(UserRow.uuid == uuid).with_for_update()
        row = session.scalar(question.execution_options(populate_existing=True))
    if row is None:
        raise NoSuchUser(uuid)
    return row
