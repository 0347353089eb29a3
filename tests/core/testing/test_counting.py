"""Reads counted where features meet services."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from glue_core import SearchIndex, SearchQuery
from glue_core.testing import Deployment, counted


def test_calls_are_counted_by_method(glue_deployment: Callable[..., Deployment]) -> None:
    """Each call counts once, however many keys it names, and after the block none does."""
    services = glue_deployment().services
    held = services.storage
    with counted(services) as counts:
        held.put_many({"a": {"x": 1}, "b": {"x": 2}})
        held.get("a")
        services.storage.get_many(["a", "b"])
        services.search.find(SearchIndex("i", {"name": "keyword"}), SearchQuery())
    held.get("a")

    assert (counts.reads, counts.writes) == (3, 1)
    assert counts.by_method == {
        "storage.put_many": 1,
        "storage.get": 1,
        "storage.get_many": 1,
        "search.find": 1,
    }


def test_counts_begin_anew(glue_deployment: Callable[..., Deployment]) -> None:
    """Counting may begin anew within the block."""
    services = glue_deployment().services
    with counted(services, "storage") as counts:
        services.storage.get("a")
        counts.reset()
        services.storage.get("a")

    assert counts.reads == 1


def test_object_with_slots_is_told(glue_deployment: Callable[..., Deployment]) -> None:
    """A service that cannot be made to count is an error, not a zero."""

    class Slotted:
        __slots__ = ()

        def get(self, key: str) -> None: ...

        def close(self) -> None: ...

    services = glue_deployment().services
    services.replace("storage", Slotted())

    with pytest.raises(TypeError, match="Slotted has slots"), counted(services, "storage"):
        pass
