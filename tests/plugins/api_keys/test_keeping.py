"""Keys in the database: made, rotated, revoked."""

from __future__ import annotations

import hashlib
import logging
import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from glue_api_keys import ApiKeyDraft, BadValue, KeyRevoked, NameInUse, NoSuchKey
from glue_api_keys.models import ApiKeyRow

from .conftest import START, Keys


def test_key_is_read_as_it_was_made(keys: Keys) -> None:
    """What is known of a key is what it was made with; scopes keep their order, each once."""
    end = START + timedelta(days=1)
    made = keys.create("Shipping1", scopes=("b", "a", "b"), created_by="Ann Ä", valid_to=end)

    found = keys.read("shipping1")
    assert found == made.api_key
    assert found is not None
    assert (found.name, found.scopes, found.created_by) == ("Shipping1", ("b", "a"), "Ann Ä")
    assert (found.created_at, found.valid_to) == (START, end)
    assert (found.revoked_at, found.rotated_at, found.last_used_at) == (None, None, None)


def test_only_a_digest_is_kept(keys: Keys) -> None:
    """No column holds the key; one holds its SHA-256."""
    key = keys.create().key
    with keys.services.database.work(writes=False) as work:
        (row,) = work.session.execute(sa.select(ApiKeyRow.__table__)).all()

    assert hashlib.sha256(key.encode()).hexdigest() in row
    assert not any(key in str(value) for value in row)


def test_keys_are_long_and_different(keys: Keys) -> None:
    """A key is known by its start, holds 256 bits of chance, and is not shown by accident."""
    issued = [keys.create(f"k{number}") for number in range(10)]

    assert all(re.fullmatch(r"glue_[A-Za-z0-9_-]{43}", each.key) for each in issued)
    assert len({each.key for each in issued}) == 10
    assert issued[0].key not in repr(issued[0])


@pytest.mark.parametrize("name", ["", "1a", "a-b", "a b", "ä", "a\n", "\u017f", "a" * 101])
def test_bad_name(keys: Keys, name: str) -> None:
    """A name is a letter, then letters and digits."""
    with pytest.raises(BadValue, match="is no name"):
        keys.create(name)


@pytest.mark.parametrize("name", ["shipping", "SHIPPING"])
def test_name_is_unique(keys: Keys, name: str) -> None:
    """No name is given twice, whatever the case of its letters."""
    keys.create("Shipping")
    with pytest.raises(NameInUse):
        keys.create(name)


def test_name_of_a_revoked_key_is_not_given_again(keys: Keys) -> None:
    """A name that the audit log knows stands for one key for good."""
    keys.create()
    keys.revoke()
    with pytest.raises(NameInUse):
        keys.create()


@pytest.mark.parametrize("scope", ["", "a b", "@user", 'a"', "a\\", "ä", "a\n", "x" * 101])
def test_bad_scope(keys: Keys, scope: str) -> None:
    """A scope is what RFC 6749 lets it be, and looks like no kind of caller."""
    with pytest.raises(BadValue, match="is no scope"):
        keys.create(scopes=("good", scope))


@pytest.mark.parametrize("who", ["a\nb", "x" * 255])
def test_bad_creator(keys: Keys, who: str) -> None:
    """Who made a key is a printable name."""
    with pytest.raises(BadValue, match="created_by"):
        keys.create(created_by=who)


@pytest.mark.parametrize(
    ("end", "complaint"),
    [(START, "is over"), (START - timedelta(days=1), "is over"), (datetime(2030, 1, 1), "no time")],
)
def test_bad_end(keys: Keys, end: datetime, complaint: str) -> None:
    """A key ends later than now, at a point in time that has a zone."""
    with pytest.raises(BadValue, match=complaint):
        keys.create(valid_to=end)


def test_rotation(keys: Keys) -> None:
    """A rotated key has another key, and everything else stays as it was."""
    end = START + timedelta(days=9)
    first = keys.create(scopes=("a",), valid_to=end)
    keys.clock.pass_(days=1)
    second = keys.rotate()

    assert second.key != first.key
    assert second.api_key.rotated_at == START + timedelta(days=1)
    assert (second.api_key.scopes, second.api_key.valid_to) == (("a",), end)
    assert keys.checker.check(first.key) is None
    assert keys.checker.check(second.key) is not None


def test_rotation_with_another_end(keys: Keys) -> None:
    """An expired key can be rotated with a later end, and not without one."""
    keys.create(valid_to=START + timedelta(days=1))
    keys.clock.pass_(days=2)
    with pytest.raises(BadValue, match="is over"):
        keys.rotate()

    issued = keys.rotate(valid_to=START + timedelta(days=3))
    assert keys.checker.check(issued.key) is not None


def test_revoked_for_good(keys: Keys) -> None:
    """A key that was revoked stays so: it is not rotated, and the time does not change."""
    keys.create()
    first = keys.revoke()
    keys.clock.pass_(days=1)

    assert first.revoked_at == START
    assert keys.revoke().revoked_at == START
    with pytest.raises(KeyRevoked):
        keys.rotate()


@pytest.mark.parametrize("name", ["nobody", "", "no body", "\0", "\ud800"], ids=ascii)
def test_unknown_name(keys: Keys, name: str) -> None:
    """A name that no key has is an error for whoever changes it, and nothing for who reads."""
    assert keys.read(name) is None
    with pytest.raises(NoSuchKey):
        keys.revoke(name)
    with pytest.raises(NoSuchKey):
        keys.rotate(name)


def test_every(keys: Keys) -> None:
    """All keys come by name, valid or not."""
    for name in ("b", "C", "a"):
        keys.create(name)
    keys.revoke("a")
    with keys.services.database.work(writes=False) as work:
        found = keys.reader.every(work)

    assert [each.name for each in found] == ["a", "b", "C"]


def test_audit_log_hears_what_was_committed(keys: Keys, caplog: pytest.LogCaptureFixture) -> None:
    """Each change is told once it is durable, by the name of the key and without the key."""
    caplog.set_level(logging.INFO, "glue.audit")
    issued = keys.create(created_by="ann")
    rotated = keys.rotate()
    keys.revoke()
    keys.revoke()
    unit = keys.services.database.start(writes=True)
    keys.writer.create(ApiKeyDraft("undone"), unit)
    unit.rollback()
    unit.close()

    records: list[Any] = caplog.records
    assert [(each.tag, each.kind, each.subject) for each in records] == [
        ("api_key_created", "api-key", "shipping"),
        ("api_key_rotated", "api-key", "shipping"),
        ("api_key_revoked", "api-key", "shipping"),
    ]
    assert issued.key not in caplog.text
    assert rotated.key not in caplog.text
