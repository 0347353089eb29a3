"""What the plugin contributes."""

from __future__ import annotations

from collections.abc import Sequence

from marshmallow import Schema, fields, validate

from glue_core import (
    Build,
    ErrorText,
    Features,
    Format,
    Operation,
    Section,
    Settings,
    Step,
    Validate,
    hookimpl,
)
from glue_stores import StoreReader
from glue_stores_api.controller import StoresController
from glue_stores_api.processor import ShownStores
from glue_stores_api.resource import STORE_NOT_FOUND, STORES
from glue_stores_api.steps import READS, StoreSteps

SECTION = "stores_api"


class StoresApiSettings(Schema):
    """``[plugins.stores_api]``: which stores there are for clients."""

    store = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1),
        metadata={"description": "Store of a request that names none; the first by name if unset."},
    )
    fixed_store = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1),
        metadata={"description": "The only store there is for clients; all stores if unset."},
    )


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Contribute the settings of the choice of stores."""
    return [Section(SECTION, StoresApiSettings)]


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the error of an unknown store."""
    german = "Diesen Store gibt es nicht"
    return [ErrorText("601", {"en": STORE_NOT_FOUND.message, "de": german})]


@hookimpl
def glue_resources(features: Features, settings: Settings) -> Sequence[Operation]:
    """Contribute ``/stores`` and ``/stores/{name}``."""
    controller = StoresController(_stores(features, settings))
    return [
        Operation("getCollection", controller.get_collection, "stores", STORES),
        Operation("get", controller.get, "stores", STORES, errors=(STORE_NOT_FOUND,)),
    ]


@hookimpl
def glue_request_builders(features: Features, settings: Settings) -> Sequence[Step[Build]]:
    """Contribute the choice of store and locale."""
    steps = StoreSteps(_stores(features, settings))
    return [
        Step("store", steps.store, reads=READS, chooses_store=True),
        Step("locale", steps.locale, after=("store",)),
    ]


@hookimpl
def glue_request_validators(features: Features, settings: Settings) -> Sequence[Step[Validate]]:
    """Contribute the refusal of unknown stores."""
    return [Step("store", StoreSteps(_stores(features, settings)).known)]


@hookimpl
def glue_response_formatters(features: Features, settings: Settings) -> Sequence[Step[Format]]:
    """Contribute ``Content-Language`` and ``Vary``."""
    return [Step("content-language", StoreSteps(_stores(features, settings)).content_language)]


def _stores(features: Features, settings: Settings) -> ShownStores:
    section = settings.section(SECTION)
    return ShownStores(features.get(StoreReader), section["store"], section["fixed_store"])
