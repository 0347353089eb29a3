"""Reading the published catalog."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glue_catalog import Document, PriceMode, ProductPage, ProductQuery, keys
from glue_core import Condition, Order, Search, SearchIndex, SearchQuery, Storage
from glue_stores import Market

NO_PRICES: Document = {"price": None, "prices": []}


class PublishedCatalogReader:
    """Reads the catalog from storage and search; see `CatalogReader`."""

    def __init__(self, storage: Storage, search: Search) -> None:
        self._storage = storage
        self._search = search

    def abstract_products(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return abstract products by SKU."""
        return self._in_market(keys.ABSTRACT_PRODUCT, skus, market)

    def concrete_products(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return concrete products by SKU."""
        return self._in_market(keys.CONCRETE_PRODUCT, skus, market)

    def find_abstract_products(self, query: ProductQuery, market: Market) -> ProductPage:
        """Return a part of the list of abstract products."""
        return self._find(keys.ABSTRACT_INDEX, keys.ABSTRACT_PRODUCT, query, market)

    def find_concrete_products(self, query: ProductQuery, market: Market) -> ProductPage:
        """Return a part of the list of concrete products."""
        return self._find(keys.CONCRETE_INDEX, keys.CONCRETE_PRODUCT, query, market)

    def abstract_prices(
        self, skus: Sequence[str], market: Market, currency: str, mode: PriceMode
    ) -> dict[str, Document]:
        """Return the prices of abstract products by SKU, in one currency and mode."""
        found = self._in_store(keys.ABSTRACT_PRICES, skus, market)
        return {sku: _chosen(each, currency, mode) for sku, each in found.items()}

    def concrete_prices(
        self, skus: Sequence[str], market: Market, currency: str, mode: PriceMode
    ) -> dict[str, Document]:
        """Return the prices of concrete products by SKU; missing ones are the abstract ones."""
        found = self._in_store(keys.CONCRETE_PRICES, skus, market)
        return {sku: _chosen(each, currency, mode) for sku, each in found.items()}

    def abstract_availabilities(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the availabilities of abstract products by SKU."""
        return self._in_store(keys.ABSTRACT_AVAILABILITY, skus, market)

    def concrete_availabilities(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the availabilities of concrete products by SKU."""
        return self._in_store(keys.CONCRETE_AVAILABILITY, skus, market)

    def abstract_image_sets(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the image sets of abstract products by SKU."""
        return self._in_market(keys.ABSTRACT_IMAGE_SETS, skus, market)

    def concrete_image_sets(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the image sets of concrete products by SKU, or else of the abstract ones."""
        return self._in_market(keys.CONCRETE_IMAGE_SETS, skus, market)

    def _in_market(self, kind: str, skus: Sequence[str], market: Market) -> dict[str, Document]:
        return self._get(skus, lambda sku: keys.in_market(kind, market, sku))

    def _in_store(self, kind: str, skus: Sequence[str], market: Market) -> dict[str, Document]:
        return self._get(skus, lambda sku: keys.in_store(kind, market.store, sku))

    def _get(self, skus: Sequence[str], key: Callable[[str], str]) -> dict[str, Document]:
        """Read the documents in one go, and return them in the order of the SKUs."""
        by_key = {key(sku): sku for sku in skus}
        if not by_key:
            return {}
        found = self._storage.get_many(list(by_key))
        return {sku: found[each] for each, sku in by_key.items() if each in found}

    def _find(
        self, index: SearchIndex, kind: str, query: ProductQuery, market: Market
    ) -> ProductPage:
        orders = tuple(Order(sort.field, sort.is_ascending) for sort in query.sorts)
        page = self._search.find(
            index,
            SearchQuery(
                conditions=(
                    Condition("store", (market.store,)),
                    Condition("locale", (market.locale,)),
                    *(Condition(field, (value,)) for field, value in query.filters),
                ),
                orders=orders or (Order("sku"),),
                offset=query.offset,
                limit=query.limit,
            ),
        )
        # A product that is just being taken away may still be found and have no document.
        found = self._in_market(kind, [entry["sku"] for entry in page.documents], market)
        return ProductPage(tuple(found.values()), page.total)


def _chosen(document: Document, currency: str, mode: PriceMode) -> Document:
    modes = document.get(currency)
    return {"sku": document["sku"], **(NO_PRICES if modes is None else modes[mode])}
