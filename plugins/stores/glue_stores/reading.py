"""Reading published stores."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from glue_core import Storage
from glue_stores import Country, Currency, Region, Store

KEY = "stores:v2:all"
"""Key of the one document that holds all stores; they are few, and always read together."""

KEPT_SECONDS = 1.0


class StorageStoreReader:
    """Reads stores from the storage, and keeps what it read for a second; see `StoreReader`.

    It is shared by threads: one of them reads again, the others wait for it.
    """

    def __init__(self, storage: Storage, clock: Callable[[], float] = time.monotonic) -> None:
        """Remember where to read.

        Args:
            storage: Where the stores are published.
            clock: Seconds that only grow.
        """
        self._storage = storage
        self._clock = clock
        self._lock = threading.Lock()
        # Until when it counts, the stores by name, and all of them.
        self._kept: tuple[float, dict[str, Store], tuple[Store, ...]] | None = None

    def stores(self) -> Sequence[Store]:
        """Return every store, by name."""
        kept = self._kept
        if kept is None or self._clock() >= kept[0]:
            kept = self._read()
        return kept[2]

    def store(self, name: str) -> Store | None:
        """Return the store with this name, or None."""
        kept = self._kept
        if kept is None or self._clock() >= kept[0]:
            kept = self._read()
        return kept[1].get(name)

    def _read(self) -> tuple[float, dict[str, Store], tuple[Store, ...]]:
        with self._lock:
            now = self._clock()
            if self._kept is None or now >= self._kept[0]:
                document = self._storage.get(KEY) or {}
                stores = {each["name"]: _store(each) for each in document.get("stores", ())}
                self._kept = (now + KEPT_SECONDS, stores, tuple(stores.values()))
            return self._kept


def _store(document: Mapping[str, Any]) -> Store:
    return Store(
        name=document["name"],
        time_zone=document["time_zone"],
        default_currency=document["default_currency"],
        default_locale=document["default_locale"],
        currencies=tuple(Currency(**each) for each in document["currencies"]),
        locales=tuple(document["locales"]),
        countries=tuple(_country(each) for each in document["countries"]),
    )


def _country(document: Mapping[str, Any]) -> Country:
    regions = tuple(Region(**each) for each in document["regions"])
    return Country(**{**document, "regions": regions})
