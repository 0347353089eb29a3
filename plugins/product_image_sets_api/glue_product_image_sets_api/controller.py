"""Answers requests for image sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glue_catalog import CatalogReader, Document
from glue_core import GlueRequest, GlueResource, GlueResponse, NotFound
from glue_product_image_sets_api.resource import ABSTRACT_NOT_FOUND, CONCRETE_NOT_FOUND
from glue_products_api import market_of


class AbstractImageSetsController:
    """Answers requests for the image sets of abstract products."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the image sets of the abstract product in the path."""
        sku = request.parent_resources["abstract-products"].id or ""
        found = self._reader.abstract_image_sets([sku], market_of(request)).get(sku)
        if found is None:
            raise NotFound(ABSTRACT_NOT_FOUND.code, ABSTRACT_NOT_FOUND.message)
        return GlueResponse.of(found)

    def related(
        self, resources: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, Document]:
        """Return the image sets of abstract products by SKU, with one read."""
        skus = [each.id for each in resources if each.id is not None]
        return self._reader.abstract_image_sets(skus, market_of(request))


class ConcreteImageSetsController:
    """Answers requests for the image sets of concrete products."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the image sets of the concrete product in the path."""
        sku = request.parent_resources["concrete-products"].id or ""
        found = self._reader.concrete_image_sets([sku], market_of(request)).get(sku)
        if found is None:
            raise NotFound(CONCRETE_NOT_FOUND.code, CONCRETE_NOT_FOUND.message)
        return GlueResponse.of(found)

    def related(
        self, resources: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, Document]:
        """Return the image sets of concrete products by SKU, with one read."""
        skus = [each.id for each in resources if each.id is not None]
        return self._reader.concrete_image_sets(skus, market_of(request))
