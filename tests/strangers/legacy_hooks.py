"""What schemathesis may find in the old application that is no fault: its contract wants it so.

Each entry has the check that it is about, and the reason. Everything else that is found stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData, ServerError
from schemathesis.openapi.checks import (
    MissingHeaderNotRejected,
    RejectedPositiveData,
    UnsupportedMethodResponse,
)

NO_PREFLIGHT = b"One or more of the required headers ("
NO_ID = "Resource id is not specified."
NAMES = ("include", "sort")
"""Query parameters that are lists of names, beside the fields of a type."""

BAD_PAGE = b"Pagination parameters are invalid."


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A refusal of a request that is as its schema says.

    Attributes:
        code: Its code.
        reason: Why no schema says it.
        at: The operations that may answer it, with method and path; none for all.
        words: What its text has, where the code alone stands for more.
    """

    code: str
    reason: str
    at: tuple[str, ...] = ()
    words: str = ""

    def fits(self, operation: str, error: dict[str, Any]) -> bool:
        """Say whether an error of an operation is this refusal."""
        return (
            self.code == error.get("code", error.get("error"))
            and (not self.at or operation in self.at)
            and self.words in str(error.get("detail"))
        )


CLIENTS = ("POST /token/introspect", "POST /token/revoke")
CONFIRMATION = ("POST /customer-confirmation",)
RESTORING = "PATCH /customer-restore-password/{customerRestorePasswordId}"
PASSWORDS = ("POST /customers", "PATCH /customer-password/{customerPasswordId}", RESTORING)
CUSTOMERS = ("POST /customers", "PATCH /customers/{customersId}")
KINDS = "that a password has a sign of each kind is more than tools can make of patterns"
NO_NUL = "a NUL is refused in every text, which no schema repeats"

FORESEEN = (
    Foreseen("313", "which currencies a store has is data; all operations check it"),
    Foreseen("601", "which stores there are is data; all operations check it"),
    Foreseen("400", "which addresses are taken is data", CUSTOMERS),
    Foreseen("406", "that two passwords are equal is no JSON Schema", (*PASSWORDS, CUSTOMERS[1])),
    Foreseen("415", "which keys were mailed is data", (RESTORING,)),
    Foreseen("421", "that no sign follows itself too often is no pattern", PASSWORDS),
    Foreseen("422", "which passwords are common is data", PASSWORDS),
    Foreseen("423", "which keys were mailed is data", CONFIRMATION),
    Foreseen("901", KINDS, (*PASSWORDS, CUSTOMERS[1]), "Your password must include"),
    Foreseen("901", NO_NUL, words="is no text"),
    Foreseen(
        "901", "an address of e-mail has a domain that its format lacks", words="a valid email"
    ),
    Foreseen("901", "of a date that may be null any text is drawn", words="not a valid date"),
    Foreseen("invalid_client", "which clients there are is data", CLIENTS),
    Foreseen("invalid_grant", "which credentials count is data", ("POST /token",)),
    Foreseen("invalid_request", "what a grant needs, its grant_type says", ("POST /token",)),
    Foreseen("invalid_request", NO_NUL, CLIENTS, "is neither a form nor JSON"),
    Foreseen("invalid_request", NO_NUL, CLIENTS, "is no text"),
)
"""Refusals of well-formed requests, told by their codes."""


@schemathesis.hook
def filter_failure(
    context: schemathesis.HookContext,
    failure: Any,
    case: schemathesis.Case[Any],
    response: schemathesis.Response,
) -> bool:
    """Keep a failure, unless the old contract wants the answer."""
    if isinstance(failure, ServerError):
        # not_a_server_error: OPTIONS without the headers of a preflight is a 501.
        is_preflight = case.method.upper() == "OPTIONS" and response.status_code == 501
        return not (is_preflight and response.content.startswith(NO_PREFLIGHT))
    if isinstance(failure, UnsupportedMethodResponse):
        # unsupported_method: there is no 405. What a place does not have is a 404 without a code,
        # and a change without an id a 400; what is wrong with a store is told before both.
        return not all(_is_no_method(case, each) for each in _errors(response.content))
    if isinstance(failure, MissingHeaderNotRejected):
        # missing_required_header: a missing token is a 403; 401 is for one that proves nothing.
        told = [each.get("code") for each in _errors(response.content)]
        return (response.status_code, told) != (403, ["002"])
    if isinstance(failure, AcceptedNegativeData):
        # negative_data_rejection: names that nobody knows are left out of lists in the query.
        return not _is_list_of_names(case)
    if isinstance(failure, RejectedPositiveData):
        # positive_data_acceptance: an offset counts together with a limit alone, which no schema
        # of two parameters says.
        if response.status_code == 400 and response.content == BAD_PAGE:
            query = case.query or {}
            return not ("page[offset]" in query and "page[limit]" not in query)
        return not _is_foreseen(case.operation.label, response.content)
    return True


def _is_no_method(case: schemathesis.Case[Any], error: dict[str, Any]) -> bool:
    if error.get("status") == 400:
        is_change = case.method.upper() in ("PATCH", "PUT", "DELETE")
        return is_change and error.get("detail") == NO_ID
    return error.get("status") == 404 and error.get("code") in (None, "601")


def _is_list_of_names(case: schemathesis.Case[Any]) -> bool:
    """Say whether nothing was made wrong but lists of names in the query."""
    mutations = list(getattr(case.meta.phase.data, "mutations", None) or ()) if case.meta else []
    return bool(mutations) and all(
        each.parameter in (case.query or {})
        and (each.parameter in NAMES or each.parameter.startswith("fields["))
        for each in mutations
    )


def _is_foreseen(operation: str, content: bytes) -> bool:
    if operation.endswith("/authorize") and b"<title>Not possible</title>" in content:
        # A page for people, without codes: which clients there are, and where they live, is data.
        return True
    errors = list(_errors(content))
    return bool(errors) and all(
        any(foreseen.fits(operation, each) for foreseen in FORESEEN) for each in errors
    )


def _errors(content: bytes) -> Iterator[dict[str, Any]]:
    """Yield the errors of a document of JSON:API, or the one that OAuth writes."""
    try:
        document = json.loads(content)
    except ValueError:
        return
    if isinstance(document, dict):
        yield from document.get("errors", [document])
