"""The types of products, and the errors that they answer with."""

from __future__ import annotations

from glue_core import ErrorCode, Resource
from glue_products_api.schemas import AbstractProductAttributes, ConcreteProductAttributes

ABSTRACT_PRODUCTS = Resource(
    "abstract-products",
    AbstractProductAttributes,
    id="sku",
    description="A product as it is shown; its variants are concrete products.",
)
CONCRETE_PRODUCTS = Resource(
    "concrete-products",
    ConcreteProductAttributes,
    id="sku",
    description="A variant of a product, as it is bought.",
)

ABSTRACT_NOT_FOUND = ErrorCode(404, "301", "Abstract product is not found.")
CONCRETE_NOT_FOUND = ErrorCode(404, "302", "Concrete product is not found.")
