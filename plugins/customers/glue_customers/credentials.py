"""Is it them? Passwords of customers, compared with what is kept of them."""

from __future__ import annotations

import sqlalchemy as sa

from glue_core import Passwords, Work
from glue_customers import Customer
from glue_customers.models import CustomerRow
from glue_customers.reading import customer_of, row_at


class DatabaseCustomerCredentials:
    """Verifies passwords of customers in the database; see `CustomerCredentials`."""

    def __init__(self, passwords: Passwords, *, double_opt_in: bool = True) -> None:
        """Remember what is needed.

        Args:
            passwords: Verifies passwords.
            double_opt_in: Whether only those may log in who confirmed their addresses.
        """
        self._passwords = passwords
        self._double_opt_in = double_opt_in

    def authenticate(self, email: str, password: str, work: Work) -> Customer | None:
        """Return the customer with this address and password, or None."""
        row = row_at(email, work)
        stored = row.password_hash if row is not None and self._may_log_in(row) else None
        verdict = self._passwords.verify(stored, password)
        if row is None or stored is None or not verdict.matches:
            return None
        if verdict.replacement is not None:
            _replace(row.id, stored, verdict.replacement, work)
        return customer_of(row)

    def _may_log_in(self, row: CustomerRow) -> bool:
        is_confirmed = row.confirmed_at is not None or not self._double_opt_in
        return is_confirmed and row.anonymised_at is None


def _replace(id_: int, old: str, new: str, work: Work) -> None:
    """Store a newer hash of the same password, unless the password changed in between.

    It is done apart: a unit of work that only reads, or is undone, must not keep the old hash.
    """
    statement = (
        sa.update(CustomerRow)
        .where(CustomerRow.id == id_, CustomerRow.password_hash == old)
        .values(password_hash=new)
    )
    work.apart(lambda own: _execute(statement, own))


def _execute(statement: sa.Update, work: Work) -> None:
    work.session.execute(statement)
