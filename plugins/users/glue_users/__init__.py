"""The users of the back office: who they are, how they are kept, and whether it is them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from glue_core import Work

__all__ = [
    "LONGEST_NAME",
    "LONGEST_PASSWORD",
    "LONGEST_USERNAME",
    "SHORTEST_PASSWORD",
    "USER_CHANGED",
    "BadValue",
    "NoSuchUser",
    "User",
    "UserCredentials",
    "UserDraft",
    "UserError",
    "UserReader",
    "UserWriter",
    "UsernameInUse",
    "check_password",
]

USER_CHANGED = "users.user"
"""Name of the event that a user is new or different; its key is their UUID."""

LONGEST_USERNAME = 254
"""Characters; RFC 5321 lets no longer address through."""
LONGEST_NAME = 100
"""Characters."""
SHORTEST_PASSWORD = 8
"""Characters; NIST SP 800-63B asks for 8 at least."""
LONGEST_PASSWORD = 128
"""Characters."""


class UserError(Exception):
    """Why a user cannot be written; the unit of work must be rolled back."""


class NoSuchUser(UserError):
    """There is no user with this UUID."""


class UsernameInUse(UserError):
    """Another user has this username, be it in other letters' case."""


class BadValue(UserError):
    """A value that a user cannot have.

    Attributes:
        field: Name of the field, as `UserDraft` has it.
        reason: What is wrong, in a sentence; a password is never in it.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class User:
    """A user of the back office; what their password is made into stays in the database.

    Attributes:
        id: Number of the row.
        uuid: UUID, in lower case; what others know the user by.
        username: E-mail address, as it was written.
        first_name: First name.
        last_name: Last name.
        is_active: Whether they may log in.
        is_warehouse_user: Whether they work in a warehouse, and so with what concerns it alone.
        locale: Locale name, such as ``de_DE``, or None.
        created_at: Point in time, in UTC.
        updated_at: Point in time of the last change, in UTC; a new password is one.
        password_changed_at: Point in time, in UTC, since which the password is what it is; None
            for a user who has none and cannot log in.
    """

    id: int
    uuid: str
    username: str
    first_name: str
    last_name: str
    is_active: bool
    is_warehouse_user: bool
    locale: str | None
    created_at: datetime
    updated_at: datetime
    password_changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class UserDraft:
    """A user who is not written yet; see `User`.

    Attributes:
        password: The password as it was typed, or None for a user who cannot log in yet.
    """

    username: str
    first_name: str
    last_name: str
    password: str | None = field(default=None, repr=False)
    is_active: bool = True
    is_warehouse_user: bool = False
    locale: str | None = None


class UserReader(Protocol):
    """Reads users in the unit of work it is given."""

    def by_uuid(self, uuid: str, work: Work) -> User | None:
        """Return the user with this UUID, active or not, or None."""

    def by_username(self, username: str, work: Work) -> User | None:
        """Return the user with this username, in whatever case it is written, or None."""

    def of_uuids(self, uuids: Sequence[str], work: Work) -> dict[str, User]:
        """Return users by UUID, in few questions; a UUID that nobody has is left out."""

    def every(self, work: Work) -> Sequence[User]:
        """Return all users, by username."""


class UserWriter(Protocol):
    """Writes users in the unit of work it is given; it never commits.

    What changes somebody publishes `USER_CHANGED`; what changes nothing, does not.
    """

    def create(self, draft: UserDraft, work: Work) -> User:
        """Write a new user.

        Raises:
            UsernameInUse: Another user has the username.
            BadValue: The username is no address, a name is missing or too long, or the password
                is too short or too long.
        """

    def change(self, uuid: str, changes: Mapping[str, Any], work: Work) -> User:
        """Change fields of a user; those that are not named stay.

        Args:
            uuid: UUID of the user.
            changes: Values by the names of `UserDraft`, without ``password``.
            work: The unit of work.

        Raises:
            NoSuchUser: There is no such user.
            UsernameInUse: Another user has the new username.
            BadValue: As `create` raises it.
            ValueError: A name is not known.
        """

    def activate(self, uuid: str, work: Work) -> User:
        """Let a user log in.

        Raises:
            NoSuchUser: There is no such user.
        """

    def disable(self, uuid: str, work: Work) -> User:
        """Keep a user from logging in.

        Raises:
            NoSuchUser: There is no such user.
        """

    def set_password(self, uuid: str, password: str, work: Work) -> User:
        """Give a user another password.

        Raises:
            NoSuchUser: There is no such user.
            BadValue: The password is too short or too long.
        """


class UserCredentials(Protocol):
    """Says whether somebody is who they say they are."""

    def authenticate(self, username: str, password: str, work: Work) -> User | None:
        """Return the user with this name and password.

        Unknown, wrong and inactive look alike, and take the same time. A hash of an older kind is
        replaced once the unit of work has ended, however it ends.

        Returns:
            The user, or None.

        Raises:
            ServiceUnavailable: Too many log in at the moment.
        """


def check_password(password: str) -> None:
    """Refuse a password that a user cannot have, before it is hashed.

    Raises:
        BadValue: It is too short or too long, or holds half of a character.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise BadValue(
            "password", f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        )
    try:
        password.encode()
    except UnicodeEncodeError:
        raise BadValue("password", "The password is no text.") from None
