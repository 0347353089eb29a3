"""Whether a key holds, and for how long that is believed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from glue_api_keys import checking
from glue_core import ServiceUnavailable

from .conftest import START, Keys


def test_key_that_holds(keys: Keys) -> None:
    """A key that was made is known by its name and scopes."""
    issued = keys.create(scopes=("a",))

    found = keys.checker.check(issued.key)
    assert found is not None
    assert (found.id, found.name, found.scopes) == (issued.api_key.id, "shipping", ("a",))


@pytest.mark.parametrize("key", ["", "glue_x", "x" * 100_000, "\0", "ä", "\ud800"], ids=ascii)
def test_unknown_key(keys: Keys, key: str) -> None:
    """Whatever is no key holds nowhere."""
    keys.create()

    assert keys.checker.check(key) is None


def test_spelling_counts(keys: Keys) -> None:
    """A key in other letters' case, or a part of it, is another key."""
    key = keys.create().key

    assert [keys.checker.check(each) for each in (key.swapcase(), key[:-1], f"{key} ")] == [
        None
    ] * 3


def test_expired_key(keys: Keys) -> None:
    """A key holds until its end, also one that is remembered."""
    key = keys.create(valid_to=START + timedelta(seconds=10)).key
    checker = keys.another_process(3600)
    found = []
    for _ in range(2):
        keys.clock.pass_(seconds=5)
        found.append(checker.check(key) is not None)

    assert found == [True, False]


def test_revoked_key(keys: Keys) -> None:
    """A key that was revoked holds no longer; without a memory at once."""
    key = keys.create().key
    assert keys.checker.check(key) is not None
    keys.revoke()

    assert keys.checker.check(key) is None


def test_revoked_key_is_believed_for_a_moment(keys: Keys) -> None:
    """Elsewhere a revoked key lives on for as long as was set, and no longer."""
    key = keys.create().key
    checker = keys.another_process(10)
    checker.check(key)
    keys.revoke()
    found = []
    for _ in range(2):
        keys.clock.pass_(seconds=5)
        found.append(checker.check(key) is not None)

    assert found == [True, False]


def test_use_does_not_prolong_the_memory(keys: Keys) -> None:
    """A key that is used all the time is read anew all the same."""
    key = keys.create().key
    checker = keys.another_process(10)
    found = [checker.check(key) is not None]
    keys.revoke()
    for _ in range(4):
        keys.clock.pass_(seconds=4)
        found.append(checker.check(key) is not None)

    assert found == [True, True, True, False, False]


def test_new_key_holds_at_once(keys: Keys) -> None:
    """That a key was unknown a moment ago is not remembered."""
    checker = keys.another_process(3600)
    first = keys.create()
    checker.check(first.key)
    rotated = keys.rotate()

    assert checker.check(rotated.key) is not None


def test_memory_is_bounded(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more keys are remembered than there is room for; the oldest goes first."""
    monkeypatch.setattr(checking, "KEPT", 2)
    checker = keys.another_process(3600)
    issued = [keys.create(name).key for name in ("a", "b", "c")]
    for key in issued:
        checker.check(key)
    for name in ("a", "b", "c"):
        keys.revoke(name)

    # From the newest on: to read the oldest anew takes the place of another.
    assert [checker.check(key) is not None for key in reversed(issued)] == [True, True, False]


def test_last_use_is_noted_once_in_a_while(keys: Keys) -> None:
    """The time of the last use is an hour too early at most, so it is rarely written."""
    key = keys.create().key
    seen = []
    for minutes in (0, 59, 1):
        keys.clock.pass_(minutes=minutes)
        keys.checker.check(key)
        found = keys.read()
        assert found is not None
        seen.append(found.last_used_at)

    assert seen == [START, START, START + timedelta(hours=1)]


def test_refused_key_is_not_in_use(keys: Keys) -> None:
    """A key that holds no longer is not used by being sent."""
    key = keys.create().key
    keys.revoke()
    keys.checker.check(key)

    found = keys.read()
    assert found is not None
    assert found.last_used_at is None


def test_request_does_not_fail_by_noting(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing can be written, a key that can be read holds."""
    key = keys.create().key
    database, work = keys.services.database, keys.services.database.work

    def refuse(*, writes: bool = True) -> Any:
        if writes:
            raise ServiceUnavailable("database", "read only")
        return work(writes=False)

    monkeypatch.setattr(database, "work", refuse)

    assert keys.checker.check(key) is not None


def test_audit_log_hears_of_keys_that_do_not_hold(
    keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    """Refusals are told with their reason, and never with the key."""
    revoked = keys.create("revoked").key
    expired = keys.create("expired", valid_to=START + timedelta(seconds=1)).key
    keys.revoke("revoked")
    keys.clock.pass_(seconds=1)
    for key in (revoked, expired, "glue_unknown", ""):
        keys.checker.check(key)

    records: list[Any] = caplog.records
    assert [(each.tag, each.subject, each.reason) for each in records] == [
        ("failed_login", "revoked", "revoked key"),
        ("failed_login", "expired", "expired key"),
        ("failed_login", "", "unknown key"),
        ("failed_login", "", "no key"),
    ]
    assert not any(key in caplog.text for key in (revoked, expired, "glue_unknown"))
