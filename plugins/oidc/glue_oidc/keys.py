"""The provider's keys: which of them may check a token, and when they are read again."""

from __future__ import annotations

import base64
import logging
import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from joserfc import jwk
from joserfc.errors import JoseError

from glue_core import InvalidToken, ServiceUnavailable
from glue_oidc.issuer import IssuerError

LOG = logging.getLogger("glue.oidc")

MOST_KEYS = 64
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
"""Bits of a modulus: a smaller one can be factored, a larger one is a way to keep us busy."""

_PUBLIC = {
    "RSA": ("kty", "n", "e"),
    "EC": ("kty", "crv", "x", "y"),
    "OKP": ("kty", "crv", "x"),
}
"""The public members of each kind of key. A shared secret (``oct``) is none of them."""

_CURVES = {
    "ES256": ("P-256",),
    "ES384": ("P-384",),
    "ES512": ("P-521",),
    "EdDSA": ("Ed25519", "Ed448"),
    "Ed25519": ("Ed25519",),
}
_EDWARDS = frozenset({"EdDSA", "Ed25519"})
"""Two names of one algorithm; RFC 9864 has the second."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key of the provider.

    Attributes:
        kid: Its id, or None.
        kind: ``RSA``, ``EC`` or ``OKP``.
        curve: Its curve, or None for RSA.
        algorithm: The one algorithm that it is for, or None where the provider does not say.
        key: The key itself.
    """

    kid: str | None
    kind: str
    curve: str | None
    algorithm: str | None
    key: jwk.Key

    def fits(self, algorithm: str) -> bool:
        """Say whether the key may check signatures of an algorithm."""
        others = {self.algorithm, algorithm} - {None}
        if len(others) > 1 and not others <= _EDWARDS:
            return False
        if algorithm in _CURVES:
            return self.curve in _CURVES[algorithm]
        return self.kind == "RSA"


@dataclass(frozen=True, slots=True, eq=False)
class KeySet:
    """The keys of the provider at one time.

    Attributes:
        by_id: Keys by their id; keys of two kinds may share one.
        every: All keys, those without an id too.
        read_at: When they were read, by the clock of `Keys`.
    """

    by_id: Mapping[str, tuple[VerificationKey, ...]]
    every: tuple[VerificationKey, ...]
    read_at: float

    def find(self, kid: str | None, algorithm: str) -> tuple[VerificationKey, ...] | None:
        """Return the keys that a token may be signed with, or None where its id is unknown.

        Raises:
            InvalidToken: The id is known, and its key does not fit the algorithm.

        Source:
            OpenID Connect Core 1.0, section 10.1: without an id there must be one key only.
        """
        named = self.every if kid is None else self.by_id.get(kid)
        if named is None:
            return None
        fitting = tuple(each for each in named if each.fits(algorithm))
        if kid is None and len(fitting) != 1:
            raise InvalidToken(f"it names no key, and {len(fitting)} fit {algorithm}")
        if not fitting:
            raise InvalidToken(f"its key is not for {algorithm}")
        return fitting


