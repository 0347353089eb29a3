"""What the plugin contributes: the places around a customer, and who may see whom."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import (
    BLOCKED,
    PUBLIC,
    Build,
    ErrorText,
    Features,
    LoginGuard,
    Operation,
    Policy,
    Step,
    Strategy,
    hookimpl,
)
from glue_customers import CustomerReader, CustomerWriter
from glue_customers_api.access import OWN, POLICY, STRATEGY, mine
from glue_customers_api.controller import CustomersController, PasswordsController
from glue_customers_api.resource import (
    BAD_EMAIL,
    CONFIRMATION,
    CUSTOMERS,
    EMPTY_CONFIRMATION_KEY,
    FORGOTTEN_PASSWORD,
    INVALID_CONFIRMATION_KEY,
    INVALID_RESTORE_KEY,
    NOT_EQUAL,
    NOT_FOUND,
    PASSWORD,
    RESTORE_PASSWORD,
    TERMS_NOT_ACCEPTED,
    UNAUTHORIZED,
    WEAK_PASSWORD,
    WRONG_PASSWORD,
)
from glue_customers_api.schemas import Changes, Registration
from glue_customers_api.texts import TEXTS


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute registration, the customer's own data, and passwords."""
    writer = features.get(CustomerWriter)
    reader = features.get(CustomerReader)
    customers = CustomersController(reader, writer)
    passwords = PasswordsController(reader, writer, features.get(LoginGuard))
    place = CUSTOMERS.type
    return [
        Operation(
            "post",
            customers.post,
            place,
            CUSTOMERS,
            schema=Registration,
            protection=PUBLIC,
            errors=(TERMS_NOT_ACCEPTED, NOT_EQUAL, *BAD_EMAIL, *WEAK_PASSWORD),
        ),
        Operation("getCollection", customers.get_collection, place, CUSTOMERS),
        Operation("get", customers.get, place, CUSTOMERS, errors=(NOT_FOUND,)),
        Operation(
            "patch",
            customers.patch,
            place,
            CUSTOMERS,
            schema=Changes,
            protection=OWN,
            errors=(UNAUTHORIZED, NOT_FOUND, NOT_EQUAL, *BAD_EMAIL),
        ),
        Operation(
            "delete",
            customers.delete,
            place,
            CUSTOMERS,
            protection=OWN,
            errors=(UNAUTHORIZED, NOT_FOUND),
        ),
        Operation(
            "patch",
            passwords.change,
            PASSWORD.type,
            PASSWORD,
            partial=False,
            protection=OWN,
            status=204,
            errors=(
                UNAUTHORIZED,
                NOT_FOUND,
                NOT_EQUAL,
                WRONG_PASSWORD,
                BLOCKED,
                *WEAK_PASSWORD,
            ),
        ),
        Operation(
            "post",
            passwords.forget,
            FORGOTTEN_PASSWORD.type,
            FORGOTTEN_PASSWORD,
            protection=PUBLIC,
            status=204,
        ),
        Operation(
            "patch",
            passwords.restore,
            RESTORE_PASSWORD.type,
            RESTORE_PASSWORD,
            partial=False,
            protection=PUBLIC,
            status=204,
            errors=(NOT_EQUAL, INVALID_RESTORE_KEY, *WEAK_PASSWORD),
        ),
        Operation(
            "post",
            passwords.confirm,
            CONFIRMATION.type,
            CONFIRMATION,
            protection=PUBLIC,
            status=204,
            errors=(INVALID_CONFIRMATION_KEY, EMPTY_CONFIRMATION_KEY),
        ),
    ]


@hookimpl
def glue_authorization_policies() -> Sequence[Policy]:
    """Let nobody see another customer, wherever one may show."""
    return [POLICY]


@hookimpl
def glue_authorization_strategies() -> Sequence[Strategy]:
    """Let customers change only what is theirs."""
    return [STRATEGY]


@hookimpl
def glue_request_builders() -> Sequence[Step[Build]]:
    """Let ``mine`` stand for the customer who asks."""
    return [Step("mine", mine, before=("attributes?",))]


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in English and German."""
    return TEXTS
