"""Answers requests for prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glue_catalog import CatalogReader, Document
from glue_core import GlueRequest
from glue_product_prices_api.choice import currency_of, price_mode_of
from glue_products_api import market_of


class PricesController:
    """Reads the prices of products, all that a request needs at once."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def abstract(self, skus: Sequence[str], request: GlueRequest) -> Mapping[str, Document]:
        """Return the prices of abstract products, by SKU."""
        return self._reader.abstract_prices(
            skus, market_of(request), currency_of(request), price_mode_of(request)
        )

    def concrete(self, skus: Sequence[str], request: GlueRequest) -> Mapping[str, Document]:
        """Return the prices of concrete products, by SKU."""
        return self._reader.concrete_prices(
            skus, market_of(request), currency_of(request), price_mode_of(request)
        )
