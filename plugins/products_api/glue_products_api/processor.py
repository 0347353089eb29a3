"""From what a request asks to what the catalog is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from glue_catalog import CatalogReader, Document, ProductQuery, SortKey
from glue_core import GlueRequest, GlueResource
from glue_products_api.market import market_of


def query_of(request: GlueRequest) -> ProductQuery:
    """Return the query that the filters, the order and the page of a request make."""
    page = request.pagination
    query = ProductQuery(
        filters=tuple((each.field, each.value) for each in request.filters),
        sorts=tuple(SortKey(each.field, each.is_ascending) for each in request.sortings),
    )
    if page is None:
        return query
    return ProductQuery(query.filters, query.sorts, page.offset, page.limit)


class Variants:
    """Relates abstract products to their variants and back, all of a level with one read."""

    def __init__(self, reader: CatalogReader) -> None:
        self._reader = reader

    def concrete(
        self, resources: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, Sequence[Document]]:
        """Return the concrete products of abstract ones by SKU, in the catalog's order."""
        market = market_of(request)
        owners = _shown(resources)
        unread = [each.id for each in resources if each.id is not None and each.id not in owners]
        if unread:
            owners.update(self._reader.abstract_products(unread, market))
        wanted = {sku: tuple(owner["concrete_skus"]) for sku, owner in owners.items()}
        found = self._reader.concrete_products(_each_once(wanted.values()), market)
        return {
            sku: [found[each] for each in skus if each in found] for sku, skus in wanted.items()
        }

    def abstract(
        self, resources: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, Document | None]:
        """Return the abstract products of concrete ones by SKU."""
        market = market_of(request)
        parts = _shown(resources)
        unread = [each.id for each in resources if each.id is not None and each.id not in parts]
        if unread:
            parts.update(self._reader.concrete_products(unread, market))
        wanted = {sku: str(part["product_abstract_sku"]) for sku, part in parts.items()}
        found = self._reader.abstract_products(_each_once([wanted.values()]), market)
        return {sku: found.get(owner) for sku, owner in wanted.items()}


def _shown(resources: Sequence[GlueResource]) -> dict[str, Document]:
    """Return the documents of resources that have one; others come as a type and an id only."""
    return {
        each.id: each.attributes
        for each in resources
        if each.id is not None and isinstance(each.attributes, Mapping)
    }


def _each_once(groups: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(sku for group in groups for sku in group))
