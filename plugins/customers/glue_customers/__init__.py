"""The customers of a shop: who they are, how they are kept, and whether it is them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

from glue_core import Work

__all__ = [
    "CONFIRMATION_REQUESTED",
    "CUSTOMER_ANONYMISED",
    "CUSTOMER_CHANGED",
    "EMAIL_CHANGED",
    "GENDERS",
    "LONGEST_COMPANY",
    "LONGEST_EMAIL",
    "LONGEST_NAME",
    "LONGEST_PASSWORD",
    "LONGEST_PHONE",
    "RESTORE_REQUESTED",
    "SALUTATIONS",
    "BadValue",
    "Customer",
    "CustomerCredentials",
    "CustomerDraft",
    "CustomerError",
    "CustomerReader",
    "CustomerWriter",
    "EmailInUse",
    "InvalidKey",
    "NoSuchCustomer",
    "PasswordRule",
    "Registration",
    "TooLong",
    "WeakPassword",
    "WrongPassword",
    "check_password",
]

CUSTOMER_CHANGED = "customers.customer"
"""Name of the event that a customer is new or different; its key is the reference."""
CUSTOMER_ANONYMISED = "customers.anonymised"
"""Name of the event that a customer was anonymised; its key is the reference.

Whoever keeps something of the person forgets it then.
"""
CONFIRMATION_REQUESTED = "customers.confirmation-requested"
"""Name of the event that a customer is to confirm their address; its key is the reference.

It follows a registration and a change of the address. The payload has ``key``, for the mail, and
``locale``.
"""
EMAIL_CHANGED = "customers.email-changed"
"""Name of the event that a customer has another address; its key is the reference.

The payload has ``old_email``, so that its owner can be warned there, and ``locale``. Who took over
a customer's device must not change the address unseen.
"""
RESTORE_REQUESTED = "customers.restore-requested"
"""Name of the event that a customer forgot the password; its key is the reference.

The payload has ``key``, for the mail, and ``locale``. The mail goes to the address that is kept,
not to the one that somebody typed: they may differ in the case of letters, or in how they look.
"""

SALUTATIONS = ("Mr", "Ms", "Mrs", "Dr")
GENDERS = ("Male", "Female")
LONGEST_EMAIL = 254
"""Characters; RFC 5321 lets no longer address through."""
LONGEST_NAME = 100
"""Characters."""
LONGEST_PHONE = 50
"""Characters."""
LONGEST_COMPANY = 100
"""Characters."""
LONGEST_PASSWORD = 128
"""Characters."""


class CustomerError(Exception):
    """Why a customer cannot be written; the unit of work must be rolled back."""


class NoSuchCustomer(CustomerError):
    """There is no customer with this reference, or they were anonymised."""


class EmailInUse(CustomerError):
    """Another customer has this address, be it in other letters' case."""


class WrongPassword(CustomerError):
    """The old password is not the customer's."""


class InvalidKey(CustomerError):
    """A key that confirms or restores is unknown, was used, or is too old."""


