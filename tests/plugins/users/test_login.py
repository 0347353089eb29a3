"""Users as an authorization server knows them."""

from __future__ import annotations

from typing import Any

from glue_users.login import subject_of, user_provider


def test_token_says_uuid_and_number(office: Any) -> None:
    """A token names the user by UUID and number; whether they work in a warehouse is a fact."""
    user = office.user(is_warehouse_user=True)
    provider: Any = user_provider(office.credentials, office.reader)
    with office.database.work(writes=False) as work:
        subject = provider.authenticate(user.username, "Correct horse 1", work)

    assert (provider.name, provider.kind) == ("users", "user")
    assert subject.identifiers == {"uuid": user.uuid, "id_user": user.id}
    assert subject.facts == {"is_warehouse_user": True}


def test_wrong_password_belongs_to_nobody(office: Any) -> None:
    """A wrong password gives no subject."""
    user = office.user()
    provider: Any = user_provider(office.credentials, office.reader)
    with office.database.work(writes=False) as work:
        assert provider.authenticate(user.username, "wrong", work) is None


def test_standing(office: Any) -> None:
    """Tokens count since the last password, as long as the user is active and there."""
    user = office.user()
    provider: Any = user_provider(office.credentials, office.reader)
    subject = subject_of(user)
    with office.database.work() as work:
        assert provider.find(subject, work).not_before == user.password_changed_at
        office.writer.disable(user.uuid, work)
        assert provider.find(subject, work) is None
