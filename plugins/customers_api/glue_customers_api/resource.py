"""The types around a customer, and the errors that they answer with."""

from __future__ import annotations

from glue_core import ErrorCode, Protection, Resource
from glue_customers_api.schemas import (
    ConfirmationAttributes,
    CustomerAttributes,
    ForgottenPasswordAttributes,
    PasswordAttributes,
    RestorePasswordAttributes,
)

REFERENCE = "reference"
CUSTOMER = Protection(kinds=("customer",))
"""A customer who is logged in may."""

CUSTOMERS = Resource(
    "customers",
    CustomerAttributes,
    id=REFERENCE,
    description="The customer who asks.",
    protection=CUSTOMER,
)
PASSWORD = Resource(
    "customer-password",
    PasswordAttributes,
    description="A new password for a customer who knows the old one.",
    protection=CUSTOMER,
)
FORGOTTEN_PASSWORD = Resource(
    "customer-forgotten-password",
    ForgottenPasswordAttributes,
    description="The wish for a mail with a key that restores a password.",
)
RESTORE_PASSWORD = Resource(
    "customer-restore-password",
    RestorePasswordAttributes,
    description="A new password for whoever has the key of a mail.",
)
CONFIRMATION = Resource(
    "customer-confirmation",
    ConfirmationAttributes,
    description="The confirmation of an address by the key of a mail.",
)

EMAIL_IN_USE = ErrorCode(
    422,
    "400",
    "If this email address is already in use, you will receive a password reset link. Otherwise "
    "you must first validate your e-mail address to finish registration. Please check your e-mail.",
)
NOT_FOUND = ErrorCode(404, "402", "Customer not found.")
NOT_EQUAL = ErrorCode(
    422,
    "406",
    "Value in field password should be identical to value in the confirmPassword field.",
)
WRONG_PASSWORD = ErrorCode(400, "408", "Invalid password")
UNAUTHORIZED = ErrorCode(403, "411", "Unauthorized request.")
TERMS_NOT_ACCEPTED = ErrorCode(400, "413", "Terms and Conditions was not accepted.")
INVALID_RESTORE_KEY = ErrorCode(422, "415", "Restore password key is not valid.")
INVALID_EMAIL = ErrorCode(422, "416", "Invalid Email address format.")
EMAIL_TOO_LONG = ErrorCode(422, "417", "Email is too long. It should have 100 characters or less.")
PASSWORD_TOO_SHORT = ErrorCode(400, "418", "The password is too short.")
PASSWORD_TOO_LONG = ErrorCode(400, "419", "The password is too long.")
PASSWORD_CHARACTERS = ErrorCode(400, "420", "The password character set is invalid.")
PASSWORD_SEQUENCE = ErrorCode(400, "421", "The password contains sequence of the same character.")
PASSWORD_COMMON = ErrorCode(400, "422", "The password is listed as common.")
INVALID_CONFIRMATION_KEY = ErrorCode(
    422, "423", "This email confirmation code is invalid or has been already used."
)
EMPTY_CONFIRMATION_KEY = ErrorCode(422, "424", "Token is invalid.")

WEAK_PASSWORD = (
    PASSWORD_TOO_SHORT,
    PASSWORD_TOO_LONG,
    PASSWORD_CHARACTERS,
    PASSWORD_SEQUENCE,
    PASSWORD_COMMON,
)
BAD_EMAIL = (EMAIL_IN_USE, INVALID_EMAIL, EMAIL_TOO_LONG)