class BadValue(CustomerError):
    """A value that a customer cannot have.

    Attributes:
        field: Name of the field, as `CustomerDraft` has it.
        reason: What is wrong, in a sentence; a password is never in it.
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class TooLong(BadValue):
    """A text of a customer has more characters than are allowed.

    Attributes:
        longest: How many are allowed.
    """

    def __init__(self, field: str, length: int, longest: int) -> None:
        super().__init__(field, f"The text has {length} characters; {longest} are allowed.")
        self.longest = longest


PasswordRule = Literal["too_short", "too_long", "character_set", "sequence", "common"]
"""What a password may break; see the settings of the distribution."""

_BROKEN: Mapping[PasswordRule, str] = {
    "too_short": "The password is too short.",
    "too_long": f"A password has 1 to {LONGEST_PASSWORD} characters, or fewer in this shop.",
    "character_set": "The password has characters that are not allowed, or lacks some.",
    "sequence": "A character stands in a row too often.",
    "common": "The password is listed as common.",
}


class WeakPassword(BadValue):
    """A password that the shop does not take.

    Attributes:
        rule: The rule that it breaks.
    """

    def __init__(self, field: str, rule: PasswordRule) -> None:
        super().__init__(field, _BROKEN[rule])
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer; what their password is made into stays in the database.

    Attributes:
        id: Number of the row.
        reference: What others know the customer by, such as ``customer--12``.
        email: Address, as it was written; a random one once the customer is anonymised.
        salutation: One of `SALUTATIONS`, or None.
        first_name: First name; '' once the customer is anonymised.
        last_name: Last name; '' once the customer is anonymised.
        gender: One of `GENDERS`, or None.
        date_of_birth: Day of birth, or None.
        phone: Telephone number as it was written, or None.
        company: Name of a company, or None.
        locale: Locale name, such as ``de_DE``, or None.
        confirmed_at: Point in time, in UTC, of the confirmation of the address, or None.
        anonymised_at: Point in time, in UTC, since which nothing of the person is kept, or None.
        created_at: Point in time, in UTC.
        updated_at: Point in time of the last change, in UTC; a new password is one.
        password_changed_at: Point in time, in UTC, since which the password is what it is; None
            for a customer who has none.
        email_changed_at: Point in time, in UTC, since which the address is what it is; None while
            it is the first one.
    """

    id: int
    reference: str
    email: str
    salutation: str | None
    first_name: str
    last_name: str
    gender: str | None
    date_of_birth: date | None
    phone: str | None
    company: str | None
    locale: str | None
    confirmed_at: datetime | None
    anonymised_at: datetime | None
    created_at: datetime
    updated_at: datetime
    password_changed_at: datetime | None
    email_changed_at: datetime | None = None

    @property
    def tokens_end_at(self) -> datetime | None:
        """Point in time, in UTC: tokens that are not younger are void; None voids none.

        It is the last change of what the customer logs in with: the address or the password.
        """
        changes = (self.password_changed_at, self.email_changed_at)
        return max((each for each in changes if each is not None), default=None)

    @property
    def is_confirmed(self) -> bool:
        """Whether the customer confirmed the address, or needed not to."""
        return self.confirmed_at is not None

    @property
    def is_anonymised(self) -> bool:
        """Whether nothing of the person is kept; such a customer cannot log in or change."""
        return self.anonymised_at is not None


@dataclass(frozen=True, slots=True)
class CustomerDraft:
    """A customer who is not registered yet; see `Customer`.

    Attributes:
        password: The password as it was typed, or None for a customer who cannot log in yet.
    """

    email: str
    first_name: str
    last_name: str
    password: str | None = field(default=None, repr=False)
    salutation: str | None = None
    gender: str | None = None
    date_of_birth: date | None = None
    phone: str | None = None
    company: str | None = None
    locale: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """What came of a registration.

    Attributes:
        customer: The customer.
        confirmation_key: Text of 32 characters that confirms the address; None where the setting
            ``double_opt_in`` is off and the customer counts as confirmed. It is kept nowhere.
    """

    customer: Customer
    confirmation_key: str | None = field(default=None, repr=False)


class CustomerReader(Protocol):
    """Reads customers in the unit of work it is given.

    Those who were anonymised are found by their reference, so that what points to them still does:
    ask `Customer.is_anonymised` before you show one.
    """

    def by_reference(self, reference: str, work: Work) -> Customer | None:
        """Return the customer with this reference, or None."""

    def by_email(self, email: str, work: Work) -> Customer | None:
        """Return the customer with this address, in whatever case it is written, or None."""

    def of_references(self, references: Sequence[str], work: Work) -> dict[str, Customer]:
        """Return customers by reference, in few questions; one that nobody has is left out."""


