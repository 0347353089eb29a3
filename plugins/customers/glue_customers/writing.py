"""Writing customers into the database."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from glue_core import Event, Passwords, Work, account_key, can_be_kept
from glue_customers import (
    CONFIRMATION_REQUESTED,
    CUSTOMER_ANONYMISED,
    CUSTOMER_CHANGED,
    EMAIL_CHANGED,
    LONGEST_EMAIL,
    RESTORE_REQUESTED,
    Customer,
    CustomerDraft,
    EmailInUse,
    InvalidKey,
    NoSuchCustomer,
    Registration,
    WrongPassword,
)
from glue_customers.checking import check
from glue_customers.models import CustomerRow
from glue_customers.numbering import next_reference
from glue_customers.passwords import PasswordRules
from glue_customers.reading import customer_of, row_at

CHANGEABLE = tuple(field.name for field in fields(CustomerDraft) if field.name != "password")
KEY_BYTES = 16
"""Bytes of chance in a key; written with twice as many characters."""


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class DatabaseCustomerWriter:
    """Writes customers into the database; see `CustomerWriter`."""

    def __init__(
        self,
        passwords: Passwords,
        *,
        prefix: str = "customer",
        double_opt_in: bool = True,
        restore_seconds: int = 7200,
        longest_email: int = LONGEST_EMAIL,
        rules: PasswordRules | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Remember what is needed.

        Args:
            passwords: Hashes passwords.
            prefix: Start of new references.
            double_opt_in: Whether customers confirm their addresses.
            restore_seconds: Seconds for which a key restores a password.
            longest_email: Characters that an address has at most.
            rules: What the shop asks of new passwords; None for nothing in particular.
            now: Returns the time, with its zone.
        """
        self._passwords = passwords
        self._prefix = prefix
        self._double_opt_in = double_opt_in
        self._restore_time = timedelta(seconds=restore_seconds)
        self._longest_email = longest_email
        self._rules = rules or PasswordRules()
        self._now = now

    def register(self, draft: CustomerDraft, work: Work) -> Registration:
        """Write a new customer under a new reference."""
        values = {name: getattr(draft, name) for name in CHANGEABLE}
        check(values, longest_email=self._longest_email)
        hashed = None
        if draft.password is not None:
            self._rules.check(draft.password)
            # Before the database is asked for anything: nobody waits for a hash to be made.
            hashed = self._passwords.hash(draft.password)
        if row_at(draft.email, work) is not None:
            raise EmailInUse(draft.email)
        key = _new_key() if self._double_opt_in else None
        now = self._now()
        row = CustomerRow(
            reference=next_reference(work.session, self._prefix),
            email_key=account_key(draft.email),
            password_hash=hashed,
            confirmation_digest=None if key is None else digest_of(key),
            confirmed_at=now if key is None else None,
            created_at=now,
            updated_at=now,
            password_changed_at=None if hashed is None else now,
            **values,
        )
        work.session.add(row)
        self._flush(row, work)
        self._ask_for_confirmation(row, key, work)
        return Registration(customer_of(row), key)

    def confirm(self, key: str, work: Work) -> Customer:
        """Confirm an address."""
        row = _find(work.session, CustomerRow.confirmation_digest == digest_of(key))
        if row is None:
            raise InvalidKey
        row.confirmation_digest = None
        row.confirmed_at = row.updated_at = self._now()
        self._flush(row, work)
        return customer_of(row)

    def change(self, reference: str, changes: Mapping[str, Any], work: Work) -> Customer:
        """Change fields of a customer."""
        unknown = sorted(changes.keys() - set(CHANGEABLE))
        if unknown:
            raise ValueError(f"A customer has no {', '.join(unknown)} to change.")
        check(changes, longest_email=self._longest_email)
        row = _existing(reference, work.session)
        if "email" in changes:
            other = row_at(changes["email"], work)
            if other is not None and other is not row:
                raise EmailInUse(changes["email"])
        old, now = row.email, self._now()
        if fill(row, changes, now):
            row.updated_at = now
            key = self._unconfirm(row) if row.email != old else None
            self._flush(row, work)
            if row.email != old:
                payload = {"old_email": old, "locale": row.locale}
                work.publish(Event(EMAIL_CHANGED, row.reference, payload))
            self._ask_for_confirmation(row, key, work)
        return customer_of(row)

    def set_password(self, reference: str, old: str, new: str, work: Work) -> Customer:
        """Give a customer who knows the old password another one."""
        self._rules.check(new, "new_password")
        # Both take their time, in which nobody has to wait for the row.
        stored = _existing(reference, work.session, lock=False).password_hash
        if not self._passwords.verify(stored, old).matches:
            raise WrongPassword(reference)
        hashed = self._passwords.hash(new)
        row = _existing(reference, work.session)
        if row.password_hash != stored:
            raise WrongPassword(reference)
        self._take_password(row, hashed, work)
        return customer_of(row)

    def request_restore(self, email: str, work: Work) -> str | None:
        """Make a key for a customer who forgot the password."""
        row = row_at(email, work)
        if row is None or row.anonymised_at is not None:
            return None
        key = _new_key()
        row.restore_digest = digest_of(key)
        row.restore_ends_at = self._now() + self._restore_time
        work.session.flush()
        payload = {"key": key, "locale": row.locale}
        work.publish(Event(RESTORE_REQUESTED, row.reference, payload))
        return key

    def restore(self, key: str, password: str, work: Work) -> Customer:
        """Give a customer another password by the key of a mail."""
        self._rules.check(password)
        is_this = CustomerRow.restore_digest == digest_of(key)
        # Only who has a key may have a hash made; the row is locked once there is one.
        if _still_valid(_find(work.session, is_this, lock=False), self._now()):
            hashed = self._passwords.hash(password)
            row = _find(work.session, is_this)
            if row is not None:
                self._take_password(row, hashed, work)
                return customer_of(row)
        raise InvalidKey

    def anonymise(self, reference: str, work: Work) -> Customer:
        """Forget the person."""
        row = _existing(reference, work.session)
        now = self._now()
        row.email = row.email_key = f"{secrets.token_hex(KEY_BYTES)}@anonymised.invalid"
        row.first_name = row.last_name = ""
        row.salutation = row.gender = row.phone = row.company = row.locale = None
        row.date_of_birth = None
        row.password_hash = None
        row.confirmation_digest = row.restore_digest = None
        row.restore_ends_at = None
        row.password_changed_at = row.email_changed_at = None
        row.anonymised_at = row.updated_at = now
        self._flush(row, work)
        work.publish(Event(CUSTOMER_ANONYMISED, row.reference))
        return customer_of(row)

    def _unconfirm(self, row: CustomerRow) -> str | None:
        """Have a new address confirmed; return the key, or None where nobody confirms any."""
        if not self._double_opt_in:
            return None
        key = _new_key()
        row.confirmation_digest = digest_of(key)
        row.confirmed_at = None
        return key

    def _ask_for_confirmation(self, row: CustomerRow, key: str | None, work: Work) -> None:
        if key is not None:
            payload = {"key": key, "locale": row.locale}
            work.publish(Event(CONFIRMATION_REQUESTED, row.reference, payload))

    def _take_password(self, row: CustomerRow, hashed: str, work: Work) -> None:
        row.password_hash = hashed
        # A key from before the change must not undo it.
        row.restore_digest = None
        row.restore_ends_at = None
        row.password_changed_at = row.updated_at = self._now()
        self._flush(row, work)

    def _flush(self, row: CustomerRow, work: Work) -> None:
        try:
            work.session.flush()
        except IntegrityError as error:
            raise EmailInUse(row.email) from error
        work.publish(Event(CUSTOMER_CHANGED, row.reference))


