"""Reading published stores: at most a second old, with few reads."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

import pytest

from glue_core.services.sqlite_storage import SqliteStorage
from glue_stores.reading import KEY, StorageStoreReader


class CountingStorage(SqliteStorage):
    """A storage of one document that counts how often it is read; nothing is ever opened."""

    def __init__(self) -> None:
        super().__init__("sqlite://")
        self.document: dict[str, Any] = {"stores": [_document("DE")]}
        self.reads = 0

    def get(self, key: str) -> Mapping[str, Any] | None:
        self.reads += 1
        return self.document if key == KEY else None


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def _document(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "time_zone": None,
        "default_currency": "EUR",
        "default_locale": "de_DE",
        "currencies": [{"code": "EUR", "name": "Euro", "symbol": "€"}],
        "locales": ["de_DE"],
        "countries": [],
    }


@pytest.fixture
def storage() -> CountingStorage:
    """A storage with one store."""
    return CountingStorage()


@pytest.fixture
def clock() -> Clock:
    """A clock at 0."""
    return Clock()


def test_reads_within_a_second_are_one(storage: CountingStorage, clock: Clock) -> None:
    """What was read is kept for less than a second."""
    reader = StorageStoreReader(storage, clock)
    reader.stores()
    clock.now = 0.99
    reader.store("DE")

    assert storage.reads == 1


def test_change_shows_after_a_second(storage: CountingStorage, clock: Clock) -> None:
    """After a second the storage is asked again."""
    reader = StorageStoreReader(storage, clock)
    reader.stores()
    storage.document = {"stores": [_document("AT")]}
    clock.now = 1.0

    assert [store.name for store in reader.stores()] == ["AT"]


def test_threads_share_one_read(storage: CountingStorage, clock: Clock) -> None:
    """Threads that come at once wait for one read."""
    reader = StorageStoreReader(storage, clock)
    barrier = threading.Barrier(8)

    def read() -> None:
        barrier.wait()
        reader.stores()

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert storage.reads == 1


def test_without_a_document_there_are_no_stores(storage: CountingStorage, clock: Clock) -> None:
    """Before anything is published there is no store, and no error."""
    storage.document = {}

    assert StorageStoreReader(storage, clock).store("DE") is None
