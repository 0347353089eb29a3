"""API keys: which there are, how they are made, and whether one holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from glue_core import Work

__all__ = [
    "LONGEST_CREATOR",
    "LONGEST_KEY",
    "LONGEST_NAME",
    "LONGEST_SCOPE",
    "ApiKey",
    "ApiKeyChecker",
    "ApiKeyDraft",
    "ApiKeyError",
    "ApiKeyReader",
    "ApiKeyWriter",
    "BadValue",
    "IssuedKey",
    "KeyRevoked",
    "NameInUse",
    "NoSuchKey",
]

LONGEST_NAME = 100
"""Characters."""
LONGEST_SCOPE = 100
"""Characters."""
LONGEST_CREATOR = 254
"""Characters."""
LONGEST_KEY = 512
"""Characters; a longer one is refused unread."""


class ApiKeyError(Exception):
    """Why a key cannot be written; the unit of work must be rolled back."""


class NoSuchKey(ApiKeyError):
    """There is no key with this name."""


class NameInUse(ApiKeyError):
    """A key has this name, be it revoked or in other letters' case: no name is given twice."""


class KeyRevoked(ApiKeyError):
    """The key was revoked, which is for good."""


class BadValue(ApiKeyError):
    """A value that a key cannot have.

    Attributes:
        field: Name of the field, as `ApiKeyDraft` has it.
        reason: What is wrong, in a sentence.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key; the key itself is not.

    Attributes:
        id: Number of the row.
        name: Name, a letter and then letters and digits; unique whatever the case of its letters.
        scopes: What its bearer may, in order.
        created_by: Who made it, or an empty text.
        created_at: Point in time, in UTC.
        rotated_at: Point in time of the last rotation, in UTC, or None.
        valid_to: Point in time from which on it does not hold, in UTC, or None for never.
        revoked_at: Point in time, in UTC, or None.
        last_used_at: Point in time, in UTC and an hour too early at most, or None for never.
    """

    id: int
    name: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    rotated_at: datetime | None
    valid_to: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_valid(self, now: datetime) -> bool:
        """Say whether it holds at a point in time."""
        return self.revoked_at is None and (self.valid_to is None or now < self.valid_to)


@dataclass(frozen=True, slots=True)
class ApiKeyDraft:
    """A key that is not made yet; see `ApiKey`."""

    name: str
    scopes: tuple[str, ...] = ()
    created_by: str = ""
    valid_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key that was made just now.

    Attributes:
        api_key: What is kept of it.
        key: The key itself. Nobody can ask for it again.
    """

    api_key: ApiKey
    key: str = field(repr=False)


class ApiKeyReader(Protocol):
    """Reads keys in the unit of work it is given."""

    def by_name(self, name: str, work: Work) -> ApiKey | None:
        """Return the key with this name, valid or not, or None."""

    def every(self, work: Work) -> Sequence[ApiKey]:
        """Return all keys, by name."""


class ApiKeyWriter(Protocol):
    """Makes keys in the unit of work it is given, and tells the audit log once it is committed."""

    def create(self, draft: ApiKeyDraft, work: Work) -> IssuedKey:
        """Make a key.

        Raises:
            BadValue: A field is wrong.
            NameInUse: There is a key with this name.
        """

    def rotate(self, name: str, work: Work, valid_to: datetime | None = None) -> IssuedKey:
        """Make another key in the place of one, which holds no longer.

        Args:
            name: Name of the key.
            work: The unit of work.
            valid_to: Point in time from which on the new one does not hold; None keeps what it is.

        Raises:
            NoSuchKey: There is none with this name.
            KeyRevoked: It was revoked.
            BadValue: The new one would not hold now.
        """

    def revoke(self, name: str, work: Work) -> ApiKey:
        """Let a key hold no longer, for good; one that was revoked stays as it is.

        Raises:
            NoSuchKey: There is none with this name.
        """


class ApiKeyChecker(Protocol):
    """Checks keys that come with requests, in units of work of its own."""

    def check(self, key: str) -> ApiKey | None:
        """Return what is known of a key that holds, or None.

        It may raise `ServiceUnavailable`. A key that was revoked or rotated elsewhere holds for the
        time of the setting ``cache_seconds`` at most.
        """
