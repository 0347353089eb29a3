"""Reading who has not logged in."""

from __future__ import annotations

from glue_anonymous_customers_api import REFERENCE
from glue_core import BadRequest, ErrorCode, GlueRequest, Identity, Protection, codes

EMPTY = "109"
EMPTY_TEXT = "Anonymous customer unique id is empty."
KIND = "anonymous"
LONGEST = 255
"""Characters of the text that names somebody."""

HEADER_NAME = "X-Anonymous-Customer-Unique-Id"
ERRORS = (
    ErrorCode(400, EMPTY, EMPTY_TEXT),
    ErrorCode(400, codes.INVALID_HEADER, f"{HEADER_NAME} may have {LONGEST} characters at most."),
)
CUSTOMERS = frozenset({"@customer", f"@{KIND}"})


def read(value: str, request: GlueRequest) -> Identity:
    """Return who the header names: a caller whom nothing proves.

    Raises:
        BadRequest: The text is empty, or too long.
    """
    text = value.strip()
    if not text:
        raise BadRequest(EMPTY, EMPTY_TEXT, header=HEADER_NAME)
    if len(text) > LONGEST:
        raise BadRequest(
            codes.INVALID_HEADER,
            f"{HEADER_NAME} may have {LONGEST} characters at most.",
            header=HEADER_NAME,
        )
    reference = REFERENCE + text
    return Identity(KIND, reference, reference, via=KIND)


def is_customer(protection: Protection, grants: frozenset[str]) -> bool:
    """Say whether a customer asks, logged in or not."""
    return not CUSTOMERS.isdisjoint(grants)
