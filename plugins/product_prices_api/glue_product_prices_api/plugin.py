"""What the plugin contributes: the places, the relationships and the choice of currency."""

from __future__ import annotations

from collections.abc import Sequence

from marshmallow import Schema, fields, validate

from glue_catalog import CatalogReader
from glue_core import (
    QUERY,
    Build,
    ErrorText,
    Features,
    OnlyChild,
    Operation,
    Relationship,
    Section,
    Settings,
    Step,
    hookimpl,
)
from glue_product_prices_api.choice import ChoiceSteps, describing
from glue_product_prices_api.controller import PricesController
from glue_product_prices_api.resource import (
    ABSTRACT_NOT_FOUND,
    ABSTRACT_PRICES,
    CONCRETE_NOT_FOUND,
    CONCRETE_PRICES,
    CURRENCY,
    INVALID_CURRENCY,
    INVALID_PRICE_MODE,
    PRICE_MODE,
)
from glue_stores import StoreReader

SECTION = "product_prices_api"
GERMAN = (
    (ABSTRACT_NOT_FOUND, "Preise des abstrakten Produkts nicht gefunden."),
    (CONCRETE_NOT_FOUND, "Preise des konkreten Produkts nicht gefunden."),
    (INVALID_CURRENCY, "Die Währung ist ungültig."),
    (INVALID_PRICE_MODE, "Die Preisart ist ungültig."),
)


class ProductPricesApiSettings(Schema):
    """``[plugins.product_prices_api]``: what prices are by default."""

    price_mode = fields.String(
        load_default="GROSS_MODE",
        validate=validate.OneOf(PRICE_MODE.values or ()),
        metadata={"description": "Price mode of a request that names none."},
    )


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Contribute the settings of prices."""
    return [Section(SECTION, ProductPricesApiSettings)]


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in German; they carry their English words, which may say more."""
    return [ErrorText(error.code or "", {"de": text}) for error, text in GERMAN]


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute the prices below abstract and concrete products."""
    return [child.operation() for child in _children(features)]


@hookimpl
def glue_relationships(features: Features) -> Sequence[Relationship]:
    """Contribute the way from products to their prices."""
    return [child.relationship() for child in _children(features)]


@hookimpl
def glue_request_builders(features: Features, settings: Settings) -> Sequence[Step[Build]]:
    """Contribute the choice of currency and price mode, which every operation checks."""
    default = settings.section(SECTION)["price_mode"]
    steps = ChoiceSteps(features.get(StoreReader), default)
    return [
        Step(
            "currency",
            steps.currency,
            after=("store?",),
            reads=(CURRENCY,),
            describe=describing(CURRENCY, INVALID_CURRENCY),
            only_with=(QUERY,),
            otherwise=steps.default_currency,
        ),
        Step(
            "price-mode",
            steps.price_mode,
            after=("currency",),
            reads=(PRICE_MODE,),
            describe=describing(PRICE_MODE, INVALID_PRICE_MODE),
            only_with=(QUERY,),
            otherwise=steps.default_price_mode,
        ),
    ]


def _children(features: Features) -> Sequence[OnlyChild]:
    controller = PricesController(features.get(CatalogReader))
    return [
        OnlyChild(
            "abstract-products",
            ABSTRACT_PRICES,
            controller.abstract,
            ABSTRACT_NOT_FOUND,
            errors=(INVALID_CURRENCY, INVALID_PRICE_MODE),
            parameters=(CURRENCY, PRICE_MODE),
            description="The prices of the product.",
        ),
        OnlyChild(
            "concrete-products",
            CONCRETE_PRICES,
            controller.concrete,
            CONCRETE_NOT_FOUND,
            errors=(INVALID_CURRENCY, INVALID_PRICE_MODE),
            parameters=(CURRENCY, PRICE_MODE),
            description="The prices of the product.",
        ),
    ]
