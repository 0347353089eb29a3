"""Time and chance: what is now, and what nobody can guess."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def new_secret() -> str:
    """Return a text that nobody can guess: 256 bits, in 43 characters of the URL alphabet."""
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> str:
    """Return what is kept of a secret.

    A plain SHA-256 does for texts of 256 random bits: there is nothing to guess. It is no way to
    keep passwords.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
