"""Customers who have not logged in, as the old application knows them."""

from __future__ import annotations

from glue_anonymous_customers_api import REFERENCE
from glue_core import GlueRequest, Identity

KIND = "anonymous"


def read_guest(value: str, request: GlueRequest) -> Identity:
    """Return who the header names: a caller whom nothing proves."""
    reference = REFERENCE + value.strip()
    return Identity(KIND, reference, reference, via=KIND)
