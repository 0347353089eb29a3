"""The addresses of products: which there are, and which of them show something."""

from __future__ import annotations

from collections.abc import Sequence

from glue_catalog import CatalogReader
from glue_core import Event, Work
from glue_stores import Market
from glue_urls import UrlRegister

ABSTRACT_PRODUCTS = "abstract-products"
"""Type of what a product's address leads to."""


class ShownProducts:
    """Says which abstract products are visible; see `UrlTargets`."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def shows(self, entity_id: str, market: Market) -> bool:
        """Say whether a product is published in a store and locale."""
        return entity_id in self._reader.abstract_products([entity_id], market)


class ProductUrlPublisher:
    """Tells the register of addresses where products are, as it stands."""

    def __init__(self, register: UrlRegister) -> None:
        self._register = register

    def handle(self, events: Sequence[Event], work: Work) -> None:
        """Assign the addresses of abstract products by SKU; one that is gone has none."""
        from glue_catalog.products import read_urls

        skus = [event.key for event in events]
        self._register.assign(ABSTRACT_PRODUCTS, read_urls(skus, work), work)
