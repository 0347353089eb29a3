"""Answers requests for stores."""

from __future__ import annotations

from glue_core import GlueRequest, GlueResponse, NotFound
from glue_legacy_stores_api.processor import shown
from glue_legacy_stores_api.resource import STORE_NOT_FOUND
from glue_stores import Store
from glue_stores_api import ShownStores


class StoresController:
    """Answers requests for stores."""

    def __init__(self, stores: ShownStores) -> None:
        self._stores = stores

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the store whose name is the id in the path."""
        store = self._stores.named(request.resource.id or "", request.store)
        if store is None:
            raise NotFound(STORE_NOT_FOUND.code, STORE_NOT_FOUND.message)
        return GlueResponse.of(shown(store, self._current(request, store)))

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return every store, by name; where stores are fixed, that of the request alone."""
        stores = self._stores.shown(request.store)
        return GlueResponse.page(shown(each, self._current(request, each)) for each in stores)

    def _current(self, request: GlueRequest, store: Store) -> Store:
        """Return the store of the request; a request without one has that which it shows."""
        current = self._stores.find(request.store) if request.store is not None else None
        return store if current is None else current
