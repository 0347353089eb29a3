"""References of new customers."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert

from glue_customers import CustomerDraft
from glue_customers.models import CustomerRow


def imported(shop: Any, references: Sequence[str]) -> None:
    """Write customers with references of their own."""
    with shop.database.work() as work:
        rows = [
            {
                "reference": reference,
                "email": f"{number}@example.org",
                "email_key": f"{number}@example.org",
                "first_name": "A",
                "last_name": "B",
                "created_at": shop.clock(),
                "updated_at": shop.clock(),
            }
            for number, reference in enumerate(references)
        ]
        work.session.execute(insert(CustomerRow), rows)


def registered(shop: Any, number: int, prefix: str = "customer") -> str:
    """Register a customer, and return the reference."""
    writer = shop.writer_with(prefix=prefix)
    with shop.database.work() as work:
        draft = CustomerDraft(f"c{number}@example.com", "A", "B")
        return str(writer.register(draft, work).customer.reference)


def test_references_are_counted(shop: Any) -> None:
    """References count from 1 behind the prefix."""
    assert [registered(shop, number) for number in range(3)] == [
        "customer--1",
        "customer--2",
        "customer--3",
    ]


def test_each_prefix_counts_for_itself(shop: Any) -> None:
    """Another prefix begins anew."""
    registered(shop, 1)

    assert registered(shop, 2, "XX") == "XX--1"


def test_counting_goes_on_behind_imports(shop: Any) -> None:
    """References that an import brought are passed over, whatever else it named."""
    imported(shop, ["DE--7", "DE--30", "DE--x", "DE--", f"DE--{'9' * 40}", "DEX--99", "D%--50"])

    assert registered(shop, 1, "DE") == "DE--31"


def test_import_between_registrations(shop: Any) -> None:
    """A number that an import took since is passed over, too."""
    registered(shop, 1, "DE")
    imported(shop, ["DE--2", "DE--3"])

    assert registered(shop, 2, "DE") == "DE--4"


def test_prefix_is_no_pattern(shop: Any) -> None:
    """A prefix with a sign that means something in a search counts for itself."""
    imported(shop, ["aXb--7"])

    assert registered(shop, 1, "a_b") == "a_b--1"


def test_two_at_once_get_two_references(shop: Any) -> None:
    """However many register at once, no reference is given twice."""
    found: list[str] = []
    start = threading.Barrier(4)

    def register(first: int) -> None:
        start.wait(30)
        found.extend(registered(shop, first * 10 + number) for number in range(3))

    threads = [threading.Thread(target=register, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(found) == sorted(f"customer--{number}" for number in range(1, 13))
