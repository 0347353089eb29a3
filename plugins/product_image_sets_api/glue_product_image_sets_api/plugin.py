"""What the plugin contributes: the places and the relationships."""

from __future__ import annotations

from collections.abc import Sequence

from glue_catalog import CatalogReader
from glue_core import ErrorText, Features, OnlyChild, Operation, Relationship, hookimpl
from glue_product_image_sets_api.controller import ImageSetsController
from glue_product_image_sets_api.resource import (
    ABSTRACT_IMAGE_SETS,
    ABSTRACT_NOT_FOUND,
    CONCRETE_IMAGE_SETS,
    CONCRETE_NOT_FOUND,
)

GERMAN = (
    (ABSTRACT_NOT_FOUND, "Bilder des abstrakten Produkts nicht gefunden."),
    (CONCRETE_NOT_FOUND, "Bilder des konkreten Produkts nicht gefunden."),
)


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in German; they carry their English words, which may say more."""
    return [ErrorText(error.code or "", {"de": text}) for error, text in GERMAN]


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute the image sets below abstract and concrete products."""
    return [child.operation() for child in _children(features)]


@hookimpl
def glue_relationships(features: Features) -> Sequence[Relationship]:
    """Contribute the way from products to their image sets."""
    return [child.relationship() for child in _children(features)]


def _children(features: Features) -> Sequence[OnlyChild]:
    controller = ImageSetsController(features.get(CatalogReader))
    return [
        OnlyChild(
            "abstract-products",
            ABSTRACT_IMAGE_SETS,
            controller.abstract,
            ABSTRACT_NOT_FOUND,
            description="The pictures of the product.",
        ),
        OnlyChild(
            "concrete-products",
            CONCRETE_IMAGE_SETS,
            controller.concrete,
            CONCRETE_NOT_FOUND,
            description="The pictures of the product.",
        ),
    ]
