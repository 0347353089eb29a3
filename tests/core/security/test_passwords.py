"""Passwords: what is stored, what matches, and what a stranger may cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import argon2
import bcrypt
import pytest

from glue_core import Deployment, Passwords, ServiceUnavailable, Verdict
from glue_core.security.passwords import LONGEST

SECRET = "Käse zum Frühstück ☃"

pytestmark = pytest.mark.usefixtures("costly_passwords")


@pytest.fixture
def passwords() -> Passwords:
    """Passwords, as a deployment provides them."""
    return Passwords()


def bcrypt_hash(password: bytes, version: bytes = b"2b") -> str:
    """Return a cheap hash of bcrypt; the library makes ``2a`` and ``2b``."""
    made = bcrypt.hashpw(password, bcrypt.gensalt(4, b"2b")).decode()
    return made.replace("$2b$", f"${version.decode()}$", 1)


class Counted:
    """Counts how often argon2 verifies."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        verify = argon2.PasswordHasher.verify

        def counting(hasher: argon2.PasswordHasher, stored: Any, password: Any) -> bool:
            self.times += 1
            return verify(hasher, stored, password)

        monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)


def test_hash_is_argon2id_with_the_parameters(passwords: Passwords) -> None:
    """A hash is argon2id with two passes over 19 MiB in one lane."""
    assert passwords.hash(SECRET).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_hash_is_salted(passwords: Passwords) -> None:
    """Two hashes of one password differ."""
    assert passwords.hash(SECRET) != passwords.hash(SECRET)


def test_right_password_matches(passwords: Passwords) -> None:
    """The password that was hashed matches, and the hash stays."""
    assert passwords.verify(passwords.hash(SECRET), SECRET) == Verdict(True, None)


def test_wrong_password_does_not_match(passwords: Passwords) -> None:
    """Another password does not match, and nothing is to be stored."""
    assert passwords.verify(passwords.hash(SECRET), SECRET.lower()) == Verdict(False, None)


@pytest.mark.parametrize("version", [b"2a", b"2b", b"2y"])
def test_bcrypt_is_replaced(passwords: Passwords, version: bytes) -> None:
    """A password matches a hash of bcrypt, and a hash of argon2id takes its place."""
    verdict = passwords.verify(bcrypt_hash(SECRET.encode(), version), SECRET)

    assert verdict.matches
    assert passwords.verify(verdict.replacement, SECRET) == Verdict(True, None)


def test_wrong_password_keeps_bcrypt(passwords: Passwords) -> None:
    """A hash of bcrypt is not replaced by one of a wrong password."""
    assert passwords.verify(bcrypt_hash(b"right"), "wrong") == Verdict(False, None)


@pytest.mark.parametrize(
    "hasher",
    [
        argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1),
        argon2.PasswordHasher(time_cost=2, memory_cost=1024, parallelism=2, type=argon2.Type.I),
    ],
    ids=["cheap", "argon2i"],
)
def test_outdated_parameters_are_replaced(
    passwords: Passwords, hasher: argon2.PasswordHasher
) -> None:
    """A hash with other parameters matches, and one with ours takes its place."""
    verdict = passwords.verify(hasher.hash(SECRET), SECRET)

    assert verdict.matches
    assert str(verdict.replacement).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_bcrypt_reads_72_bytes(passwords: Passwords) -> None:
    """A longer password matches by its first 72 bytes, as it did before, and is not replaced."""
    stored = bcrypt_hash(b"a" * 72)

    assert passwords.verify(stored, "a" * 72 + "whatever") == Verdict(True, None)
    assert not passwords.verify(stored, "a" * 71).matches


def test_bcrypt_may_cut_a_letter(passwords: Passwords) -> None:
    """The 72nd byte may be half of a letter."""
    password = "a" + "ä" * 60

    assert passwords.verify(bcrypt_hash(password.encode()[:72]), password).matches


@pytest.mark.parametrize("password", ["pass\0word", "pass\0", "\0"], ids=ascii)
def test_bcrypt_takes_no_nul(passwords: Passwords, password: str) -> None:
    """A password with a NUL does not match by what stands before it."""
    stored = bcrypt_hash(password.encode().partition(b"\0")[0])

    assert not passwords.verify(stored, password).matches


def test_argon2_takes_a_nul(passwords: Passwords) -> None:
    """What stands behind a NUL counts."""
    stored = passwords.hash("pass\0word")

    assert passwords.verify(stored, "pass\0word").matches
    assert not passwords.verify(stored, "pass\0wort").matches


GARBAGE = [
    "",
    "plain",
    "\ud800",
    "$argon2id$",
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=19456,t=0,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=1,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
    "$argon2id$v=19$m=9999999999,t=9999999999,p=9999999999$AAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAA",
    "$2b$04$short",
    "$2b$99$" + "a" * 53,
    "$2b$04$" + "9" * 53,
    "$2b$04$" + "!" * 53,
    "$2x$04$" + "a" * 53,
    "$2b$04$" + "a" * 53 + "\n",
    "$1$salt$md5",
]


@pytest.mark.parametrize("stored", GARBAGE, ids=ascii)
def test_garbage_matches_nothing(passwords: Passwords, stored: str) -> None:
    """A hash that cannot be used is a mismatch, and no exception."""
    assert passwords.verify(stored, "plain") == Verdict(False, None)


