"""What schemathesis may find in the demo that is no fault: refusals that no schema can foresee.

A schema says what is well formed. What is well formed may still be refused for what the server
knows: which stores there are, or that an address has an account already. Such refusals have codes
of their own, which are named here one by one; everything else that schemathesis finds stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

# It is installed for these tests alone, so what checks types does not know it.
schemathesis: Any = import_module("schemathesis")
checks: Any = import_module("schemathesis.openapi.checks")
failures: Any = import_module("schemathesis.core.failures")

NUL = re.compile(r"%00|\\u0000")
LONG = re.compile(r"\d{19}")
"""What a request holds that is refused wherever it is: a NUL, and a number of more than 64 bits."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A refusal of a well-formed request.

    Attributes:
        code: Its code.
        reason: Why no schema says it.
        at: The operations that may answer it, with method and path; none for all.
        sent: What was sent, where the code alone stands for more.
        words: What the message says, likewise, as a regular expression.
        pointer: How the pointer to it ends, likewise.
    """

    code: str
    reason: str
    at: tuple[str, ...] = ()
    sent: re.Pattern[str] | None = None
    words: str = ""
    pointer: tuple[str, ...] = ("",)

    def fits(self, operation: str, sent: str, error: dict[str, Any]) -> bool:
        """Say whether an error is this refusal.

        Args:
            operation: Method and path.
            sent: The address and the body of the request.
            error: One of the errors that were answered.
        """
        return (
            _code(error) == self.code
            and (not self.at or operation in self.at)
            and (self.sent is None or self.sent.search(sent) is not None)
            and re.search(self.words, str(error.get("message") or error.get("detail"))) is not None
            and _pointer(error).endswith(self.pointer)
        )


TOKENS = ("POST /token", "POST /token/introspect", "POST /token/revoke")
CUSTOMERS = ("POST /customers", "PATCH /customers/{customersId}")
PASSWORDS = (
    *CUSTOMERS,
    "PATCH /customer-password/{customerPasswordId}",
    "PATCH /customer-restore-password/{customerRestorePasswordId}",
)
PRODUCTS = ("POST /product-abstract", "PATCH /product-abstract/{productAbstractId}")
ASSIGNMENTS = (
    "POST /warehouse-user-assignments",
    "PATCH /warehouse-user-assignments/{warehouseUserAssignmentsId}",
)
KINDS = "that a password has a sign of each kind is more than tools can make of patterns"
POLICY = "what the shop asks of passwords besides, its settings say"
NO_NUL = "a NUL is refused in every text, which no schema repeats"
UNIQUE = "that no two entries of a list have one value under a key is no JSON Schema"

FORESEEN = (
    Foreseen("012", NO_NUL, sent=NUL),
    Foreseen("014", NO_NUL, sent=NUL),
    Foreseen("014", "numbers of 64 bits are all that readers of JSON agree on", sent=LONG),
    Foreseen("023", "the id in a document is the one in the path"),
    Foreseen("313", "which currencies a store has is data"),
    Foreseen("406", "that two passwords are equal is no JSON Schema", PASSWORDS),
    Foreseen("423", "which keys were mailed is data", ("POST /customer-confirmation",)),
    Foreseen("400", "which addresses are taken is data", CUSTOMERS),
    Foreseen("415", "which keys were mailed is data", PASSWORDS[-1:]),
    *(Foreseen(str(code), POLICY, PASSWORDS) for code in range(418, 423)),
    Foreseen("901", UNIQUE, PRODUCTS, words="named more than once"),
    Foreseen("901", "which stores there are is data", PRODUCTS, words="no store "),
    Foreseen("901", "which locales stores have is data", PRODUCTS, words="No store "),
    Foreseen("901", KINDS, PASSWORDS, pointer=("/password", "/newPassword")),
    Foreseen("5202", "which users there are is data", ASSIGNMENTS),
    Foreseen("5205", "how many assignments a user has is data", ASSIGNMENTS),
    Foreseen("5206", "which assignments there are is data", ASSIGNMENTS),
    Foreseen("5203", "which warehouses there are is data", ASSIGNMENTS),
    Foreseen("invalid_client", "which clients there are is data", TOKENS),
    Foreseen("invalid_grant", "which credentials count is data", TOKENS),
    Foreseen("invalid_request", "what a grant needs, its grant_type says", TOKENS[:1]),
    Foreseen("invalid_request", NO_NUL, TOKENS, sent=NUL),
    Foreseen("invalid_scope", "which scopes somebody has is data", TOKENS),
    Foreseen("unauthorized_client", "which grants a client may use is data", TOKENS),
)
"""All refusals of well-formed requests that there are."""


def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Keep a failure, unless it is one that this module gives a reason for."""
    if isinstance(failure, checks.RejectedPositiveData):
        return not _is_foreseen(case, response)
    if isinstance(failure, checks.UnsupportedMethodResponse):
        # An unknown store is told before the method is judged, as everything that is read is.
        return not any(_code(each) == "601" for each in _errors(response.content))
    if isinstance(failure, failures.AcceptedNegativeData):
        return not _is_any_text(case, response)
    return True


def _is_foreseen(case: Any, response: Any) -> bool:
    label = case.operation.label
    if label.endswith("/authorize") and b"<title>Not possible</title>" in response.content:
        # A page for people, without codes: which clients there are, and where they live, is data.
        return True
    request = response.request
    body = request.body or b""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body
    sent = f"{request.url}\n{text}"
    errors = list(_errors(response.content))
    return bool(errors) and all(
        any(foreseen.fits(label, sent, each) for foreseen in FORESEEN) for each in errors
    )


def _is_any_text(case: Any, response: Any) -> bool:
    """Say whether the values that were made wrong are right as they were sent.

    Parts of a list with commas may be drawn as numbers or objects. What is written then is a text,
    and a list that takes any text takes it. A list of one empty text is written as an empty list.
    """
    mutations = list(getattr(case.meta.phase.data, "mutations", None) or ()) if case.meta else []
    query = parse_qs(urlsplit(response.request.url or "").query, keep_blank_values=True)
    return bool(mutations) and all(
        each.parameter in (case.query or {}) and _takes(case, each.parameter, query)
        for each in mutations
    )


def _takes(case: Any, name: str, query: dict[str, list[str]]) -> bool:
    parameter = case.operation.query.get(name)
    schema: Any = getattr(parameter, "validation_schema", None)
    if not isinstance(schema, dict) or schema.get("type") != "array":
        return False
    if query.get(name) == [""] and not schema.get("minItems"):
        return True
    items = schema.get("items", {})
    open_ones = [each for each in items.get("anyOf", [items]) if "enum" not in each]
    parts = [part for value in query.get(name, []) for part in value.split(",")]
    return any(
        each.get("type") == "string" and all(re.search(each.get("pattern", ""), p) for p in parts)
        for each in open_ones
    )


def _errors(content: bytes) -> Iterator[dict[str, Any]]:
    """Yield the errors of a document, in the spelling of whichever convention."""
    try:
        document = json.loads(content)
    except ValueError:
        return
    if isinstance(document, dict) and isinstance(document.get("errors"), list):
        document = document["errors"]
    for each in document if isinstance(document, list) else [document]:
        if isinstance(each, dict):
            yield each


def _pointer(error: dict[str, Any]) -> str:
    source = error.get("source")
    held = source if isinstance(source, dict) else error
    return str(held.get("pointer") or "")


def _code(error: dict[str, Any]) -> str:
    return str(error.get("code") or error.get("error") or "")


schemathesis.hook(filter_failure)
