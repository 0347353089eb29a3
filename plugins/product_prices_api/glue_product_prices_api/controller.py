"""Answers requests for prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glue_catalog import CatalogReader, Document
from glue_core import GlueRequest, GlueResource, GlueResponse, NotFound
from glue_product_prices_api.choice import currency_of, price_mode_of
from glue_product_prices_api.resource import ABSTRACT_NOT_FOUND, CONCRETE_NOT_FOUND
from glue_products_api import market_of


class AbstractPricesController:
    """Answers requests for the prices of abstract products."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the prices of the abstract product in the path."""
        sku = request.parent_resources["abstract-products"].id or ""
        prices = self._load([sku], request).get(sku)
        if prices is None:
            raise NotFound(ABSTRACT_NOT_FOUND.code, ABSTRACT_NOT_FOUND.message)
        return GlueResponse.of(prices)

    def related(
        self, resources: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, Document]:
        """Return the prices of abstract products by SKU, with one read."""
        return self._load([each.id for each in resources if each.id is not None], request)

    def _load(self, skus: Sequence[str], request: GlueRequest) -> dict[str, Document]:
        return self._reader.abstract_prices(
            skus, market_of(request), currency_of(request), price_mode_of(request)
        )


class ConcretePricesController:
    """Answers requests for the prices of concrete products."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the prices of the concrete product in the path."""
        sku = request.parent_resources["concrete-products"].id or ""
        prices = self._load([sku], request).get(sku)
        if prices is None:
            raise NotFound(CONCRETE_NOT_FOUND.code, CONCRETE_NOT_FOUND.message)
        return GlueResponse.of(prices)

    def related(
        self, resources: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, Document]:
        """Return the prices of concrete products by SKU, with one read."""
        return self._load([each.id for each in resources if each.id is not None], request)

    def _load(self, skus: Sequence[str], request: GlueRequest) -> dict[str, Document]:
        return self._reader.concrete_prices(
            skus, market_of(request), currency_of(request), price_mode_of(request)
        )
