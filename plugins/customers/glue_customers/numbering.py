"""References of new customers: a prefix and a number that nobody else gets."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from glue_core import upsert
from glue_customers.models import CounterRow, CustomerRow

SEPARATOR = "--"
MOST_DIGITS = 15
"""Digits of a number that counting starts from: longer ones come from elsewhere."""


def next_reference(session: Session, prefix: str) -> str:
    """Return the next reference with a prefix.

    Whoever else asks waits until this unit of work ends. Numbers that imports took are passed over.
    """
    while True:
        number = session.scalar(
            sa.update(CounterRow)
            .where(CounterRow.prefix == prefix)
            .values(last=CounterRow.last + 1)
            .returning(CounterRow.last)
            .execution_options(synchronize_session=False)
        )
        if number is not None:
            reference = f"{prefix}{SEPARATOR}{number}"
            taken = sa.select(CustomerRow.id).where(CustomerRow.reference == reference)
            if session.scalar(taken) is None:
                return reference
        _start_after_imports(session, prefix)


def _start_after_imports(session: Session, prefix: str) -> None:
    """Let the counter of a prefix go on after the largest number that is in use."""
    # A row to update, whoever makes it first; its number is set below.
    upsert(session, CounterRow.__table__, [{"prefix": prefix, "last": 0}])  # type: ignore[arg-type]
    start = prefix + SEPARATOR
    found = session.scalars(
        sa.select(CustomerRow.reference).where(
            CustomerRow.reference.startswith(start, autoescape=True)
        )
    )
    numbers = (reference.removeprefix(start) for reference in found)
    used = [int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) <= MOST_DIGITS]
    session.execute(
        sa.update(CounterRow)
        .where(CounterRow.prefix == prefix)
        .values(last=max(used, default=0))
        .execution_options(synchronize_session=False)
    )
