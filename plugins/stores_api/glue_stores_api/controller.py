"""Answers requests for stores."""

from __future__ import annotations

from glue_core import GlueRequest, GlueResponse, NotFound
from glue_stores_api.processor import ShownStores, shown
from glue_stores_api.resource import STORE_NOT_FOUND


class StoresController:
    """Answers requests for stores."""

    def __init__(self, stores: ShownStores) -> None:
        self._stores = stores

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the store whose name is the id in the path."""
        store = self._stores.named(request.resource.id or "", request.store)
        if store is None:
            raise NotFound(STORE_NOT_FOUND.code, STORE_NOT_FOUND.message)
        return GlueResponse.of(shown(store))

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return every store, by name; where stores are fixed, that of the request alone."""
        return GlueResponse.page(shown(store) for store in self._stores.shown(request.store))
