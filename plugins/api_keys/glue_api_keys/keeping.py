"""API keys in the database: reading and writing them."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from glue_api_keys import (
    LONGEST_CREATOR,
    LONGEST_NAME,
    LONGEST_SCOPE,
    ApiKey,
    ApiKeyDraft,
    BadValue,
    IssuedKey,
    KeyRevoked,
    NameInUse,
    NoSuchKey,
)
from glue_api_keys.models import ApiKeyRow
from glue_core import AuditEvent, Work, audit

KIND = "api-key"
KEY_BYTES = 32
KEY_MARK = "glue_"
"""Starts every key, so that scanners of source code find one that got there."""

NAME = re.compile(r"[a-z][a-z0-9]*", re.ASCII | re.IGNORECASE)
# What RFC 6749 lets a scope be, and no '@', which starts the grants that are kinds of callers.
SCOPE = re.compile(r"[!#-?A-\[\]-~][!#-\[\]-~]*", re.ASCII)


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def hash_of(key: str) -> str:
    """Return what is kept of a key.

    A fast digest is enough: a key is 256 bits of chance, which nobody finds by trying.
    """
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def api_key_of(row: ApiKeyRow) -> ApiKey:
    """Return what is known of a key."""
    return ApiKey(
        row.id,
        row.name,
        tuple(row.scopes.split()),
        row.created_by,
        row.created_at,
        row.rotated_at,
        row.valid_to,
        row.revoked_at,
        row.last_used_at,
    )


def row_named(name: str, work: Work, *, is_locked: bool = False) -> ApiKeyRow | None:
    """Return the row of the key with this name, or None."""
    if NAME.fullmatch(name) is None:
        return None
    question = sa.select(ApiKeyRow).where(ApiKeyRow.name_key == name.lower())
    if is_locked:
        question = question.with_for_update().execution_options(populate_existing=True)
    row: ApiKeyRow | None = work.session.scalar(question)
    return row


class DatabaseApiKeyReader:
    """Reads keys in the database; see `ApiKeyReader`."""

    def by_name(self, name: str, work: Work) -> ApiKey | None:
        """Return the key with this name, or None."""
        row = row_named(name, work)
        return None if row is None else api_key_of(row)

    def every(self, work: Work) -> Sequence[ApiKey]:
        """Return all keys, by name."""
        question = sa.select(ApiKeyRow).order_by(ApiKeyRow.name_key)
        return tuple(map(api_key_of, work.session.scalars(question)))


class DatabaseApiKeyWriter:
    """Writes keys into the database; see `ApiKeyWriter`."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        """Remember what tells the time, with its zone."""
        self._now = now

    def create(self, draft: ApiKeyDraft, work: Work) -> IssuedKey:
        """Make a key."""
        now = self._now()
        _check(draft)
        _check_end(draft.valid_to, now)
        if row_named(draft.name, work) is not None:
            raise NameInUse(draft.name)
        key = _new_key()
        row = ApiKeyRow(
            name=draft.name,
            name_key=draft.name.lower(),
            key_hash=hash_of(key),
            scopes=" ".join(dict.fromkeys(draft.scopes)),
            created_by=draft.created_by,
            created_at=now,
            valid_to=draft.valid_to,
        )
        work.session.add(row)
        try:
            work.session.flush()
        except IntegrityError as error:
            raise NameInUse(draft.name) from error
        _tell("api_key_created", row, work, f"by {draft.created_by}" if draft.created_by else "")
        return IssuedKey(api_key_of(row), key)

    def rotate(self, name: str, work: Work, valid_to: datetime | None = None) -> IssuedKey:
        """Make another key in the place of one."""
        now = self._now()
        row = _locked(name, work)
        if row.revoked_at is not None:
            raise KeyRevoked(row.name)
        end = row.valid_to if valid_to is None else valid_to
        _check_end(end, now)
        key = _new_key()
        row.key_hash, row.valid_to, row.rotated_at = hash_of(key), end, now
        work.session.flush()
        _tell("api_key_rotated", row, work)
        return IssuedKey(api_key_of(row), key)

    def revoke(self, name: str, work: Work) -> ApiKey:
        """Let a key hold no longer."""
        row = _locked(name, work)
        if row.revoked_at is None:
            row.revoked_at = self._now()
            work.session.flush()
            _tell("api_key_revoked", row, work)
        return api_key_of(row)


def _new_key() -> str:
    return KEY_MARK + secrets.token_urlsafe(KEY_BYTES)


def _locked(name: str, work: Work) -> ApiKeyRow:
    row = row_named(name, work, is_locked=True)
    if row is None:
        raise NoSuchKey(name)
    return row


def _check(draft: ApiKeyDraft) -> None:
    if NAME.fullmatch(draft.name) is None or len(draft.name) > LONGEST_NAME:
        raise BadValue(
            "name",
            f"{draft.name[:LONGEST_NAME]!r} is no name: it is a letter, then letters and digits, "
            f"{LONGEST_NAME} at most.",
        )
    for scope in draft.scopes:
        if SCOPE.fullmatch(scope) is None or len(scope) > LONGEST_SCOPE:
            raise BadValue(
                "scopes",
                f"{scope[:LONGEST_SCOPE]!r} is no scope: it is of printable ASCII without spaces, "
                f"quotes and backslashes, does not start with '@', and has {LONGEST_SCOPE} "
                f"characters at most.",
            )
    if not draft.created_by.isprintable() or len(draft.created_by) > LONGEST_CREATOR:
        raise BadValue(
            "created_by", f"This is no name of {LONGEST_CREATOR} printable characters at most."
        )


def _check_end(end: datetime | None, now: datetime) -> None:
    if end is None:
        return
    if end.tzinfo is None:
        raise BadValue("valid_to", f"{end.isoformat()} has no time zone.")
    if end <= now:
        raise BadValue("valid_to", f"{end.isoformat()} is over; name a later end.")


def _tell(tag: str, row: ApiKeyRow, work: Work, reason: str = "") -> None:
    event = AuditEvent(tag, KIND, row.name, reason=reason)
    work.after_commit(lambda: audit(event))
