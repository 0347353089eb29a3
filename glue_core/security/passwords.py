"""Passwords: hashed with argon2id, verified in a bounded number of threads at once."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue_core.errors import ServiceUnavailable
from glue_core.features import Provider
from glue_core.hookspecs import hookimpl

if TYPE_CHECKING:
    from argon2 import PasswordHasher

TIME_COST = 2
"""Passes over the memory."""
MEMORY_COST = 19_456
"""Memory of one hash, in KiB."""
PARALLELISM = 1
"""Threads of one hash."""
LONGEST = 1024
"""Bytes of a password in UTF-8; a longer one is refused before anything is computed."""
PARALLEL = 4
"""Hashes that one process computes at once: 76 MiB in all."""
PATIENCE = 10.0
"""Seconds that a password waits for its turn."""

MOST_TIME = 16
MOST_MEMORY = 262_144
MOST_LANES = 16
MOST_ROUNDS = 15
"""What a stored hash may cost at most: one from an import must not stop the process."""

_BCRYPT = re.compile(r"\$2[aby]\$(\d{2})\$[./A-Za-z0-9]{53}", re.ASCII)
_BCRYPT_LONGEST = 72
_ARGON2 = re.compile(
    r"\$argon2(?:id|i|d)\$v=(?:16|19)\$m=\d{1,10},t=\d{1,10},p=\d{1,10}"
    r"\$[A-Za-z0-9+/]{11,128}\$[A-Za-z0-9+/]{16,128}",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of verifying a password.

    Attributes:
        matches: Whether it is the password.
        replacement: A hash to store in the place of the old one, which is bcrypt or has other
            parameters; None where the stored hash is as it should be, and where nothing matched.
    """

    matches: bool
    replacement: str | None = None


class Passwords:
    """Hashes passwords and verifies them; shared by threads.

    Ask for it as a feature, ``features.get(Passwords)``: then all who verify passwords in a process
    share one bound.

    Source:
        OWASP, "Password Storage Cheat Sheet": argon2id with 19 MiB, two passes and one lane.
    """

    def __init__(self, *, parallel: int = PARALLEL, patience: float = PATIENCE) -> None:
        """Set the bounds.

        Args:
            parallel: Hashes that are computed at once, from 1; each takes 19 MiB.
            patience: Seconds that a password waits for its turn.
        """
        if parallel < 1:
            raise ValueError(f"At least one hash is computed at a time, not {parallel}.")
        self._turns = threading.BoundedSemaphore(parallel)
        self._patience = patience

    def hash(self, password: str) -> str:
        """Return a hash to store: argon2id, salted, with its parameters.

        Raises:
            ValueError: The password is empty, longer than 1024 bytes, or no text.
            ServiceUnavailable: Too many others are hashed at the moment.
        """
        given = _bytes(password)
        if not given:
            raise ValueError(f"A password has 1 to {LONGEST} bytes in UTF-8, and is a text.")
        with self._turn():
            return _hasher().hash(given)

    def verify(self, stored: str | None, password: str) -> Verdict:
        """Say whether a password is the one that a hash was made of.

        A hash that cannot be used matches nothing. To verify against it, or against None, costs
        the time of one that `hash` makes, so that nobody learns from the time who exists; one of
        another kind costs what it asks for until it is replaced. A password that is longer than
        1024 bytes matches nothing, whatever is stored.

        Args:
            stored: A hash as `hash` returns it, of another argon2, or of bcrypt (``$2a$``,
                ``$2b$``, ``$2y$``); None for somebody who does not exist or has no password.
            password: What was typed.

        Raises:
            ServiceUnavailable: Too many others are verified at the moment.
        """
        given = _bytes(password)
        if not given:
            return Verdict(False)
        with self._turn():
            if stored is not None and _is_bcrypt(stored):
                return _verify_bcrypt(stored, given)
            if stored is None or not _is_argon2(stored):
                _matches(_dummy(), given)
                return Verdict(False)
            if not _matches(stored, given):
                return Verdict(False)
            hasher = _hasher()
            outdated = hasher.check_needs_rehash(stored)
            return Verdict(True, hasher.hash(given) if outdated else None)

    def recognises(self, text: str) -> bool:
        """Say whether a text is a hash that `verify` can use, for importers that take either."""
        return _is_bcrypt(text) or _is_argon2(text)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._turns.acquire(timeout=self._patience):
            raise ServiceUnavailable(
                "passwords", f"no turn to verify a password within {self._patience:g} seconds"
            )
        try:
            yield
        finally:
            self._turns.release()


@hookimpl
def glue_features() -> Sequence[Provider[Any]]:
    """Provide one `Passwords` for all who hash and verify."""
    return [Provider(Passwords, lambda features: Passwords())]


def _bytes(password: str) -> bytes | None:
    """Return a password as bytes; None for one that is too long, or has half of a character."""
    if len(password) > LONGEST:
        return None
    try:
        given = password.encode()
    except UnicodeEncodeError:
        return None
    return given if len(given) <= LONGEST else None


def _hasher() -> PasswordHasher:
    # Imported here: most processes that load the features never see a password.
    from argon2 import PasswordHasher

    return PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY_COST, parallelism=PARALLELISM)


def _matches(stored: str, given: bytes) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

    try:
        return _hasher().verify(stored, given)
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def _dummy() -> str:
    """Return a hash that costs what a true one does: no password is known that it was made of."""
    salt, digest = (base64.b64encode(bytes(size)).decode().rstrip("=") for size in (16, 32))
    return f"$argon2id$v=19$m={MEMORY_COST},t={TIME_COST},p={PARALLELISM}${salt}${digest}"


def _is_argon2(text: str) -> bool:
    """Say whether a text is a hash of argon2 that does not cost too much."""
    if _ARGON2.fullmatch(text) is None:
        return False
    from argon2 import extract_parameters
    from argon2.exceptions import InvalidHashError

    try:
        found = extract_parameters(text)
    except (InvalidHashError, ValueError):
        return False
    return (
        1 <= found.time_cost <= MOST_TIME
        and 8 * found.parallelism <= found.memory_cost <= MOST_MEMORY
        and 1 <= found.parallelism <= MOST_LANES
    )


def _is_bcrypt(text: str) -> bool:
    """Say whether a text is a hash of bcrypt that does not cost too much."""
    found = _BCRYPT.fullmatch(text)
    return found is not None and 4 <= int(found.group(1)) <= MOST_ROUNDS


def _verify_bcrypt(stored: str, given: bytes) -> Verdict:
    """Verify against bcrypt, which reads 72 bytes and ends at a NUL.

    A longer password matches by its start, as it did wherever the hash comes from; it keeps its
    hash, since nobody knows whether the rest is right.
    """
    import bcrypt

    known = given[:_BCRYPT_LONGEST]
    try:
        matches = bcrypt.checkpw(known, stored.encode()) and b"\0" not in given
    except ValueError:
        return Verdict(False)
    if not matches or len(given) > _BCRYPT_LONGEST:
        return Verdict(matches)
    return Verdict(True, _hasher().hash(given))
