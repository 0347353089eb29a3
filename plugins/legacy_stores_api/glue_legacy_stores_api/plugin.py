"""What the plugin contributes."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import PUBLIC, Features, Operation, Settings, hookimpl
from glue_legacy_stores_api.controller import StoresController
from glue_legacy_stores_api.resource import FIXED_STORES, STORE_NOT_FOUND, STORES
from glue_stores_api import shown_stores


@hookimpl
def glue_resources(features: Features, settings: Settings) -> Sequence[Operation]:
    """Contribute ``/stores`` and ``/stores/{name}``."""
    stores = shown_stores(features, settings)
    resource = FIXED_STORES if stores.are_fixed else STORES
    controller = StoresController(stores)
    return [
        Operation(
            "getCollection", controller.get_collection, "stores", resource, protection=PUBLIC
        ),
        Operation(
            "get",
            controller.get,
            "stores",
            resource,
            errors=(STORE_NOT_FOUND,),
            protection=PUBLIC,
        ),
    ]
