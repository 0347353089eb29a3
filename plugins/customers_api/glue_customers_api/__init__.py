"""The customers of a shop in the storefront API."""

from __future__ import annotations

from glue_customers_api.access import OWN_CUSTOMER, own_reference
from glue_customers_api.resource import CUSTOMERS

__all__ = ["CUSTOMERS", "OWN_CUSTOMER", "own_reference"]
