"""Users as they stand in the database."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from glue_core import Work, account_key, can_be_kept, chunks
from glue_users import User
from glue_users.models import UserRow


class DatabaseUserReader:
    """Reads users in the database; see `UserReader`."""

    def by_uuid(self, uuid: str, work: Work) -> User | None:
        """Return the user with this UUID, active or not, or None."""
        return self.of_uuids([uuid], work).get(uuid)

    def by_username(self, username: str, work: Work) -> User | None:
        """Return the user with this username, or None."""
        row = row_named(username, work)
        return None if row is None else user_of(row)

    def of_uuids(self, uuids: Sequence[str], work: Work) -> dict[str, User]:
        """Return users by UUID."""
        found: dict[str, User] = {}
        for part in chunks(filter(can_be_kept, uuids)):
            rows = work.session.scalars(sa.select(UserRow).where(UserRow.uuid.in_(part)))
            found.update((row.uuid, user_of(row)) for row in rows)
        return found

    def every(self, work: Work) -> Sequence[User]:
        """Return all users, by username."""
        question = sa.select(UserRow).order_by(UserRow.username_key)
        return tuple(map(user_of, work.session.scalars(question)))


def row_named(username: str, work: Work) -> UserRow | None:
    """Return the row of the user with this username, or None."""
    if not can_be_kept(username):
        return None
    question = sa.select(UserRow).where(UserRow.username_key == account_key(username))
    row: UserRow | None = work.session.scalar(question)
    return row


def user_of(row: UserRow) -> User:
    """Return a user as features know them."""
    return User(
        id=row.id,
        uuid=row.uuid,
        username=row.username,
        first_name=row.first_name,
        last_name=row.last_name,
        is_active=row.is_active,
        is_warehouse_user=row.is_warehouse_user,
        locale=row.locale,
        created_at=row.created_at,
        updated_at=row.updated_at,
        password_changed_at=row.password_changed_at,
    )