class Keys:
    """Keeps the keys, and reads them again when it is time to.

    They are read in a thread of its own, one at a time, so that no request waits longer than the
    settings say, and none at all while the keys that are kept will do.
    """

    def __init__(
        self,
        read: Callable[[], Sequence[Any]],
        section: Mapping[str, Any],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep nothing yet.

        Args:
            read: Reads the provider's keys; raises `IssuerError`.
            section: The times, as `OidcSettings` has them.
            clock: What the times are told by, in seconds.
        """
        self._read = read
        self._fresh: int = section["keys_seconds"]
        self._between: int = section["refetch_seconds"]
        self._retry: int = section["retry_seconds"]
        self._trusted: int = section["outage_seconds"]
        self._patience: float = section["timeout"]
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: KeySet | None = None
        self._flight: threading.Event | None = None
        self._next = self._late = -math.inf
        self._failure: str | None = None

    @property
    def current(self) -> KeySet | None:
        """The keys that are kept, or None."""
        return self._kept

    def find(self, kid: str | None, algorithm: str) -> tuple[VerificationKey, ...]:
        """Return the keys that a token may be signed with.

        Raises:
            InvalidToken: The provider has no such key.
            ServiceUnavailable: Nobody knows its keys: it does not answer.
        """
        kept = self._usable()
        if kept is not None:
            found = kept.find(kid, algorithm)
            if found is not None:
                if self._clock() - kept.read_at >= self._fresh:
                    self._start()
                return found
        self._wait(self._start())
        kept = self._usable()
        if kept is None:
            rest = self._next - self._clock()
            wait = math.ceil(rest) if rest > 0 else self._retry
            reason = self._failure or "it does not answer in time"
            raise ServiceUnavailable("oidc", f"the provider's keys are unknown: {reason}", wait)
        found = kept.find(kid, algorithm)
        if found is None:
            raise InvalidToken(f"the provider has no key {(kid or '')[:80]!r}")
        return found

    def _usable(self) -> KeySet | None:
        kept = self._kept
        if kept is None or self._clock() - kept.read_at >= self._trusted:
            return None
        return kept

    def _start(self) -> threading.Event | None:
        """Read the keys if it is time to, and return what whoever asks should wait for."""
        with self._lock:
            if self._flight is not None:
                # While the provider is down, one request at a time finds out whether it still is.
                is_awaited = self._failure is None and self._clock() < self._late
                return self._flight if is_awaited else None
            if self._clock() < self._next:
                return None
            flight = self._flight = threading.Event()
            self._late = self._clock() + self._patience
        thread = threading.Thread(target=self._fly, args=(flight,), name="oidc-keys", daemon=True)
        try:
            thread.start()
        except RuntimeError as error:
            self._land(flight, None, f"no thread can be started: {error}")
        return flight

    def _wait(self, flight: threading.Event | None) -> None:
        if flight is not None:
            flight.wait(self._patience)

    def _fly(self, flight: threading.Event) -> None:
        keys, failure = None, None
        try:
            every = tuple(usable(self._read()))
            if not every:
                raise IssuerError("it has no key that can be used")
            keys = key_set(every, self._clock())
        except IssuerError as error:
            failure = str(error)
        except Exception as error:
            LOG.exception("Keys could not be read.")
            failure = type(error).__name__
        self._land(flight, keys, failure)

    def _land(self, flight: threading.Event, keys: KeySet | None, failure: str | None) -> None:
        with self._lock:
            if keys is not None:
                self._kept = keys
            self._failure = failure
            self._next = self._clock() + (self._between if failure is None else self._retry)
            self._flight = None
        if failure is not None:
            LOG.warning("The provider's keys cannot be read: %s", failure)
        flight.set()


def key_set(keys: Iterable[VerificationKey], read_at: float) -> KeySet:
    """Put keys in order by their ids."""
    every = tuple(keys)
    by_id: dict[str, tuple[VerificationKey, ...]] = {}
    for each in every:
        if each.kid is not None:
            by_id[each.kid] = (*by_id.get(each.kid, ()), each)
    return KeySet(by_id, every, read_at)


def usable(members: Iterable[Any]) -> Iterable[VerificationKey]:
    """Yield the keys of a document that check signatures; the others are left out.

    Source:
        RFC 7517, section 5: what is not understood is ignored, the rest still counts.
    """
    for member in list(members)[:MOST_KEYS]:
        kind = member.get("kty") if isinstance(member, dict) else None
        if not isinstance(kind, str) or kind not in _PUBLIC:
            continue
        if member.get("use", "sig") != "sig" or not _verifies(member.get("key_ops")):
            continue
        kid, algorithm = member.get("kid"), member.get("alg")
        if not isinstance(kid, str | None) or not isinstance(algorithm, str | None):
            continue
        try:
            public = {name: member[name] for name in _PUBLIC[kind]}
            if kind == "RSA" and not SMALLEST_RSA <= _bits(public["n"]) <= LARGEST_RSA:
                LOG.warning("A key of the provider is left out: its size is not safe.")
                continue
            key = jwk.import_key(public)
        except (JoseError, KeyError, ValueError, TypeError) as error:
            LOG.warning("A key of the provider cannot be read: %s", type(error).__name__)
            continue
        yield VerificationKey(kid, kind, public.get("crv"), algorithm, key)


def _bits(modulus: str) -> int:
    content = base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))
    return int.from_bytes(content).bit_length()


def _verifies(operations: object) -> bool:
    return operations is None or (isinstance(operations, list) and "verify" in operations)
