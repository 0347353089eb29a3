"""The types of prices, and the errors around them."""

from __future__ import annotations

from glue_core import ErrorCode, Parameter, Resource
from glue_product_prices_api.schemas import ProductPricesAttributes

ABSTRACT_PRICES = Resource(
    "abstract-product-prices",
    ProductPricesAttributes,
    id="sku",
    description="Prices of an abstract product.",
)
CONCRETE_PRICES = Resource(
    "concrete-product-prices",
    ProductPricesAttributes,
    id="sku",
    description="Prices of a concrete product: its own, else those of the abstract one.",
)

CURRENCY = Parameter("currency", "ISO code of a currency of the store; by default the store's.")
PRICE_MODE = Parameter(
    "priceMode", "Whether prices are gross or net.", values=("GROSS_MODE", "NET_MODE")
)

ABSTRACT_NOT_FOUND = ErrorCode(404, "307", "Can`t find abstract product prices.")
CONCRETE_NOT_FOUND = ErrorCode(404, "308", "Can`t find concrete product prices.")
INVALID_CURRENCY = ErrorCode(400, "313", "Currency is invalid.")
INVALID_PRICE_MODE = ErrorCode(400, "314", "Price mode is invalid.")
