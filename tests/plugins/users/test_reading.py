"""Reading users: by UUID, by name, many at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event


def test_user_comes_back_as_written(office: Any) -> None:
    """What was written is what is read, and the hash is no part of it."""
    written = office.user(is_warehouse_user=True, locale="de_DE")

    assert office.read(written.uuid) == written
    assert "argon2" not in repr(written)


@pytest.mark.parametrize("username", ["ada@example.com", "ADA@Example.COM"])
def test_username_is_found_in_any_case(office: Any, username: str) -> None:
    """Case means nothing in a username."""
    written = office.user("Ada@example.com")

    with office.database.work(writes=False) as work:
        assert office.reader.by_username(username, work) == written


@pytest.mark.parametrize("name", ["nobody@example.com", "", "a\0b", "\ud800"], ids=ascii)
def test_unknown_is_none(office: Any, name: str) -> None:
    """A name or a UUID that nobody has is None, whatever it is made of."""
    office.user()

    with office.database.work(writes=False) as work:
        assert office.reader.by_username(name, work) is None
        assert office.reader.by_uuid(name, work) is None


def test_many_are_read_at_once(office: Any) -> None:
    """Users are read by UUID in one question; unknown ones are left out."""
    users = [office.user(f"u{number}@example.com", password=None) for number in range(5)]
    uuids = [each.uuid for each in users]

    asked: list[object] = []
    with office.database.work(writes=False) as work:
        event.listen(work.session, "do_orm_execute", asked.append)
        found = office.reader.of_uuids([*uuids, "unknown", uuids[0]], work)

    assert found == {each.uuid: each for each in users}
    assert len(asked) == 1


def test_all_are_listed_by_username(office: Any) -> None:
    """The list has everybody, disabled ones too, by username."""
    for name in ("b@example.com", "C@example.com", "a@example.com"):
        office.user(name, password=None, is_active=name != "b@example.com")

    with office.database.work(writes=False) as work:
        names = [each.username for each in office.reader.every(work)]

    assert names == ["a@example.com", "b@example.com", "C@example.com"]