def digest_of(key: str) -> str:
    """Return what is kept of a key. Keys are chance themselves, so that one pass is enough."""
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def fill(row: CustomerRow, values: Mapping[str, Any], now: datetime) -> bool:
    """Set fields of a row by their names in a draft, and say whether any became another.

    Args:
        row: The row; one that is new has no address yet.
        values: Values by the names of fields.
        now: When this is, with its zone.
    """
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    if "email" in changed and row.email is not None:
        row.email_changed_at = now
    for name, value in changed.items():
        setattr(row, name, value)
    if "email" in changed:
        row.email_key = account_key(changed["email"])
        # Keys that were mailed to the old address prove nothing about who has the new one.
        row.confirmation_digest = row.restore_digest = None
        row.restore_ends_at = None
    return bool(changed)


def _new_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def _still_valid(row: CustomerRow | None, now: datetime) -> bool:
    return row is not None and row.restore_ends_at is not None and now < row.restore_ends_at


def _existing(reference: str, session: Session, *, lock: bool = True) -> CustomerRow:
    """Return the row of a customer who was not anonymised."""
    is_this = CustomerRow.reference == reference
    row = _find(session, is_this, lock=lock) if can_be_kept(reference) else None
    if row is None or row.anonymised_at is not None:
        raise NoSuchCustomer(reference)
    return row


def _find(
    session: Session, condition: sa.ColumnElement[bool], *, lock: bool = True
) -> CustomerRow | None:
    """Return a row, or None; a locked one nobody else changes until this unit of work ends."""
    question = sa.select(CustomerRow).where(condition)
    if lock:
        question = question.with_for_update()
    row: CustomerRow | None = session.scalar(question.execution_options(populate_existing=True))
    return row
