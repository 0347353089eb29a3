"""The keys that sign access tokens: in the database, and remembered for a while."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from sqlalchemy.exc import IntegrityError

from glue_core import ConfigurationError, Database, ServiceUnavailable, Work
from glue_oauth import KeyTooYoung, NoSuchKey, SigningKey
from glue_oauth.clock import utc_now
from glue_oauth.models import KeyRow

NEXT, ACTIVE, RETIRING = "next", "active", "retiring"
RSA_BITS = 2048
RELOAD_SECONDS = 60.0
"""Seconds after which the keys are read again."""
PUBLIC_SECONDS = 300
"""Seconds for which whoever read the public keys may keep them."""
KNOWN_AFTER = timedelta(seconds=RELOAD_SECONDS + PUBLIC_SECONDS)
"""Time after which everybody who reads the public keys knows one that was made."""
UNKNOWN_SECONDS = 1.0
"""Seconds between two readings because of tokens whose key is not known."""
FAILED_SECONDS = 5.0
"""Seconds after which the keys are read again where the database did not answer."""
LOG = logging.getLogger("glue.oauth")

AnyKey = RSAKey | ECKey | OKPKey
_Facts = tuple[str, str, str, str, datetime | None]
_IMPORTS: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {
    "RS256": RSAKey,
    "ES256": ECKey,
    "Ed25519": OKPKey,
}


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys at one point in time.

    Attributes:
        signer: What signs: a set of one, whose key id gets into the header.
        algorithm: Algorithm of the one that signs.
        kid: Id of the one that signs.
        verifiers: Keys and their algorithms by id.
        retired: When keys retired, in seconds since 1970, by the ids of those that did.
        public: The public keys as a JSON Web Key Set.
        read_at: Point of the monotonic clock.
    """

    signer: KeySet = field(repr=False)
    algorithm: str
    kid: str
    verifiers: Mapping[str, tuple[AnyKey, str]] = field(repr=False)
    retired: Mapping[str, float]
    public: dict[str, Any]
    read_at: float


