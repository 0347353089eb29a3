"""Answers requests for availabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glue_catalog import CatalogReader, Document
from glue_core import GlueRequest
from glue_products_api import market_of


class AvailabilitiesController:
    """Reads the availabilities of products, all that a request needs at once."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def abstract(self, skus: Sequence[str], request: GlueRequest) -> Mapping[str, Document]:
        """Return the availabilities of abstract products, by SKU."""
        return self._reader.abstract_availabilities(skus, market_of(request))

    def concrete(self, skus: Sequence[str], request: GlueRequest) -> Mapping[str, Document]:
        """Return the availabilities of concrete products, by SKU."""
        return self._reader.concrete_availabilities(skus, market_of(request))