@pytest.mark.parametrize(
    "stored",
    [
        "$argon2id$v=19$m=4194304,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=19456,t=9999,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
        "$2b$31$" + "a" * 53,
    ],
)
def test_hash_that_costs_too_much_is_garbage(passwords: Passwords, stored: str) -> None:
    """A stored hash cannot make a process compute for hours, or take all memory."""
    assert not passwords.recognises(stored)
    assert not passwords.verify(stored, "plain").matches


@pytest.mark.parametrize("stored", [None, "garbage"])
def test_unknown_costs_one_verification(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch, stored: str | None
) -> None:
    """Whoever does not exist costs what a wrong password costs: one verification by argon2."""
    counted = Counted(monkeypatch)

    assert passwords.verify(stored, SECRET) == Verdict(False, None)
    assert counted.times == 1


@pytest.mark.parametrize(
    "password", ["a" * (LONGEST + 1), "ä" * (LONGEST // 2 + 1), "\ud800", ""], ids=len
)
def test_what_is_no_password_is_not_computed(
    passwords: Passwords, monkeypatch: pytest.MonkeyPatch, password: str
) -> None:
    """An absurdly long password, half a letter and nothing are refused before they cost time."""
    stored, counted = passwords.hash(SECRET), Counted(monkeypatch)

    assert passwords.verify(stored, password) == Verdict(False, None)
    assert counted.times == 0


@pytest.mark.parametrize("password", ["a" * (LONGEST + 1), "\ud800", ""], ids=len)
def test_what_is_no_password_is_not_hashed(passwords: Passwords, password: str) -> None:
    """It is a ValueError, which does not tell the password."""
    with pytest.raises(ValueError, match="1 to 1024 bytes") as caught:
        passwords.hash(password)

    assert not password or password not in str(caught.value)


def test_longest_password_is_hashed(passwords: Passwords) -> None:
    """A password of 1024 bytes matches, and its last byte counts."""
    stored = passwords.hash("a" * LONGEST)

    assert passwords.verify(stored, "a" * LONGEST).matches
    assert not passwords.verify(stored, "a" * (LONGEST - 1) + "b").matches


@pytest.mark.parametrize(
    ("text", "is_hash"),
    [
        (bcrypt_hash(b"x", b"2y"), True),
        (argon2.PasswordHasher(1, 1024, 1).hash("x"), True),
        ("change me", False),
        ("$2b$04$short", False),
    ],
    ids=["bcrypt", "argon2", "plain", "garbage"],
)
def test_importers_can_tell_hashes(passwords: Passwords, text: str, is_hash: bool) -> None:
    """A hash is told from a password that is plain."""
    assert passwords.recognises(text) is is_hash


@contextmanager
def slow_argon2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let hashes wait until the test goes on; counts how many are computed at once."""

    class Slow:
        now = 0
        most = 0
        entered = threading.Semaphore(0)
        leave = threading.Event()
        lock = threading.Lock()

    def hash_(_hasher: object, _password: object) -> str:
        with Slow.lock:
            Slow.now += 1
            Slow.most = max(Slow.most, Slow.now)
        Slow.entered.release()
        assert Slow.leave.wait(30)
        with Slow.lock:
            Slow.now -= 1
        return "hash"

    monkeypatch.setattr(argon2.PasswordHasher, "hash", hash_)
    try:
        yield Slow
    finally:
        Slow.leave.set()


def test_only_some_are_computed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many log in, no more hashes than allowed take memory at a time."""
    passwords = Passwords(parallel=2)
    with slow_argon2(monkeypatch) as slow:
        threads = [threading.Thread(target=passwords.hash, args=("x",)) for _ in range(6)]
        for thread in threads:
            thread.start()
        assert slow.entered.acquire(timeout=30)
        assert slow.entered.acquire(timeout=30)
        assert not slow.entered.acquire(timeout=0.2)
        slow.leave.set()
        for thread in threads:
            thread.join(30)

    assert slow.most == 2


def test_waiting_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits too long is told to come again, which is an answer 503."""
    passwords = Passwords(parallel=1, patience=0.05)
    with slow_argon2(monkeypatch) as slow:
        thread = threading.Thread(target=passwords.hash, args=("x",))
        thread.start()
        assert slow.entered.acquire(timeout=30)
        with pytest.raises(ServiceUnavailable, match="no turn"):
            passwords.verify(None, "x")
        slow.leave.set()
        thread.join(30)

    assert passwords.hash("x") == "hash"


def test_turn_is_given_back_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the library costs no turn for ever."""

    def fail(_hasher: object, _password: object) -> str:
        raise argon2.exceptions.HashingError("no memory")

    monkeypatch.setattr(argon2.PasswordHasher, "hash", fail)
    one = Passwords(parallel=1, patience=0.05)
    for _ in range(2):
        with pytest.raises(argon2.exceptions.HashingError):
            one.hash("x")


def test_nobody_is_no_bound() -> None:
    """A bound under one is refused: nobody could ever log in."""
    with pytest.raises(ValueError, match="not 0"):
        Passwords(parallel=0)


def test_deployment_provides_one() -> None:
    """Everybody who asks a deployment for it shares one, and so one bound."""
    with Deployment({}, [], serving=False) as deployment:
        assert deployment.features.get(Passwords) is deployment.features.get(Passwords)
