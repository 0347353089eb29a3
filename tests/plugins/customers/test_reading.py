"""Reading customers: by reference, by address, many at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import event


def test_customer_comes_back_as_written(shop: Any) -> None:
    """What was written is what is read, and neither hash nor key is part of it."""
    written = shop.customer(
        salutation="Ms",
        gender="Female",
        date_of_birth=date(1980, 2, 29),
        phone="+49 30 5550101",
        company="Lumo",
        locale="de_DE",
    )

    assert shop.read(written.reference) == written
    assert written.date_of_birth == date(1980, 2, 29)
    assert "argon2" not in repr(written)


@pytest.mark.parametrize("email", ["ada@example.com", "ADA@Example.COM", " ada@example.com"])
def test_address_is_found_in_any_case(shop: Any, email: str) -> None:
    """Case means nothing in an address."""
    written = shop.customer("Ada@example.com")

    with shop.database.work(writes=False) as work:
        assert shop.reader.by_email(email, work) == written


@pytest.mark.parametrize("name", ["nobody@example.com", "", "a\0b", "\ud800"], ids=ascii)
def test_unknown_is_none(shop: Any, name: str) -> None:
    """An address or a reference that nobody has is None, whatever it is made of."""
    shop.customer()

    with shop.database.work(writes=False) as work:
        assert shop.reader.by_email(name, work) is None
        assert shop.reader.by_reference(name, work) is None


def test_reference_has_a_case(shop: Any) -> None:
    """A reference is found as it is written, and not otherwise."""
    shop.customer()

    assert shop.read("customer--1") is not None
    assert shop.read("Customer--1") is None


def test_many_are_read_at_once(shop: Any) -> None:
    """Customers are read by reference in one question; unknown ones are left out."""
    customers = [shop.customer(f"c{number}@example.com", password=None) for number in range(5)]
    references = [each.reference for each in customers]

    asked: list[object] = []
    with shop.database.work(writes=False) as work:
        event.listen(work.session, "do_orm_execute", asked.append)
        found = shop.reader.of_references([*references, "unknown", references[0]], work)

    assert found == {each.reference: each for each in customers}
    assert len(asked) == 1
