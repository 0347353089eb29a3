"""The stores that the application shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glue_stores import Store, StoreReader


class ShownStores:
    """The stores of the deployment, or the one that the settings fix."""

    def __init__(self, reader: StoreReader, default: str | None, fixed: str | None) -> None:
        """Choose what is shown.

        Args:
            reader: Reads all stores.
            default: Name of the store of a request that names none; None for the first by name.
            fixed: Name of the only store there is for clients, or None for all.
        """
        self._reader = reader
        self._default = fixed or default
        self._fixed = fixed

    def all(self) -> Sequence[Store]:
        """Return the stores, by name."""
        if self._fixed is None:
            return self._reader.stores()
        store = self._reader.store(self._fixed)
        return () if store is None else (store,)

    def find(self, name: str) -> Store | None:
        """Return the store with this name, or None."""
        if self._fixed is not None and name != self._fixed:
            return None
        return self._reader.store(name)

    def default_name(self) -> str | None:
        """Return the name of the store of a request that names none.

        None means that nothing is published yet, and that no setting names a store.
        """
        if self._default is not None:
            return self._default
        stores = self._reader.stores()
        return stores[0].name if stores else None


def shown(store: Store) -> dict[str, Any]:
    """Return a store as its schema reads it."""
    return {
        "name": store.name,
        "default_currency": store.default_currency,
        "default_locale": store.default_locale,
        "currencies": store.currencies,
        "locales": [{"name": name} for name in store.locales],
        "countries": store.countries,
    }
