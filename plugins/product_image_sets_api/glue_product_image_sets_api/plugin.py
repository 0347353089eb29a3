"""What the plugin contributes: the places and the relationships."""

from __future__ import annotations

from collections.abc import Sequence

from glue_catalog import CatalogReader
from glue_core import Features, Operation, Relationship, hookimpl
from glue_product_image_sets_api.controller import (
    AbstractImageSetsController,
    ConcreteImageSetsController,
)
from glue_product_image_sets_api.resource import (
    ABSTRACT_IMAGE_SETS,
    ABSTRACT_NOT_FOUND,
    CONCRETE_IMAGE_SETS,
    CONCRETE_NOT_FOUND,
)


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute the image sets below abstract and concrete products."""
    reader = features.get(CatalogReader)
    return [
        Operation(
            "get",
            AbstractImageSetsController(reader).get,
            "abstract-products/abstract-product-image-sets",
            ABSTRACT_IMAGE_SETS,
            singleton=True,
            errors=(ABSTRACT_NOT_FOUND,),
        ),
        Operation(
            "get",
            ConcreteImageSetsController(reader).get,
            "concrete-products/concrete-product-image-sets",
            CONCRETE_IMAGE_SETS,
            singleton=True,
            errors=(CONCRETE_NOT_FOUND,),
        ),
    ]


@hookimpl
def glue_relationships(features: Features) -> Sequence[Relationship]:
    """Contribute the way from products to their image sets."""
    reader = features.get(CatalogReader)
    return [
        Relationship(
            "abstract-product-image-sets",
            "abstract-product-image-sets",
            AbstractImageSetsController(reader).related,
            many=False,
            source="abstract-products",
            description="The pictures of the product.",
        ),
        Relationship(
            "concrete-product-image-sets",
            "concrete-product-image-sets",
            ConcreteImageSetsController(reader).related,
            many=False,
            source="concrete-products",
            description="The pictures of the product.",
        ),
    ]
