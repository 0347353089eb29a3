"""Prices of products in the storefront API, and the choice of currency and price mode."""

from __future__ import annotations

from glue_product_prices_api.choice import currency_of, price_mode_of
from glue_product_prices_api.resource import ABSTRACT_PRICES, CONCRETE_PRICES

__all__ = ["ABSTRACT_PRICES", "CONCRETE_PRICES", "currency_of", "price_mode_of"]
