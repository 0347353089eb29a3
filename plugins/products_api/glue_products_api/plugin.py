"""What the plugin contributes: the places and the relationships between products."""

from __future__ import annotations

from collections.abc import Sequence

from glue_catalog import CatalogReader
from glue_core import ErrorText, Features, Operation, PageRules, Relationship, hookimpl
from glue_products_api.controller import AbstractProductsController, ConcreteProductsController
from glue_products_api.processor import Variants
from glue_products_api.resource import (
    ABSTRACT_NOT_FOUND,
    ABSTRACT_PRODUCTS,
    CONCRETE_NOT_FOUND,
    CONCRETE_PRODUCTS,
)

PAGE = PageRules(default=10, maximum=100)
FINDABLE = ("sku", "name")

GERMAN = (
    (ABSTRACT_NOT_FOUND, "Abstraktes Produkt nicht gefunden."),
    (CONCRETE_NOT_FOUND, "Konkretes Produkt nicht gefunden."),
)


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in German; they carry their English words, which may say more."""
    return [ErrorText(error.code or "", {"de": text}) for error, text in GERMAN]


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute ``/abstract-products`` and ``/concrete-products``, each with and without a SKU."""
    reader = features.get(CatalogReader)
    abstract = AbstractProductsController(reader)
    concrete = ConcreteProductsController(reader)
    return [
        Operation(
            "getCollection",
            abstract.get_collection,
            "abstract-products",
            ABSTRACT_PRODUCTS,
            filters=FINDABLE,
            sorts=FINDABLE,
            page=PAGE,
        ),
        Operation(
            "get",
            abstract.get,
            "abstract-products",
            ABSTRACT_PRODUCTS,
            errors=(ABSTRACT_NOT_FOUND,),
        ),
        Operation(
            "getCollection",
            concrete.get_collection,
            "concrete-products",
            CONCRETE_PRODUCTS,
            filters=FINDABLE,
            sorts=FINDABLE,
            page=PAGE,
        ),
        Operation(
            "get",
            concrete.get,
            "concrete-products",
            CONCRETE_PRODUCTS,
            errors=(CONCRETE_NOT_FOUND,),
        ),
    ]


@hookimpl
def glue_relationships(features: Features) -> Sequence[Relationship]:
    """Contribute the way from a product to its variants and back."""
    variants = Variants(features.get(CatalogReader))
    return [
        Relationship(
            "concrete-products",
            "concrete-products",
            variants.concrete,
            source="abstract-products",
            description="The variants of the product, in order.",
        ),
        Relationship(
            "abstract-products",
            "abstract-products",
            variants.abstract,
            many=False,
            source="concrete-products",
            description="The product that this is a variant of.",
        ),
    ]
