"""Makes customers for tests that call the shop from outside."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from glue_core import FixtureMaker, Work
from glue_customers import (
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_PASSWORD,
    BadValue,
    CustomerDraft,
    CustomerWriter,
    EmailInUse,
    NoSuchCustomer,
)

SHOWN = {"first_name": "firstName", "last_name": "lastName"}


class CustomerParameters(Schema):
    """A customer; whatever a test does not care for has a value of its own."""

    email = fields.Email(
        validate=validate.Length(max=LONGEST_EMAIL),
        metadata={"description": "Address; one that nobody has where it is left out."},
    )
    password = fields.String(
        validate=validate.Length(min=1, max=LONGEST_PASSWORD),
        metadata={"description": "Password; a random one where it is left out."},
    )
    first_name = fields.String(
        data_key=SHOWN["first_name"],
        load_default="Test",
        validate=validate.Length(min=1, max=LONGEST_NAME),
        metadata={"description": "First name."},
    )
    last_name = fields.String(
        data_key=SHOWN["last_name"],
        load_default="Customer",
        validate=validate.Length(min=1, max=LONGEST_NAME),
        metadata={"description": "Last name."},
    )
    is_confirmed = fields.Boolean(
        data_key="isConfirmed",
        load_default=True,
        metadata={"description": "Whether the address is confirmed, so that they can log in."},
    )


class CustomerRemoval(Schema):
    """Which customer is forgotten."""

    reference = fields.String(required=True, metadata={"description": "Reference."})


def customer_maker(writer: CustomerWriter) -> FixtureMaker:
    """Return what registers customers, and forgets them.

    Args:
        writer: Writes customers.
    """

    def make(parameters: dict[str, Any], work: Work) -> Mapping[str, Any]:
        email = parameters.get("email") or f"test-{secrets.token_hex(8)}@example.com"
        # Letters of both cases, a digit and a sign, for shops that ask for them.
        password = parameters.get("password") or f"Te-1{secrets.token_urlsafe(15)}"
        names = {name: parameters[name] for name in SHOWN}
        with _told():
            registered = writer.register(CustomerDraft(email, password=password, **names), work)
        customer, key = registered.customer, registered.confirmation_key
        if parameters["is_confirmed"] and key is not None:
            writer.confirm(key, work)
            key = None
        return {
            "reference": customer.reference,
            "email": customer.email,
            "password": password,
            "confirmationKey": key,
        }

    def remove(parameters: dict[str, Any], work: Work) -> None:
        try:
            writer.anonymise(parameters["reference"], work)
        except NoSuchCustomer:
            return

    return FixtureMaker("customer", CustomerParameters, make, CustomerRemoval, remove)


@contextmanager
def _told() -> Iterator[None]:
    """Say which parameter is wrong."""
    try:
        yield
    except EmailInUse as error:
        raise ValidationError("Another customer has this address.", "email") from error
    except BadValue as error:
        raise ValidationError(error.reason, SHOWN.get(error.field, error.field)) from error
