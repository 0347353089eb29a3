"""Customers as an authorization server knows them."""

from __future__ import annotations

from typing import Any

from glue_customers.login import subject_of, user_provider


def test_token_says_reference_and_number(shop: Any) -> None:
    """A token names the customer by reference and number, and says nothing else."""
    customer = shop.customer()
    provider: Any = user_provider(shop.credentials, shop.reader)
    with shop.database.work(writes=False) as work:
        subject = provider.authenticate(customer.email, "Correct horse 1", work)

    assert (provider.name, provider.kind) == ("customers", "customer")
    assert subject.identifiers == {
        "customer_reference": customer.reference,
        "id_customer": customer.id,
    }
    assert subject.facts == {}


def test_wrong_password_belongs_to_nobody(shop: Any) -> None:
    """A wrong password gives no subject."""
    customer = shop.customer()
    provider: Any = user_provider(shop.credentials, shop.reader)
    with shop.database.work(writes=False) as work:
        assert provider.authenticate(customer.email, "wrong", work) is None


def test_standing_after_another_address(shop: Any) -> None:
    """Tokens count since the last address, where that is younger than the password."""
    customer = shop.customer()
    provider: Any = user_provider(shop.credentials, shop.reader)
    with shop.database.work() as work:
        changed = shop.writer.change(customer.reference, {"email": "ada@example.org"}, work)
        assert provider.find(subject_of(changed), work).not_before == changed.email_changed_at


def test_standing(shop: Any) -> None:
    """Tokens count since the last password, as long as the customer was not anonymised."""
    customer = shop.customer()
    provider: Any = user_provider(shop.credentials, shop.reader)
    subject = subject_of(customer)
    with shop.database.work() as work:
        assert provider.find(subject, work).not_before == customer.password_changed_at
        shop.writer.anonymise(customer.reference, work)
        assert provider.find(subject, work) is None
