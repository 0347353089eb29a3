"""Writing users: what is taken, what is refused, and who else hears of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import Event, Work
from glue_users import USER_CHANGED, BadValue, NoSuchUser, UserDraft, UsernameInUse

NOBODY = str(uuid.UUID(int=0))


def test_new_user_has_an_id_of_both_kinds(office: Any) -> None:
    """A new user is active, and has a number, a UUID and the times."""
    user = office.user()

    assert user.id > 0
    assert str(uuid.UUID(user.uuid)) == user.uuid
    assert user.is_active
    assert not user.is_warehouse_user
    assert user.created_at == user.updated_at == user.password_changed_at


def test_user_without_password_has_no_time_of_it(office: Any) -> None:
    """A user may be made without a password."""
    assert office.user(password=None).password_changed_at is None


@pytest.mark.parametrize("username", ["ada@example.com", "ADA@EXAMPLE.COM"])
def test_username_is_unique_in_any_case(office: Any, username: str) -> None:
    """Two users cannot have one username, be it in other letters' case."""
    office.user()

    with pytest.raises(UsernameInUse, match=username):
        office.user(username)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("username", {"username": "ada"}),
        ("username", {"username": ""}),
        ("username", {"username": "a" * 250 + "@example.com"}),
        ("first_name", {"first_name": " "}),
        ("last_name", {"last_name": "x" * 101}),
        ("last_name", {"last_name": "a\0b"}),
        ("locale", {"locale": "German"}),
        ("is_active", {"is_active": 1}),
        ("password", {"password": "short"}),
        ("password", {"password": "x" * 129}),
        ("password", {"password": "\ud800" * 9}),
    ],
    ids=str,
)
def test_bad_value_is_refused(office: Any, field: str, values: dict[str, Any]) -> None:
    """A value that a user cannot have names its field, and nothing is written."""
    with pytest.raises(BadValue) as caught:
        office.user(**{"username": "ada@example.com", **values})

    assert caught.value.field == field
    with office.database.work(writes=False) as work:
        assert office.reader.every(work) == ()


def test_password_is_in_no_text(office: Any) -> None:
    """A draft does not show its password, which would end in a log."""
    assert "hunter22" not in repr(UserDraft("ada@example.com", "A", "B", "hunter22"))


def test_change_keeps_what_is_not_named(office: Any) -> None:
    """Only the fields that are named change, and the time of the change."""
    user = office.user()

    with office.database.work() as work:
        changed = office.writer.change(user.uuid, {"last_name": "Holm"}, work)

    assert (changed.first_name, changed.last_name) == ("Ada", "Holm")
    assert changed.updated_at > user.updated_at
    assert changed.password_changed_at == user.password_changed_at
    assert office.read(user.uuid) == changed


def test_change_to_the_same_is_none(office: Any) -> None:
    """Values that a user has already change no time, and nobody hears of it."""
    user = office.user()
    office.events()

    with office.database.work() as work:
        assert office.writer.change(user.uuid, {"last_name": "Berg"}, work) == user

    assert office.events() == []


def test_username_may_change_its_case(office: Any) -> None:
    """A user may write their own username in another way."""
    user = office.user()

    with office.database.work() as work:
        office.writer.change(user.uuid, {"username": "Ada@Example.com"}, work)

    assert office.login("ada@example.com").username == "Ada@Example.com"


def test_username_of_another_is_refused(office: Any) -> None:
    """A change to somebody else's username is refused."""
    office.user("ben@example.com", password=None)
    user = office.user()

    with office.database.work() as work, pytest.raises(UsernameInUse):
        office.writer.change(user.uuid, {"username": "BEN@example.com"}, work)


def test_unknown_field_is_an_error_of_the_caller(office: Any) -> None:
    """A field that a user does not have, or that has a way of its own, is a ValueError."""
    user = office.user()

    with office.database.work() as work, pytest.raises(ValueError, match="no password to change"):
        office.writer.change(user.uuid, {"password": "Another one 2"}, work)


def test_disabled_user_cannot_log_in_until_activated(office: Any) -> None:
    """Disabling keeps somebody out, activating lets them in again."""
    user = office.user()
    with office.database.work() as work:
        assert not office.writer.disable(user.uuid, work).is_active
    assert office.login() is None

    with office.database.work() as work:
        office.writer.activate(user.uuid, work)
    assert office.login() is not None


def test_new_password_takes_the_place_of_the_old(office: Any) -> None:
    """After a change only the new password is right, and its time is another."""
    user = office.user()

    with office.database.work() as work:
        changed = office.writer.set_password(user.uuid, "Another one 2", work)

    assert changed.password_changed_at == changed.updated_at > user.updated_at
    assert office.login() is None
    assert office.login(password="Another one 2") == changed


@pytest.mark.parametrize("uuid", [NOBODY, "x", "a\0b"], ids=ascii)
def test_nobody_cannot_be_changed(office: Any, uuid: str) -> None:
    """A UUID that nobody has is told as such."""
    changes: list[Callable[[Work], object]] = [
        lambda work: office.writer.change(uuid, {}, work),
        lambda work: office.writer.disable(uuid, work),
        lambda work: office.writer.set_password(uuid, "Another one 2", work),
    ]
    for change in changes:
        with office.database.work() as work, pytest.raises(NoSuchUser):
            change(work)


def test_changes_are_events(office: Any) -> None:
    """Whoever keeps something about users hears of each change by the user's UUID."""
    user = office.user()
    with office.database.work() as work:
        office.writer.disable(user.uuid, work)

    assert office.events() == [Event(USER_CHANGED, user.uuid)] * 2


def test_two_at_once_cannot_take_one_username(on_postgresql: Any) -> None:
    """Of two who take a username at the same time, the second is refused."""
    office = on_postgresql
    draft = UserDraft("ada@example.com", "Ada", "Berg")
    first, second = (office.database.start(writes=True) for _ in range(2))
    try:
        assert office.reader.by_username("ada@example.com", second) is None
        office.writer.create(draft, first)
        first.commit()
        with pytest.raises(UsernameInUse):
            office.writer.create(draft, second)
    finally:
        first.close()
        second.close()
