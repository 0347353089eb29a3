"""Is it them? What lets a customer in, and what does not."""

from __future__ import annotations

from typing import Any

import argon2
import bcrypt
import pytest
import sqlalchemy as sa

from glue_customers.credentials import DatabaseCustomerCredentials
from glue_customers.models import CustomerRow


def stored(shop: Any) -> str:
    """Return the hash of the only customer."""
    with shop.database.work(writes=False) as work:
        return str(work.session.scalar(sa.select(CustomerRow.password_hash)))


def store(shop: Any, hashed: str) -> None:
    """Put another hash into the place of the only customer's."""
    with shop.database.work() as work:
        work.session.execute(sa.update(CustomerRow).values(password_hash=hashed))


def test_right_password_lets_in(shop: Any) -> None:
    """Name and password that fit together return the customer."""
    customer = shop.customer()

    assert shop.login("ADA@example.com", "Correct horse 1") == customer


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
def test_wrong_or_unknown_is_nobody(shop: Any, username: str, password: str) -> None:
    """Wrong and unknown look alike, and strange input is no error."""
    shop.customer()

    assert shop.login(username, password) is None


@pytest.mark.parametrize(
    "case", ["unknown", "unconfirmed", "anonymised", "without password", "garbage"]
)
def test_refusals_cost_the_same(shop: Any, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever cannot log in costs one verification, like a wrong password."""
    if case == "unconfirmed":
        shop.register()
    elif case != "unknown":
        customer = shop.customer()
        with shop.database.work() as work:
            if case == "anonymised":
                shop.writer.anonymise(customer.reference, work)
            else:
                value = None if case == "without password" else "garbage"
                work.session.execute(sa.update(CustomerRow).values(password_hash=value))
    verified = []
    verify = argon2.PasswordHasher.verify

    def counting(hasher: argon2.PasswordHasher, hashed: Any, password: Any) -> bool:
        verified.append(hashed)
        return verify(hasher, hashed, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)

    assert shop.login() is None
    assert len(verified) == 1


@pytest.mark.usefixtures("costly_passwords")
def test_bcrypt_is_replaced_at_login(shop: Any) -> None:
    """A hash of another system lets in, and one of argon2id is stored, even by who only reads."""
    customer = shop.customer()
    store(shop, bcrypt.hashpw(b"Correct horse 1", bcrypt.gensalt(4)).decode())

    assert shop.login() == customer
    assert stored(shop).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert shop.login() == customer


@pytest.mark.usefixtures("costly_passwords")
def test_replacement_outlives_a_refusal(shop: Any) -> None:
    """The newer hash stays where the request is undone for another reason."""
    shop.customer()
    store(shop, argon2.PasswordHasher(1, 1024, 1).hash("Correct horse 1"))

    work = shop.database.start(writes=True)
    assert shop.credentials.authenticate("ada@example.com", "Correct horse 1", work)
    work.rollback()
    work.close()

    assert stored(shop).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_replacement_does_not_undo_a_new_password(shop: Any) -> None:
    """Who sets a password while somebody logs in with the old one wins."""
    customer = shop.customer()
    store(shop, bcrypt.hashpw(b"Correct horse 1", bcrypt.gensalt(4)).decode())

    work = shop.database.start(writes=True)
    assert shop.credentials.authenticate("ada@example.com", "Correct horse 1", work)
    shop.writer.set_password(customer.reference, "Correct horse 1", "Another one 2", work)
    work.commit()
    work.close()

    assert shop.login() is None
    assert shop.login(password="Another one 2") is not None


def test_unconfirmed_may_log_in_where_nobody_asks(shop: Any) -> None:
    """With the setting off an address that was not confirmed keeps nobody out."""
    registered = shop.register().customer
    credentials = DatabaseCustomerCredentials(shop.passwords, double_opt_in=False)

    with shop.database.work(writes=False) as work:
        found = credentials.authenticate("ada@example.com", "Correct horse 1", work)

    assert found == registered
