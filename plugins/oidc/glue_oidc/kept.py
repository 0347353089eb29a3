"""Verified tokens, kept for a while so that a client's next request costs less."""

from __future__ import annotations

import hashlib
import threading

from glue_core import Identity
from glue_oidc.keys import KeySet

Entry = tuple[float, KeySet | None, Identity]


class KeptTokens:
    """Who sent which token: at most so many, and for at most so long."""

    def __init__(self, size: int, seconds: int) -> None:
        """Keep nothing yet; nothing ever where ``seconds`` is 0."""
        self._size = size
        self._seconds = seconds
        self._entries: dict[tuple[bytes, str], Entry] = {}
        self._lock = threading.Lock()

    def get(self, token: str, application: str, keys: KeySet | None, now: float) -> Identity | None:
        """Return who sent a token, or None where it has to be verified.

        Args:
            token: The token.
            application: Name of the application.
            keys: The provider's keys: what older ones signed is verified again.
            now: Seconds since 1970.
        """
        entry = self._entries.get(_key(token, application))
        if entry is None or now >= entry[0] or entry[1] is not keys:
            return None
        return entry[2]

    def put(
        self, token: str, application: str, identity: Identity, keys: KeySet | None, now: float
    ) -> None:
        """Keep who sent a token, until it expires at the latest."""
        until = min(now + self._seconds, identity.claims["exp"])
        if until <= now:
            return
        with self._lock:
            self._entries.pop(_key(token, application), None)
            if len(self._entries) >= self._size:
                # The oldest goes; all live about as long, so it is the one nearest to its end.
                del self._entries[next(iter(self._entries))]
            self._entries[_key(token, application)] = (until, keys, identity)


def _key(token: str, application: str) -> tuple[bytes, str]:
    # A token is as good as a password: what is kept cannot be sent by whoever reads the memory.
    return hashlib.sha256(token.encode("utf-8")).digest(), application
