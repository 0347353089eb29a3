"""Checking keys that come with requests, with a short memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from glue_api_keys import LONGEST_KEY, ApiKey
from glue_api_keys.keeping import KIND, api_key_of, hash_of, utc_now
from glue_api_keys.models import ApiKeyRow
from glue_core import AuditEvent, Services, ServiceUnavailable, audit

KEPT = 1000
"""Keys that are remembered."""
USED_WITHIN = timedelta(hours=1)
"""How much too early the time of the last use may be: each change of it is a write."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A key that was read.

    Attributes:
        api_key: What is known of it.
        until: Point of the clock up to which that is believed.
    """

    api_key: ApiKey
    until: float


class DatabaseApiKeyChecker:
    """Checks keys against the database; see `ApiKeyChecker`.

    A key that is found is remembered for a moment. One that is not is looked for each time, so that
    nobody fills the memory by guessing, and a new key holds at once.
    """

    def __init__(
        self,
        services: Services,
        seconds: float,
        now: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember what is needed; nothing is opened yet.

        Args:
            services: Where the database is.
            seconds: How long what was read of a key is believed; 0 asks each time.
            now: Returns the time, with its zone.
            clock: Returns seconds since any point in time, by which the memory is short.
        """
        self._services = services
        self._seconds = seconds
        self._now = now
        self._clock = clock
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = threading.Lock()

    def check(self, key: str) -> ApiKey | None:
        """Return what is known of a key that holds, or None."""
        if not key or len(key) > LONGEST_KEY:
            _refuse("", "no key")
            return None
        digest = hash_of(key)
        found = self._remembered(digest)
        if found is None:
            found = self._read(digest)
        if found is None:
            _refuse("", "unknown key")
            return None
        now = self._now()
        if not found.is_valid(now):
            _refuse(found.name, "expired key" if found.revoked_at is None else "revoked key")
            return None
        return found

    def _remembered(self, digest: str) -> ApiKey | None:
        with self._lock:
            known = self._known.get(digest)
        return known.api_key if known is not None and self._clock() < known.until else None

    def _read(self, digest: str) -> ApiKey | None:
        # From before it is read on: what is written meanwhile is not believed for longer.
        until = self._clock() + self._seconds
        with self._services.database.work(writes=False) as work:
            row = work.session.scalar(sa.select(ApiKeyRow).where(ApiKeyRow.key_hash == digest))
            found = None if row is None else api_key_of(row)
        if found is None:
            return None
        self._note_use(found)
        if self._seconds > 0:
            with self._lock:
                self._known[digest] = _Known(found, until)
                self._known.move_to_end(digest)
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
        return found

    def _note_use(self, api_key: ApiKey) -> None:
        """Write down that a key is in use, once in a while; a request never fails by it."""
        now, last = self._now(), api_key.last_used_at
        if not api_key.is_valid(now) or (last is not None and now - last < USED_WITHIN):
            return
        statement = sa.update(ApiKeyRow).where(ApiKeyRow.id == api_key.id).values(last_used_at=now)
        try:
            with self._services.database.work() as work:
                work.session.execute(statement)
        except ServiceUnavailable:
            # The next one who reads it tries again.
            return


def _refuse(name: str, reason: str) -> None:
    audit(AuditEvent("failed_login", KIND, name, reason=reason))
