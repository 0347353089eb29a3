"""Is it them? What lets a user in, and what does not."""

from __future__ import annotations

from typing import Any

import argon2
import bcrypt
import pytest
import sqlalchemy as sa

from glue_users.models import UserRow


def stored(office: Any) -> str:
    """Return the hash of the only user."""
    with office.database.work(writes=False) as work:
        return str(work.session.scalar(sa.select(UserRow.password_hash)))


def store(office: Any, hashed: str) -> None:
    """Put another hash into the place of the only user's."""
    with office.database.work() as work:
        work.session.execute(sa.update(UserRow).values(password_hash=hashed))


def test_right_password_lets_in(office: Any) -> None:
    """Name and password that fit together return the user."""
    user = office.user()

    assert office.login("ADA@example.com", "Correct horse 1") == user


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ada@example.com", "correct horse 1"),
        ("ada@example.com", ""),
        ("ada@example.com", "x" * 100_000),
        ("ada@example.com", "\ud800"),
        ("ben@example.com", "Correct horse 1"),
        ("", "Correct horse 1"),
        ("\ud800", "Correct horse 1"),
        ("a\0b", "Correct horse 1"),
    ],
    ids=lambda text: ascii(text[:20]),
)
def test_wrong_or_unknown_is_nobody(office: Any, username: str, password: str) -> None:
    """Wrong and unknown look alike, and strange input is no error."""
    office.user()

    assert office.login(username, password) is None


@pytest.mark.parametrize("case", ["unknown", "inactive", "without password", "garbage"])
def test_refusals_cost_the_same(office: Any, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever cannot log in costs one verification, like a wrong password."""
    if case != "unknown":
        office.user(is_active=case != "inactive")
    if case in ("without password", "garbage"):
        with office.database.work() as work:
            value = None if case == "without password" else "garbage"
            work.session.execute(sa.update(UserRow).values(password_hash=value))
    verified = []
    verify = argon2.PasswordHasher.verify

    def counting(hasher: argon2.PasswordHasher, hashed: Any, password: Any) -> bool:
        verified.append(hashed)
        return verify(hasher, hashed, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)

    assert office.login() is None
    assert len(verified) == 1


@pytest.mark.usefixtures("costly_passwords")
def test_bcrypt_is_replaced_at_login(office: Any) -> None:
    """A hash of another system lets in, and one of argon2id is stored, even by who only reads."""
    user = office.user()
    store(office, bcrypt.hashpw(b"Correct horse 1", bcrypt.gensalt(4)).decode())

    assert office.login() == user
    assert stored(office).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert office.login() == user


@pytest.mark.usefixtures("costly_passwords")
def test_replacement_outlives_a_refusal(office: Any) -> None:
    """The newer hash stays where the request is undone for another reason."""
    office.user()
    store(office, argon2.PasswordHasher(1, 1024, 1).hash("Correct horse 1"))

    work = office.database.start(writes=True)
    assert office.credentials.authenticate("ada@example.com", "Correct horse 1", work)
    work.rollback()
    work.close()

    assert stored(office).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_replacement_does_not_undo_a_new_password(office: Any) -> None:
    """Who sets a password while somebody logs in with the old one wins."""
    user = office.user()
    store(office, bcrypt.hashpw(b"Correct horse 1", bcrypt.gensalt(4)).decode())

    work = office.database.start(writes=True)
    assert office.credentials.authenticate("ada@example.com", "Correct horse 1", work)
    office.writer.set_password(user.uuid, "Another one 2", work)
    work.commit()
    work.close()

    assert office.login() is None
    assert office.login(password="Another one 2") is not None
