"""The catalog: products, their prices, availabilities and pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from glue_stores import Market

__all__ = [
    "CatalogReader",
    "Document",
    "PriceMode",
    "ProductPage",
    "ProductQuery",
    "SortKey",
]

Document = Mapping[str, Any]
"""A published document; its keys are in snake case and always present."""

PriceMode = Literal["GROSS_MODE", "NET_MODE"]


@dataclass(frozen=True, slots=True)
class SortKey:
    """A key of an order: ``sku`` or ``name``."""

    field: str
    is_ascending: bool = True


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What a list of products is asked for.

    Attributes:
        filters: Pairs of a field, ``sku`` or ``name``, and the value it must have.
        sorts: Order; by SKU when empty.
        offset: Index of the first product, from 0.
        limit: Number of products at most, from 1.
    """

    filters: tuple[tuple[str, str], ...] = ()
    sorts: tuple[SortKey, ...] = ()
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class ProductPage:
    """A part of a list of products.

    Attributes:
        products: The products, in order.
        total: Number of products that the query matches.
    """

    products: tuple[Document, ...]
    total: int


class CatalogReader(Protocol):
    """Reads the published catalog of one market.

    Every method takes all the SKUs at once and makes one read; a SKU without a document is left
    out of the answer.

    Documents, by key:

    ``abstract product``: sku, average_rating, review_count, name, description, attributes,
    super_attributes_definition, super_attributes, attribute_map, meta_title, meta_keywords,
    meta_description, attribute_names, url, merchant_reference, concrete_skus.

    ``concrete product``: sku, is_discontinued, discontinued_note, average_rating, review_count,
    product_abstract_sku, name, description, attributes, super_attributes_definition, meta_title,
    meta_keywords, meta_description, attribute_names, product_configuration_instance.

    ``prices``: sku, price, prices (price_type_name, net_amount, gross_amount, currency with code,
    name and symbol, volume_prices with quantity, net_amount and gross_amount). A known product
    without a price has price None and no prices.

    ``availability``: sku, availability, quantity (text with ten decimals), and for a concrete
    product is_never_out_of_stock.

    ``image sets``: sku, image_sets (name, images with external_url_large, external_url_small,
    alt_text_large, alt_text_small).
    """

    def abstract_products(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return abstract products by SKU."""

    def concrete_products(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return concrete products by SKU."""

    def find_abstract_products(self, query: ProductQuery, market: Market) -> ProductPage:
        """Return a part of the list of abstract products."""

    def find_concrete_products(self, query: ProductQuery, market: Market) -> ProductPage:
        """Return a part of the list of concrete products."""

    def abstract_prices(
        self, skus: Sequence[str], market: Market, currency: str, mode: PriceMode
    ) -> dict[str, Document]:
        """Return the prices of abstract products by SKU, in one currency and mode."""

    def concrete_prices(
        self, skus: Sequence[str], market: Market, currency: str, mode: PriceMode
    ) -> dict[str, Document]:
        """Return the prices of concrete products by SKU; missing ones are the abstract ones."""

    def abstract_availabilities(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the availabilities of abstract products by SKU."""

    def concrete_availabilities(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the availabilities of concrete products by SKU."""

    def abstract_image_sets(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the image sets of abstract products by SKU."""

    def concrete_image_sets(self, skus: Sequence[str], market: Market) -> dict[str, Document]:
        """Return the image sets of concrete products by SKU, or else of the abstract ones."""