class CustomerWriter(Protocol):
    """Writes customers in the unit of work it is given; it never commits.

    What changes somebody publishes `CUSTOMER_CHANGED`; what changes nothing, does not.
    """

    def register(self, draft: CustomerDraft, work: Work) -> Registration:
        """Write a new customer under a new reference, and ask them to confirm the address.

        Publishes `CONFIRMATION_REQUESTED` where the setting ``double_opt_in`` is on.

        Raises:
            EmailInUse: Another customer has the address.
            BadValue: A value is missing, too long (`TooLong`) or not among those that are known,
                or the password is not one that the shop takes (`WeakPassword`).
            ServiceUnavailable: Too many passwords are hashed at the moment.
        """

    def confirm(self, key: str, work: Work) -> Customer:
        """Confirm an address.

        Raises:
            InvalidKey: The key is unknown or was used.
        """

    def change(self, reference: str, changes: Mapping[str, Any], work: Work) -> Customer:
        """Change fields of a customer; those that are not named stay.

        A change of the address, be it in the case of a letter, publishes `EMAIL_CHANGED`, and voids
        the tokens of the customer and the keys that were mailed to the old one. Where the setting
        ``double_opt_in`` is on, the customer counts as unconfirmed then, and
        `CONFIRMATION_REQUESTED` is published for the new address.

        Args:
            reference: Reference of the customer.
            changes: Values by the names of `CustomerDraft`, without ``password``.
            work: The unit of work.

        Raises:
            NoSuchCustomer: There is no such customer, or they were anonymised.
            EmailInUse: Another customer has the new address.
            BadValue: As `register` raises it.
            ValueError: A name is not known.
        """

    def set_password(self, reference: str, old: str, new: str, work: Work) -> Customer:
        """Give a customer who knows the old password another one.

        Raises:
            NoSuchCustomer: There is no such customer, or they were anonymised.
            WrongPassword: The old password is another.
            WeakPassword: The shop does not take the new password.
            ServiceUnavailable: Too many passwords are hashed at the moment.
        """

    def request_restore(self, email: str, work: Work) -> str | None:
        """Let a customer who forgot the password choose another one, for a limited time.

        Publishes `RESTORE_REQUESTED`; a key that was made before is void.

        Returns:
            The key, of 32 characters, for the mail; None where nobody has the address. Do not let
            the client find out which: answer the same, and count on callers who take the time, for
            nothing is written where there is nobody. It is kept nowhere.
        """

    def restore(self, key: str, password: str, work: Work) -> Customer:
        """Give a customer another password by the key of a mail; the key is void then.

        Raises:
            InvalidKey: The key is unknown, was used, or is older than ``restore_seconds``.
            WeakPassword: The shop does not take the password.
            ServiceUnavailable: Too many passwords are hashed at the moment.
        """

    def anonymise(self, reference: str, work: Work) -> Customer:
        """Forget the person: names, birth, phone, company, password; the address becomes random.

        Publishes `CUSTOMER_ANONYMISED` as well. The reference stays.

        Raises:
            NoSuchCustomer: There is no such customer, or they were anonymised before.
        """


class CustomerCredentials(Protocol):
    """Says whether somebody is who they say they are."""

    def authenticate(self, email: str, password: str, work: Work) -> Customer | None:
        """Return the customer with this address and password.

        Unknown, wrong, anonymised and, with the setting ``double_opt_in``, unconfirmed look alike,
        and take the same time. A hash of an older kind is replaced once the unit of work has
        ended, however it ends.

        Returns:
            The customer, or None.

        Raises:
            ServiceUnavailable: Too many log in at the moment.
        """


def check_password(password: str, field: str = "password") -> None:
    """Refuse a password that no customer can have, before it is hashed.

    What a shop asks of new passwords beyond that, its settings say.

    Raises:
        WeakPassword: It is blank or too long, or holds half of a character.
    """
    if not password.strip():
        raise WeakPassword(field, "too_short")
    if len(password) > LONGEST_PASSWORD:
        raise WeakPassword(field, "too_long")
    try:
        password.encode()
    except UnicodeEncodeError:
        raise WeakPassword(field, "character_set") from None
