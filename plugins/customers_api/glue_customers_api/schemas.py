"""What clients see of a customer, and what they may send."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from glue_core import not_blank
from glue_customers import GENDERS, LONGEST_NAME, SALUTATIONS
from glue_customers_api.rules import NEW_PASSWORD, PASSWORD_LENGTH, is_true

TIME = "%Y-%m-%d %H:%M:%S.%f"
LONGEST_FORGOTTEN_EMAIL = 255
NAME = (not_blank, validate.Length(max=LONGEST_NAME))


def _salutation(**options: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf(SALUTATIONS),
        metadata={"description": "Mr, Ms, Mrs or Dr."},
        **options,
    )


def _first_name(**options: Any) -> fields.String:
    return fields.String(
        data_key="firstName", validate=NAME, metadata={"description": "First name."}, **options
    )


def _last_name(**options: Any) -> fields.String:
    return fields.String(
        data_key="lastName", validate=NAME, metadata={"description": "Last name."}, **options
    )


def _gender(**options: Any) -> fields.String:
    return fields.String(
        validate=validate.OneOf(GENDERS), metadata={"description": "Male or Female."}, **options
    )


def _email(**options: Any) -> fields.Email:
    return fields.Email(
        validate=not_blank, metadata={"description": "E-mail address, to log in with."}, **options
    )


def _new_password(description: str = "The new password.", **options: Any) -> fields.String:
    text = f"{description} It has an upper-case and a lower-case letter, a digit and a sign."
    return fields.String(
        load_only=True, validate=NEW_PASSWORD, metadata={"description": text}, **options
    )


def _confirm_password(**options: Any) -> fields.String:
    return fields.String(
        data_key="confirmPassword",
        load_only=True,
        validate=(not_blank, PASSWORD_LENGTH),
        metadata={"description": "The new password once more."},
        **options,
    )


class CustomerAttributes(Schema):
    """Attributes of a customer."""

    salutation = _salutation(dump_only=True, allow_none=True)
    first_name = _first_name(dump_only=True)
    last_name = _last_name(dump_only=True)
    gender = _gender(dump_only=True, allow_none=True)
    email = _email(dump_only=True)
    date_of_birth = fields.Date(
        data_key="dateOfBirth",
        dump_only=True,
        allow_none=True,
        metadata={"description": "Day of birth, or null."},
    )
    created_at = fields.DateTime(
        TIME,
        data_key="createdAt",
        dump_only=True,
        metadata={"description": "When the customer registered, in UTC."},
    )
    updated_at = fields.DateTime(
        TIME,
        data_key="updatedAt",
        dump_only=True,
        metadata={"description": "When something of the customer was last changed, in UTC."},
    )


class Registration(Schema):
    """What somebody sends to become a customer."""

    salutation = _salutation(required=True)
    first_name = _first_name(required=True)
    last_name = _last_name(required=True)
    gender = _gender(required=True)
    email = _email(required=True)
    password = _new_password("The password to log in with.", required=True)
    confirm_password = _confirm_password(required=True)
    accepted_terms = fields.Boolean(
        data_key="acceptedTerms",
        required=True,
        load_only=True,
        truthy={True},
        falsy={False},
        validate=is_true,
        metadata={"description": "Whether the terms and conditions are accepted: true."},
    )


class Changes(Schema):
    """What a customer may change."""

    salutation = _salutation(allow_none=True)
    first_name = _first_name()
    last_name = _last_name()
    gender = _gender(allow_none=True)
    date_of_birth = fields.Date(
        data_key="dateOfBirth",
        allow_none=True,
        metadata={"description": "Day of birth, such as 1988-04-12, or null."},
    )
    email = _email()
    password = _new_password(
        "Held against confirmPassword, and left out: a password is changed at customer-password."
    )
    confirm_password = _confirm_password()


class PasswordAttributes(Schema):
    """What changes a password."""

    password = fields.String(
        required=True,
        load_only=True,
        validate=not_blank,
        metadata={"description": "The present password."},
    )
    new_password = _new_password(data_key="newPassword", required=True)
    confirm_password = _confirm_password(required=True)


class ForgottenPasswordAttributes(Schema):
    """What asks for a mail with a key."""

    email = fields.Email(
        required=True,
        load_only=True,
        validate=(not_blank, validate.Length(max=LONGEST_FORGOTTEN_EMAIL)),
        metadata={"description": "Address of the customer; the answer is the same for any."},
    )


class RestorePasswordAttributes(Schema):
    """What replaces a password that was forgotten."""

    restore_password_key = fields.String(
        data_key="restorePasswordKey",
        required=True,
        load_only=True,
        validate=not_blank,
        metadata={"description": "The key of the mail; it works once, for a while."},
    )
    password = _new_password(required=True)
    confirm_password = _confirm_password(required=True)


class ConfirmationAttributes(Schema):
    """What confirms an address."""

    registration_key = fields.String(
        data_key="registrationKey",
        required=True,
        load_only=True,
        validate=not_blank,
        metadata={"description": "The key of the mail; it works once."},
    )
