"""Between requests and customers: drafts, changes, and errors in the client's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from glue_core import ErrorCode, GlueError, GlueRequest, Problem, codes, pointer_to
from glue_customers import (
    BadValue,
    CustomerDraft,
    EmailInUse,
    NoSuchCustomer,
    PasswordRule,
    TooLong,
    WeakPassword,
    WrongPassword,
)
from glue_customers_api.resource import (
    EMAIL_IN_USE,
    EMAIL_TOO_LONG,
    EMPTY_CONFIRMATION_KEY,
    INVALID_EMAIL,
    NOT_EQUAL,
    NOT_FOUND,
    PASSWORD_CHARACTERS,
    PASSWORD_COMMON,
    PASSWORD_SEQUENCE,
    PASSWORD_TOO_LONG,
    PASSWORD_TOO_SHORT,
    TERMS_NOT_ACCEPTED,
    WRONG_PASSWORD,
)

WEAK: Mapping[PasswordRule, ErrorCode] = {
    "too_short": PASSWORD_TOO_SHORT,
    "too_long": PASSWORD_TOO_LONG,
    "character_set": PASSWORD_CHARACTERS,
    "sequence": PASSWORD_SEQUENCE,
    "common": PASSWORD_COMMON,
}
NEVER_KEPT = ("password", "confirm_password")
MISMATCH = "customers_api.mismatch"
"""Kind of the error that two passwords differ: its words name the fields."""
LONG_EMAIL = "customers_api.long_email"
"""Kind of the error that an address is too long: its words say how long it may be."""


def draft_of(request: GlueRequest) -> CustomerDraft:
    """Return the customer that the body of a request describes.

    Raises:
        Problem: The terms are not accepted, or the passwords differ.
    """
    sent = dict(request.attributes)
    if sent.pop("accepted_terms", None) is not True:
        raise refusal(request, TERMS_NOT_ACCEPTED, "accepted_terms")
    check_equal(request)
    sent.pop("confirm_password", None)
    return CustomerDraft(**sent, locale=request.locale)


def changes_of(request: GlueRequest) -> dict[str, Any]:
    """Return the changes that the body of a request asks for, without a password.

    Raises:
        Problem: The passwords differ.
    """
    check_equal(request)
    return {name: value for name, value in request.attributes.items() if name not in NEVER_KEPT}


def check_equal(request: GlueRequest, name: str = "password") -> None:
    """Refuse a new password that is not what was typed the second time.

    Args:
        request: The request.
        name: Field that the new password comes in.

    Raises:
        Problem: They differ.
    """
    if request.attributes.get(name) != request.attributes.get("confirm_password"):
        names = {"field": _shown(request, name), "other": _shown(request, "confirm_password")}
        raise _worded(request, NOT_EQUAL, "confirm_password", MISMATCH, names)


def registration_key_of(request: GlueRequest) -> str:
    """Return the key in the body of a request.

    Raises:
        Problem: It is empty.
    """
    key = str(request.attributes["registration_key"])
    if not key.strip():
        raise refusal(request, EMPTY_CONFIRMATION_KEY, "registration_key")
    return key


def refusal(request: GlueRequest, error: ErrorCode, name: str) -> Problem:
    """Return an error about a field of the body."""
    found = GlueError(error.status, error.code, error.message, pointer=_pointer(request, name))
    return Problem(error.status, [found])


@contextmanager
def told(request: GlueRequest) -> Iterator[None]:
    """Tell the client what the shop refuses, and where the request asked for it."""
    try:
        yield
    except NoSuchCustomer as error:
        found = GlueError(NOT_FOUND.status, NOT_FOUND.code, NOT_FOUND.message)
        raise Problem(NOT_FOUND.status, [found]) from error
    except EmailInUse as error:
        raise refusal(request, EMAIL_IN_USE, "email") from error
    except WrongPassword as error:
        raise refusal(request, WRONG_PASSWORD, "password") from error
    except WeakPassword as error:
        raise refusal(request, WEAK[error.rule], error.field) from error
    except TooLong as error:
        if error.field != "email":
            raise refusal(request, _invalid(error), error.field) from error
        limit = {"max": error.longest}
        raise _worded(request, EMAIL_TOO_LONG, "email", LONG_EMAIL, limit) from error
    except BadValue as error:
        known = INVALID_EMAIL if error.field == "email" else _invalid(error)
        raise refusal(request, known, error.field) from error


def _invalid(error: BadValue) -> ErrorCode:
    """Return the error of a value that the rules of the body let through."""
    return ErrorCode(422, codes.INVALID_ATTRIBUTE, error.reason)


def _worded(
    request: GlueRequest, error: ErrorCode, name: str, kind: str, arguments: Mapping[str, object]
) -> Problem:
    """Return an error about a field of the body whose words name facts of the request."""
    found = GlueError(
        error.status,
        error.code,
        error.message,
        kind=kind,
        arguments=arguments,
        pointer=_pointer(request, name),
    )
    return Problem(error.status, [found])


def _pointer(request: GlueRequest, name: str) -> str:
    spoken = request.operation.spoken
    start = spoken.attributes_pointer if spoken is not None else ""
    return start + pointer_to(_shown(request, name))


def _shown(request: GlueRequest, name: str) -> str:
    """Return the name that clients know of a field: a project may have renamed it."""
    body = request.operation.body
    field = body().fields.get(name) if body is not None else None
    return name if field is None else field.data_key or name
