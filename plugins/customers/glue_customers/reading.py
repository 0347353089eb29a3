"""Customers as they stand in the database."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from glue_core import Work, account_key, can_be_kept, chunks
from glue_customers import Customer
from glue_customers.models import CustomerRow


class DatabaseCustomerReader:
    """Reads customers in the database; see `CustomerReader`."""

    def by_reference(self, reference: str, work: Work) -> Customer | None:
        """Return the customer with this reference, or None."""
        return self.of_references([reference], work).get(reference)

    def by_email(self, email: str, work: Work) -> Customer | None:
        """Return the customer with this address, or None."""
        row = row_at(email, work)
        return None if row is None else customer_of(row)

    def of_references(self, references: Sequence[str], work: Work) -> dict[str, Customer]:
        """Return customers by reference."""
        found: dict[str, Customer] = {}
        for part in chunks(filter(can_be_kept, references)):
            rows = work.session.scalars(
                sa.select(CustomerRow).where(CustomerRow.reference.in_(part))
            )
            found.update((row.reference, customer_of(row)) for row in rows)
        return found


def row_at(email: str, work: Work) -> CustomerRow | None:
    """Return the row of the customer with this address, or None."""
    if not can_be_kept(email):
        return None
    question = sa.select(CustomerRow).where(CustomerRow.email_key == account_key(email))
    row: CustomerRow | None = work.session.scalar(question)
    return row


def customer_of(row: CustomerRow) -> Customer:
    """Return a customer as features know them."""
    return Customer(
        id=row.id,
        reference=row.reference,
        email=row.email,
        salutation=row.salutation,
        first_name=row.first_name,
        last_name=row.last_name,
        gender=row.gender,
        date_of_birth=row.date_of_birth,
        phone=row.phone,
        company=row.company,
        locale=row.locale,
        confirmed_at=row.confirmed_at,
        anonymised_at=row.anonymised_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
        password_changed_at=row.password_changed_at,
        email_changed_at=row.email_changed_at,
    )
