"""Answers requests for abstract products of the back office."""

from __future__ import annotations

from glue_catalog import ProductEditor
from glue_core import GlueRequest, GlueResponse, NotFound, Pagination
from glue_products_backend_api.processor import changes_of, check_sku, query_of, shown, told
from glue_products_backend_api.resource import NOT_FOUND


class ProductsController:
    """Answers requests for abstract products; a write is in the unit of work of the request."""

    def __init__(self, editor: ProductEditor) -> None:
        self._editor = editor

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the product whose SKU is the id in the path."""
        sku = request.resource.id or ""
        record = self._editor.find([sku], request.work).get(sku)
        if record is None:
            raise NotFound(NOT_FOUND.code, NOT_FOUND.message)
        return GlueResponse.of(shown(record, request.locale))

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return a page of the products."""
        query = query_of(request)
        found = self._editor.page(query, request.work)
        products = [shown(record, request.locale) for record in found.records]
        return GlueResponse.page(products, Pagination(query.offset, query.limit, found.total))

    def post(self, request: GlueRequest) -> GlueResponse:
        """Write a new product."""
        sku = request.attributes["product_abstract_sku"]
        with told(request):
            record = self._editor.create(sku, changes_of(request.attributes), request.work)
        return GlueResponse.of(shown(record, request.locale))

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Change what the body names of a product."""
        check_sku(request)
        sku = request.resource.id or ""
        with told(request):
            record = self._editor.change(sku, changes_of(request.attributes), request.work)
        return GlueResponse.of(shown(record, request.locale))
