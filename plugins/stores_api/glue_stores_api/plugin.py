"""What the plugin contributes."""

from __future__ import annotations

from collections.abc import Sequence

from marshmallow import Schema, fields, validate

from glue_core import (
    QUERY,
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
from glue_stores_api.controller import StoresController
from glue_stores_api.processor import SECTION, shown_stores
from glue_stores_api.resource import STORE_NOT_FOUND, STORES
from glue_stores_api.steps import (
    READS,
    StoreSteps,
    depends_on_store,
    describe_content_language,
    describe_locale,
)

HOST = r"([a-z0-9._~-]+|\[[0-9a-f:.]+\])\Z"


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
    hosts = fields.Dict(
        keys=fields.String(
            validate=validate.Regexp(HOST, error="This is no host in small letters.")
        ),
        values=fields.String(validate=validate.Length(min=1)),
        load_default=dict,
        metadata={"description": "Host, without a port, to the store of its requests."},
    )
    content_language = fields.String(
        load_default="locale",
        validate=validate.OneOf(("locale", "tag")),
        metadata={
            "description": "How answers say their language: 'locale', such as de_DE, or 'tag', "
            "such as de-DE."
        },
    )


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Contribute the settings of the choice of stores."""
    return [Section(SECTION, StoresApiSettings)]


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the error of an unknown store in German; it carries its English words."""
    return [ErrorText("601", {"de": "Diesen Store gibt es nicht"})]


@hookimpl
def glue_resources(features: Features, settings: Settings) -> Sequence[Operation]:
    """Contribute ``/stores`` and ``/stores/{name}``."""
    controller = StoresController(shown_stores(features, settings))
    return [
        Operation("getCollection", controller.get_collection, "stores", STORES),
        Operation("get", controller.get, "stores", STORES, errors=(STORE_NOT_FOUND,)),
    ]


@hookimpl
def glue_request_builders(features: Features, settings: Settings) -> Sequence[Step[Build]]:
    """Contribute the choice of store and locale."""
    steps = StoreSteps(shown_stores(features, settings))
    return [
        Step(
            "store",
            steps.store,
            reads=READS,
            chooses_store=True,
            describe=steps.describe_store,
            only_with=(QUERY, "store"),
            otherwise=steps.default_store,
        ),
        Step(
            "locale",
            steps.locale,
            after=("store",),
            describe=describe_locale,
            only_with=("accept-language",),
            otherwise=steps.default_locale,
            varies=depends_on_store,
        ),
    ]


@hookimpl
def glue_request_validators(features: Features, settings: Settings) -> Sequence[Step[Validate]]:
    """Contribute the refusal of unknown stores."""
    steps = StoreSteps(shown_stores(features, settings))
    return [Step("store", steps.known, describe=steps.describe_known)]


@hookimpl
def glue_response_formatters(features: Features, settings: Settings) -> Sequence[Step[Format]]:
    """Contribute ``Content-Language``."""
    content_language = settings.section(SECTION)["content_language"]
    steps = StoreSteps(shown_stores(features, settings), content_language)
    return [Step("content-language", steps.content_language, describe=describe_content_language)]
