"""Is it them? Passwords of users, compared with what is kept of them."""

from __future__ import annotations

import sqlalchemy as sa

from glue_core import Passwords, Work
from glue_users import User
from glue_users.models import UserRow
from glue_users.reading import row_named, user_of


class DatabaseUserCredentials:
    """Verifies passwords of users in the database; see `UserCredentials`."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords

    def authenticate(self, username: str, password: str, work: Work) -> User | None:
        """Return the user with this name and password, or None."""
        row = row_named(username, work)
        stored = row.password_hash if row is not None and row.is_active else None
        verdict = self._passwords.verify(stored, password)
        if row is None or stored is None or not verdict.matches:
            return None
        if verdict.replacement is not None:
            _replace(row.id, stored, verdict.replacement, work)
        return user_of(row)


def _replace(id_: int, old: str, new: str, work: Work) -> None:
    """Store a newer hash of the same password, unless the password changed in between.

    It is done apart: a unit of work that only reads, or is undone, must not keep the old hash.
    """
    statement = (
        sa.update(UserRow)
        .where(UserRow.id == id_, UserRow.password_hash == old)
        .values(password_hash=new)
    )
    work.apart(lambda own: _execute(statement, own))


def _execute(statement: sa.Update, work: Work) -> None:
    work.session.execute(statement)