class DatabaseKeys:
    """Keeps keys in the database; see `SigningKeys`. Shared by threads."""

    def __init__(
        self,
        database: Callable[[], Database],
        algorithm: str = "RS256",
        secret: str | None = None,
        retention: timedelta = timedelta(days=8),
        now: Callable[[], datetime] = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Remember where the keys are; nothing is read yet.

        Args:
            database: Returns the database.
            algorithm: Algorithm of new keys.
            secret: What private keys are encrypted with, or None.
            retention: Time that a key verifies after it signed last.
            now: Returns the time, with its zone.
            monotonic: Seconds that only grow.
        """
        self._database = database
        self._algorithm = algorithm
        self._secret = secret
        self._retention = retention
        self._now = now
        self._monotonic = monotonic
        self._ring: Ring | None = None
        self._failed_at = float("-inf")
        self._lock = threading.Lock()

    def ring(self, wanted: str | None = None) -> Ring:
        """Return the keys, read again after a minute, or when one is wanted that is not known.

        While the database does not answer, those that were read before do.

        Args:
            wanted: Id of a key that a token names, or None.

        Raises:
            ServiceUnavailable: The database did not answer, and nothing was read before.
        """
        ring = self._ring
        if ring is not None and not self._is_stale(ring, wanted):
            return ring
        with self._lock:
            ring = self._ring
            if ring is not None and not self._is_stale(ring, wanted):
                return ring
            try:
                ring = self._read() or self._read_made()
            except ServiceUnavailable:
                if ring is None:
                    raise
                # The others that wait here must not all wait for the database as well.
                self._failed_at = self._monotonic()
                LOG.warning("The signing keys could not be read again; the known ones are used.")
                return ring
            self._ring = ring
            return ring

    def ring_in(self, work: Work) -> Ring:
        """Return the keys to somebody who is in the middle of a unit of work.

        A first key is made in that unit then: SQLite has one writer at a time. Whether the key
        still signs is asked in it as well: what a retired or revoked one signs counts for nothing.
        """
        ring = self._ring
        if ring is None or self._is_stale(ring, None) or not _signs(ring.kid, work):
            ring = self._read()
            self._ring = ring
        if ring is not None:
            return ring
        try:
            with work.savepoint():
                self._add_first(work)
        except IntegrityError:
            LOG.debug("Another process made the first signing key.")
        # It is not kept before it is known that the unit was committed.
        made = self._ring_of(self._facts(work))
        if made is None:
            raise ServiceUnavailable("database", "the signing key that was made is gone")
        return made

    def _is_stale(self, ring: Ring, wanted: str | None) -> bool:
        now = self._monotonic()
        if now - self._failed_at <= FAILED_SECONDS:
            return False
        is_missing = wanted is not None and wanted not in ring.verifiers
        return now - ring.read_at > (UNKNOWN_SECONDS if is_missing else RELOAD_SECONDS)

    def forget(self) -> None:
        """Read the keys again when they are needed next."""
        self._ring = None

    def public_set(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        return self.ring().public

    def every(self, work: Work) -> Sequence[SigningKey]:
        """Return the keys, the youngest first."""
        order = sa.select(KeyRow).order_by(KeyRow.created_at.desc(), KeyRow.kid)
        return [_shown(row) for row in work.session.scalars(order)]

    def rotate(self, work: Work, *, at_once: bool = False) -> SigningKey:
        """Let the next key sign, the present one retire, and make another next one."""
        now = self._now()
        # Of two who rotate at once the second waits, and goes on from what the first one left.
        found = work.session.scalars(sa.select(KeyRow).order_by(KeyRow.kid).with_for_update())
        rows = {row.state: row for row in found if row.state != RETIRING}
        old, new = rows.get(ACTIVE), rows.get(NEXT)
        work.after_commit(self.forget)
        is_made = new is None or new.algorithm != self._algorithm
        if new is None or is_made:
            if new is not None:
                work.session.delete(new)
                # The row must give the state up before another may have it.
                work.session.flush()
            new = self._make(NEXT, now)
            work.session.add(new)
            work.session.flush()
        if old is not None and not at_once:
            if is_made:
                return _shown(new)
            known_at = _shown(new).created_at + KNOWN_AFTER
            if now < known_at:
                raise KeyTooYoung(new.kid, known_at)
        if old is not None:
            old.state, old.retired_at = RETIRING, now
            work.session.flush()
        new.state, new.activated_at = ACTIVE, now
        work.session.flush()
        work.session.add(self._make(NEXT, now))
        work.session.flush()
        return _shown(new)

    def revoke(self, kid: str, work: Work) -> SigningKey:
        """Delete a key; where it signed, the next one does."""
        now = self._now()
        order = sa.select(KeyRow).order_by(KeyRow.kid).with_for_update()
        rows = {row.kid: row for row in work.session.scalars(order)}
        gone = rows.pop(kid, None)
        if gone is None:
            raise NoSuchKey(f"There is no signing key {kid!r}; 'glue keys list' lists them.")
        work.session.delete(gone)
        # The row must give its state up before another may have it.
        work.session.flush()
        states = {row.state: row for row in rows.values()}
        active = states.get(ACTIVE)
        if active is None:
            active = states.pop(NEXT, None) or self._make(ACTIVE, now)
            active.state, active.activated_at = ACTIVE, now
            work.session.add(active)
            work.session.flush()
        if NEXT not in states:
            work.session.add(self._make(NEXT, now))
            work.session.flush()
        LOG.warning("The signing key %s is revoked: its tokens are void.", kid)
        work.after_commit(self.forget)
        return _shown(active)

    def drop_retired(self, work: Work) -> int:
        """Delete keys whose last token has expired and return how many there were."""
        found: Any = work.session.execute(
            sa.delete(KeyRow).where(
                KeyRow.state == RETIRING, KeyRow.retired_at < self._now() - self._retention
            )
        )
        work.after_commit(self.forget)
        return int(found.rowcount)

    def _rows(self, work: Work) -> Sequence[KeyRow]:
        return work.session.scalars(sa.select(KeyRow)).all()

    def _facts(self, work: Work) -> Sequence[_Facts]:
        return [
            (row.kid, row.algorithm, row.state, row.private_pem, row.retired_at)
            for row in self._rows(work)
        ]

    def _read(self) -> Ring | None:
        with self._database().work(writes=False) as work:
            rows = self._facts(work)
        return self._ring_of(rows)

    def _ring_of(self, rows: Sequence[_Facts]) -> Ring | None:
        if not any(state == ACTIVE for _, _, state, _, _ in rows):
            return None
        verifiers: dict[str, tuple[AnyKey, str]] = {}
        signer: tuple[AnyKey, str] | None = None
        for kid, algorithm, state, pem, _ in rows:
            key = self._opened(kid, algorithm, pem)
            verifiers[kid] = (key, algorithm)
            if state == ACTIVE:
                signer = (key, algorithm)
        assert signer is not None
        public = [
            {**key.as_dict(private=False), "use": "sig", "alg": algorithm}
            for key, algorithm in verifiers.values()
        ]
        return Ring(
            KeySet([signer[0]]),
            signer[1],
            str(signer[0].kid),
            verifiers,
            {kid: at.timestamp() for kid, _, _, _, at in rows if at is not None},
            {"keys": sorted(public, key=lambda each: each["kid"])},
            self._monotonic(),
        )

    def _read_made(self) -> Ring:
        """Make the first key, or find that another worker just did."""
        try:
            with self._database().work() as work:
                self._add_first(work)
        except IntegrityError:
            # Another worker was faster; its key is the one.
            LOG.debug("Another process made the first signing key.")
        ring = self._read()
        if ring is None:
            raise ServiceUnavailable("database", "the signing key that was made is gone")
        return ring

    def _add_first(self, work: Work) -> None:
        """Make a key where none signs, and the next one: it must be known before it signs."""
        states = {row.state for row in self._rows(work)}
        if ACTIVE in states:
            return
        missing = [each for each in (ACTIVE, NEXT) if each not in states]
        work.session.add_all([self._make(each, self._now()) for each in missing])
        work.session.flush()

    def _make(self, state: str, now: datetime) -> KeyRow:
        kid = secrets.token_hex(8)
        options: Any = {"parameters": {"kid": kid, "use": "sig", "alg": self._algorithm}}
        key: AnyKey
        if self._algorithm == "RS256":
            key = RSAKey.generate_key(RSA_BITS, **options)
        elif self._algorithm == "ES256":
            key = ECKey.generate_key("P-256", **options)
        else:
            key = OKPKey.generate_key("Ed25519", **options)
        LOG.info("Made the signing key %s (%s).", kid, self._algorithm)
        if self._secret is None:
            LOG.warning(
                "Whoever reads the database can sign with the key %s: set 'plugins.oauth."
                "key_secret', and rotate the keys twice.",
                kid,
            )
        return KeyRow(
            kid=kid,
            algorithm=self._algorithm,
            state=state,
            private_pem=key.as_pem(private=True, password=self._secret).decode("ascii"),
            created_at=now,
            activated_at=now if state == ACTIVE else None,
        )

    def _opened(self, kid: str, algorithm: str, pem: str) -> AnyKey:
        is_encrypted = "ENCRYPTED" in pem.partition("\n")[0]
        password = self._secret if is_encrypted else None
        try:
            return _IMPORTS[algorithm].import_key(
                pem, parameters={"kid": kid, "use": "sig", "alg": algorithm}, password=password
            )
        except (JoseError, ValueError, TypeError) as error:
            raise ConfigurationError(
                f"The signing key {kid!r} in the database cannot be opened.\n"
                f"Set 'plugins.oauth.key_secret' to what it was encrypted with."
            ) from error


def _signs(kid: str, work: Work) -> bool:
    signing = sa.select(KeyRow.kid).where(KeyRow.kid == kid, KeyRow.state == ACTIVE)
    return work.session.scalar(signing) is not None


def _shown(row: KeyRow) -> SigningKey:
    return SigningKey(
        row.kid, row.algorithm, row.state, row.created_at, row.activated_at, row.retired_at
    )
