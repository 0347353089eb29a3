"""Publishing stores to the storage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from glue_core import Event, Storage, Work
from glue_stores import Store, StoreRegister
from glue_stores.reading import KEY


class StorePublisher:
    """Writes the document of all stores; whichever of them changed, it is written as a whole."""

    def __init__(self, register: StoreRegister, storage: Storage) -> None:
        self._register = register
        self._storage = storage

    def handle(self, _events: Sequence[Event], work: Work) -> None:
        """Publish the stores as they stand."""
        stores = [_document(store) for store in self._register.stores(work)]
        self._storage.put_many({KEY: {"stores": stores}})

    def keys(self, work: Work) -> Iterator[str]:
        """Yield the names of all stores."""
        yield from sorted(self._register.names(work))


def _document(store: Store) -> dict[str, object]:
    return {
        **asdict(store),
        "currencies": [asdict(each) for each in store.currencies],
        "locales": list(store.locales),
        "countries": [asdict(each) for each in store.countries],
    }
