"""Abstract and concrete products in the storefront API."""

from __future__ import annotations

from glue_products_api.market import market_of
from glue_products_api.resource import ABSTRACT_PRODUCTS, CONCRETE_PRODUCTS

__all__ = ["ABSTRACT_PRODUCTS", "CONCRETE_PRODUCTS", "market_of"]
