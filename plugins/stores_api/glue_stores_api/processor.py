"""The stores that the application shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from glue_core import Features, Settings
from glue_stores import Store, StoreReader

SECTION = "stores_api"


class ShownStores:
    """The stores that there are for clients, and the one of a request that names none.

    Stores are fixed where a setting says which one a request is for, and dynamic where requests
    choose among all. What is fixed shows itself alone.

    Attributes:
        find: Returns the store that a request may be for, or None.
    """

    def __init__(
        self,
        reader: StoreReader,
        default: str | None = None,
        fixed: str | None = None,
        hosts: Mapping[str, str] | None = None,
    ) -> None:
        """Choose what is shown.

        Args:
            reader: Reads all stores.
            default: Name of the store of a request that names none; None for the first by name.
            fixed: Name of the only store there is for clients, or None for all.
            hosts: Host in lower case to the name of the store of its requests.
        """
        self._reader = reader
        self._default = fixed or default
        self._fixed = fixed
        self._hosts = {} if fixed is not None else dict(hosts or {})
        self.find: Callable[[str], Store | None] = (
            reader.store if fixed is None else self._fixed_one
        )

    @property
    def are_fixed(self) -> bool:
        """Whether a setting says which store a request is for."""
        return self._fixed is not None or bool(self._hosts)

    def shown(self, current: str | None) -> Sequence[Store]:
        """Return the stores that a request lists, by name.

        Args:
            current: Name of the store of the request, or None where it has none.
        """
        if not self.are_fixed:
            return self._reader.stores()
        store = None if current is None else self.find(current)
        return () if store is None else (store,)

    def named(self, name: str, current: str | None) -> Store | None:
        """Return the store with a name if the request lists it; see `shown`."""
        return None if self.are_fixed and name != current else self.find(name)

    def _fixed_one(self, name: str) -> Store | None:
        return self._reader.store(name) if name == self._fixed else None

    def default(self, host: str) -> tuple[str | None, Store | None]:
        """Return the name of the store of a request that names none, and the store.

        No name means that nothing is published yet, and that no setting names a store; no store
        that there is none with the name.
        """
        name = self._hosts.get(host, self._default)
        if name is not None:
            return name, self.find(name)
        stores = self._reader.stores()
        return (stores[0].name, stores[0]) if stores else (None, None)


def shown_stores(features: Features, settings: Settings) -> ShownStores:
    """Return the stores that the settings of this plugin show."""
    section = settings.section(SECTION)
    return ShownStores(
        features.get(StoreReader), section["store"], section["fixed_store"], section["hosts"]
    )


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
