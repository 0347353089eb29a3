"""An invented shop, made up by a program: two stores, two languages, two currencies."""

from __future__ import annotations

from glue_demo_shop.files import write_shop

__all__ = [
    "IN_ONE_STORE",
    "MOVED",
    "NEVER_OUT_OF_STOCK",
    "PRODUCTS",
    "REDUCED",
    "SOLD_OUT",
    "WITHOUT_FRANCS",
    "WITHOUT_IMAGES",
    "WITHOUT_STOCK",
    "WITH_VOLUME_PRICES",
    "write_shop",
]

PRODUCTS = 240
"""Number of abstract products of the demo."""

WITH_VOLUME_PRICES = "001"
"""An abstract product that is cheaper by the dozen."""

IN_ONE_STORE = "005"
"""An abstract product that only the store DE has."""

MOVED = "003"
"""An abstract product that two redirects in a row lead to, ``/en/product/003`` first."""

REDUCED = "002"
"""An abstract product with an original price."""

WITHOUT_FRANCS = "007"
"""An abstract product that has no price in CHF."""

SOLD_OUT = "004"
"""An abstract product of which no warehouse has any."""

NEVER_OUT_OF_STOCK = "006"
"""An abstract product that is never sold out, though no warehouse has any."""

WITHOUT_STOCK = "014"
"""An abstract product that no warehouse has counted."""

WITHOUT_IMAGES = "023"
"""An abstract product without pictures of its own."""
