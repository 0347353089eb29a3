"""Answers requests for products."""

from __future__ import annotations

from glue_catalog import CatalogReader
from glue_core import GlueRequest, GlueResponse, NotFound, Pagination
from glue_products_api.market import market_of
from glue_products_api.processor import query_of
from glue_products_api.resource import ABSTRACT_NOT_FOUND, CONCRETE_NOT_FOUND


class AbstractProductsController:
    """Answers requests for abstract products."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the abstract product whose SKU is the id in the path."""
        sku = request.resource.id or ""
        product = self._reader.abstract_products([sku], market_of(request)).get(sku)
        if product is None:
            raise NotFound(ABSTRACT_NOT_FOUND.code, ABSTRACT_NOT_FOUND.message)
        return GlueResponse.of(product)

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return a page of the abstract products of the store."""
        query = query_of(request)
        found = self._reader.find_abstract_products(query, market_of(request))
        return GlueResponse.page(found.products, Pagination(query.offset, query.limit, found.total))


class ConcreteProductsController:
    """Answers requests for concrete products."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the concrete product whose SKU is the id in the path."""
        sku = request.resource.id or ""
        product = self._reader.concrete_products([sku], market_of(request)).get(sku)
        if product is None:
            raise NotFound(CONCRETE_NOT_FOUND.code, CONCRETE_NOT_FOUND.message)
        return GlueResponse.of(product)

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return a page of the concrete products of the store."""
        query = query_of(request)
        found = self._reader.find_concrete_products(query, market_of(request))
        return GlueResponse.page(found.products, Pagination(query.offset, query.limit, found.total))
