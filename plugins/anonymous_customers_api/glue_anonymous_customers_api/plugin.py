"""Hook implementations of the anonymous customers; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Sequence

from glue_anonymous_customers_api import BOTH_TEXT, HEADER, STRATEGY
from glue_anonymous_customers_api.reading import (
    EMPTY,
    EMPTY_TEXT,
    ERRORS,
    is_customer,
    read,
)
from glue_core import ErrorText, IdentityReader, Strategy, hookimpl


@hookimpl
def glue_identity_readers() -> Sequence[IdentityReader]:
    """Read who has not logged in."""
    return [
        IdentityReader(
            STRATEGY,
            HEADER,
            read,
            is_alone=True,
            alone_message=BOTH_TEXT,
            kinds=("anonymous",),
            errors=ERRORS,
        )
    ]


@hookimpl
def glue_authorization_strategies() -> Sequence[Strategy]:
    """Let customers in, logged in or not."""
    return [Strategy(STRATEGY, is_customer, status=400, code=EMPTY, message=EMPTY_TEXT)]


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the answer to who is neither."""
    german = "Die Kennung des anonymen Kunden ist leer."
    return [ErrorText(EMPTY, {"en": EMPTY_TEXT, "de": german})]
