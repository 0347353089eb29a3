"""Customers who have not logged in: a header names them, and a strategy lets them in."""

from glue_core import Protection

__all__ = ["ANONYMOUS_CUSTOMER", "BOTH_TEXT", "HEADER", "REFERENCE", "STRATEGY"]

HEADER = "x-anonymous-customer-unique-id"
"""Header that names somebody who has not logged in."""

REFERENCE = "anonymous:"
"""Starts the customer reference of somebody who has not logged in."""

BOTH_TEXT = (
    "Headers request error. A user can't act as logged and not logged user at the same time."
)
"""Answer to who comes with this header and a token."""

STRATEGY = "anonymous-customer"
"""Name of the strategy that lets customers in, logged in or not."""

ANONYMOUS_CUSTOMER = Protection((STRATEGY,))
"""Customers may, logged in or not; others get 400 with the code 109."""
