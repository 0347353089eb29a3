"""What the plugin contributes: the places and the relationships."""

from __future__ import annotations

from collections.abc import Sequence

from glue_catalog import CatalogReader
from glue_core import ErrorText, Features, OnlyChild, Operation, Relationship, hookimpl
from glue_product_availabilities_api.controller import AvailabilitiesController
from glue_product_availabilities_api.resource import (
    ABSTRACT_AVAILABILITIES,
    ABSTRACT_NOT_FOUND,
    CONCRETE_AVAILABILITIES,
    CONCRETE_NOT_FOUND,
)

GERMAN = (
    (ABSTRACT_NOT_FOUND, "Verfügbarkeit nicht gefunden."),
    (CONCRETE_NOT_FOUND, "Verfügbarkeit nicht gefunden."),
)


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in German; they carry their English words, which may say more."""
    return [ErrorText(error.code or "", {"de": text}) for error, text in GERMAN]


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute the availability below abstract and concrete products."""
    return [child.operation() for child in _children(features)]


@hookimpl
def glue_relationships(features: Features) -> Sequence[Relationship]:
    """Contribute the way from products to their availability."""
    return [child.relationship() for child in _children(features)]


def _children(features: Features) -> Sequence[OnlyChild]:
    controller = AvailabilitiesController(features.get(CatalogReader))
    return [
        OnlyChild(
            "abstract-products",
            ABSTRACT_AVAILABILITIES,
            controller.abstract,
            ABSTRACT_NOT_FOUND,
            description="Whether the product can be bought.",
        ),
        OnlyChild(
            "concrete-products",
            CONCRETE_AVAILABILITIES,
            controller.concrete,
            CONCRETE_NOT_FOUND,
            description="Whether the product can be bought.",
        ),
    ]
