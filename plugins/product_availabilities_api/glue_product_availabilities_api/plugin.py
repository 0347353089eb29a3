"""What the plugin contributes: the places and the relationships."""

from __future__ import annotations

from collections.abc import Sequence

from glue_catalog import CatalogReader
from glue_core import Features, Operation, Relationship, hookimpl
from glue_product_availabilities_api.controller import (
    AbstractAvailabilitiesController,
    ConcreteAvailabilitiesController,
)
from glue_product_availabilities_api.resource import (
    ABSTRACT_AVAILABILITIES,
    ABSTRACT_NOT_FOUND,
    CONCRETE_AVAILABILITIES,
    CONCRETE_NOT_FOUND,
)


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute the availability below abstract and concrete products."""
    reader = features.get(CatalogReader)
    return [
        Operation(
            "get",
            AbstractAvailabilitiesController(reader).get,
            "abstract-products/abstract-product-availabilities",
            ABSTRACT_AVAILABILITIES,
            singleton=True,
            errors=(ABSTRACT_NOT_FOUND,),
        ),
        Operation(
            "get",
            ConcreteAvailabilitiesController(reader).get,
            "concrete-products/concrete-product-availabilities",
            CONCRETE_AVAILABILITIES,
            singleton=True,
            errors=(CONCRETE_NOT_FOUND,),
        ),
    ]


@hookimpl
def glue_relationships(features: Features) -> Sequence[Relationship]:
    """Contribute the way from products to their availability."""
    reader = features.get(CatalogReader)
    return [
        Relationship(
            "abstract-product-availabilities",
            "abstract-product-availabilities",
            AbstractAvailabilitiesController(reader).related,
            many=False,
            source="abstract-products",
            description="Whether the product can be bought.",
        ),
        Relationship(
            "concrete-product-availabilities",
            "concrete-product-availabilities",
            ConcreteAvailabilitiesController(reader).related,
            many=False,
            source="concrete-products",
            description="Whether the product can be bought.",
        ),
    ]
