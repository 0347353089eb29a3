"""Where published documents lie; the version changes with their format."""

from __future__ import annotations

from typing import Final

from glue_core import SearchIndex
from glue_stores import Market

VERSION: Final = "catalog:v1"

ABSTRACT_PRODUCT: Final = "abstract-product"
CONCRETE_PRODUCT: Final = "concrete-product"
ABSTRACT_IMAGE_SETS: Final = "abstract-image-sets"
CONCRETE_IMAGE_SETS: Final = "concrete-image-sets"
ABSTRACT_PRICES: Final = "abstract-prices"
CONCRETE_PRICES: Final = "concrete-prices"
ABSTRACT_AVAILABILITY: Final = "abstract-availability"
CONCRETE_AVAILABILITY: Final = "concrete-availability"

BY_MARKET: Final = (
    (ABSTRACT_PRODUCT, ABSTRACT_IMAGE_SETS),
    (CONCRETE_PRODUCT, CONCRETE_IMAGE_SETS),
)
"""Kinds of documents of abstract and of concrete products, one each for a store and locale."""

BY_STORE: Final = (
    (ABSTRACT_PRICES, ABSTRACT_AVAILABILITY),
    (CONCRETE_PRICES, CONCRETE_AVAILABILITY),
)
"""Kinds of documents of abstract and of concrete products, one each for a store."""

_FIELDS: Final = {"store": "keyword", "locale": "keyword", "sku": "keyword", "name": "text"}

ABSTRACT_INDEX: Final = SearchIndex("catalog-abstract-products", _FIELDS)  # type: ignore[arg-type]
CONCRETE_INDEX: Final = SearchIndex("catalog-concrete-products", _FIELDS)  # type: ignore[arg-type]


def in_market(kind: str, market: Market, sku: str) -> str:
    """Return the key of a document for one store and locale."""
    return f"{VERSION}:{kind}:{market.store}:{market.locale}:{sku}"


def in_store(kind: str, store: str, sku: str) -> str:
    """Return the key of a document for one store."""
    return f"{VERSION}:{kind}:{store}:{sku}"


def search_id(market: Market, sku: str) -> str:
    """Return the id of a product in an index."""
    return f"{market.store}:{market.locale}:{sku}"


def manifest(abstract_sku: str) -> str:
    """Return the key of the note on what is published of an abstract product."""
    return f"{VERSION}:published:{abstract_sku}"


def facts(store: str) -> str:
    """Return the key of the note on what the published products of a store rest on."""
    return f"{VERSION}:facts:{store}"
