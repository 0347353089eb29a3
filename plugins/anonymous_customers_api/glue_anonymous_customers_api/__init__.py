"""Customers who have not logged in: a header names them, and a strategy lets them in."""

from glue_core import Protection

__all__ = ["ANONYMOUS_CUSTOMER", "HEADER", "REFERENCE", "STRATEGY"]

HEADER = "x-anonymous-customer-unique-id"
"""Header that names somebody who has not logged in."""

REFERENCE = "anonymous:"
"""Starts the customer reference of somebody who has not logged in."""

STRATEGY = "anonymous-customer"
"""Name of the strategy that lets customers in, logged in or not."""

ANONYMOUS_CUSTOMER = Protection((STRATEGY,))
"""Customers may, logged in or not; others get 400 with the code 109."""
