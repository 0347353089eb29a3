"""Reading the published catalog: what it costs, and what it leaves out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from glue_catalog import CatalogReader, ProductQuery
from glue_catalog.reading import PublishedCatalogReader
from glue_stores import Market

DE = Market("DE", "de_DE")
SKUS = ("001", "001_1", "001_2", "unknown")

Read = Callable[[CatalogReader, Sequence[str]], object]


class Counting:
    """Passes calls on and notes their names."""

    def __init__(self, service: Any, calls: list[str]) -> None:
        self._service = service
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        self._calls.append(name)
        return getattr(self._service, name)


READS: dict[str, Read] = {
    "abstract_products": lambda reader, skus: reader.abstract_products(skus, DE),
    "concrete_products": lambda reader, skus: reader.concrete_products(skus, DE),
    "abstract_prices": lambda r, skus: r.abstract_prices(skus, DE, "EUR", "GROSS_MODE"),
    "concrete_prices": lambda r, skus: r.concrete_prices(skus, DE, "EUR", "NET_MODE"),
    "abstract_availabilities": lambda r, skus: r.abstract_availabilities(skus, DE),
    "concrete_availabilities": lambda r, skus: r.concrete_availabilities(skus, DE),
    "abstract_image_sets": lambda reader, skus: reader.abstract_image_sets(skus, DE),
    "concrete_image_sets": lambda reader, skus: reader.concrete_image_sets(skus, DE),
}


@pytest.mark.parametrize("name", READS)
def test_every_method_makes_one_read(shop: Any, name: str) -> None:
    """A method reads the storage once, however many SKUs it is asked for."""
    shop.publish()
    calls: list[str] = []
    reader = PublishedCatalogReader(
        Counting(shop.services.storage, calls), Counting(shop.services.search, calls)
    )
    READS[name](reader, SKUS)

    assert calls == ["get_many"]


def test_finding_asks_the_search_and_reads_once(shop: Any) -> None:
    """A list costs one question and one read."""
    shop.publish()
    calls: list[str] = []
    reader = PublishedCatalogReader(
        Counting(shop.services.storage, calls), Counting(shop.services.search, calls)
    )
    reader.find_concrete_products(ProductQuery(), DE)

    assert calls == ["find", "get_many"]


def test_nothing_asked_reads_nothing(shop: Any) -> None:
    """Without SKUs there is nothing to read."""
    calls: list[str] = []
    reader = PublishedCatalogReader(Counting(None, calls), Counting(None, calls))

    assert reader.abstract_products([], DE) == {}


def test_unknown_sku_is_left_out(shop: Any) -> None:
    """Only what is known comes back, in the order of the SKUs."""
    shop.publish()

    assert list(shop.reader.concrete_products(["001_2", "unknown", "001_1"], DE)) == [
        "001_2",
        "001_1",
    ]
