"""Answers requests for image sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glue_catalog import CatalogReader, Document
from glue_core import GlueRequest
from glue_products_api import market_of


class ImageSetsController:
    """Reads the image sets of products, all that a request needs at once."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def abstract(self, skus: Sequence[str], request: GlueRequest) -> Mapping[str, Document]:
        """Return the image sets of abstract products, by SKU."""
        return self._reader.abstract_image_sets(skus, market_of(request))

    def concrete(self, skus: Sequence[str], request: GlueRequest) -> Mapping[str, Document]:
        """Return the image sets of concrete products, by SKU."""
        return self._reader.concrete_image_sets(skus, market_of(request))
