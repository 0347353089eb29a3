"""The catalog: products, their prices, availabilities and pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, Protocol

from glue_catalog.records import (
    BadValue,
    Category,
    CategoryText,
    NoSuchProduct,
    Picture,
    PictureSet,
    ProductEditor,
    ProductError,
    ProductQuery,
    ProductRecord,
    ProductText,
    RecordPage,
    SkuInUse,
    SortKey,
    UrlInUse,
    VariantRecord,
    VariantText,
)
from glue_core import Work
from glue_stores import Market

__all__ = [
    "PRODUCT_CHANGED",
    "AbstractProductDraft",
    "AttributeKeyDraft",
    "BadValue",
    "CatalogReader",
    "CatalogWriter",
    "Category",
    "CategoryDraft",
    "CategoryText",
    "ConcreteProductDraft",
    "Document",
    "ImageDraft",
    "ManagementAttributeDraft",
    "NoSuchProduct",
    "Picture",
    "PictureSet",
    "PriceDraft",
    "PriceMode",
    "ProductEditor",
    "ProductError",
    "ProductPage",
    "ProductQuery",
    "ProductRecord",
    "ProductText",
    "RecordPage",
    "SkuInUse",
    "SortKey",
    "StockDraft",
    "UrlInUse",
    "VariantRecord",
    "VariantText",
    "VolumePrice",
    "Warehouse",
    "WarehouseReader",
]

PRODUCT_CHANGED = "catalog.abstract-product"
"""Name of the event that a product or what belongs to it changed; its key is the abstract SKU."""

Document = Mapping[str, Any]
"""A published document; its keys are in snake case and always present."""

PriceMode = Literal["GROSS_MODE", "NET_MODE"]


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


@dataclass(frozen=True, slots=True)
class AttributeKeyDraft:
    """An attribute that products may have; variants of a product differ in super attributes."""

    key: str
    is_super: bool


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A category.

    Attributes:
        key: Key; categories with the same one are the same.
        texts: Locale to texts; None takes the category out of a locale, and a locale that is not
            named stays as it is.
    """

    key: str
    texts: Mapping[str, CategoryText | None]


@dataclass(frozen=True, slots=True)
class ManagementAttributeDraft:
    """How people call and fill in an attribute.

    Attributes:
        key: Key of the attribute.
        input_type: ``text``, ``number``, ``select``, ``multiselect`` and the like.
        allow_input: Whether values beside the predefined ones are allowed.
        is_multiple: Whether a product may have several values.
        values: Predefined values.
        names: Locale to name.
        value_names: Locale to names of the values, in their order.
    """

    key: str
    input_type: str
    allow_input: bool
    is_multiple: bool
    values: tuple[str, ...]
    names: Mapping[str, str]
    value_names: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AbstractProductDraft:
    """An abstract product.

    Attributes:
        sku: SKU; products with the same one are the same.
        attributes: General attributes, by key.
        texts: Locale to texts; None takes the product out of a locale, and a locale that is not
            named stays as it is. URLs must be free: ask for their owners first.
        tax_set_name: Name of the tax set, or None.
        new_from: Point in time from which it counts as new, or None for ever since.
        new_to: Point in time until which it does, or None for ever after.
        categories: Keys of all categories that it is in, to its place in each, ascending; None
            leaves it where it is.
    """

    sku: str
    attributes: Mapping[str, str]
    texts: Mapping[str, ProductText | None]
    tax_set_name: str | None = None
    new_from: datetime | None = None
    new_to: datetime | None = None
    categories: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class ConcreteProductDraft:
    """A concrete product, a variant of an abstract one; see `AbstractProductDraft`."""

    sku: str
    abstract_sku: str
    attributes: Mapping[str, str]
    texts: Mapping[str, ProductText | None]
    is_active: bool = True
    searchable: Mapping[str, bool] = field(default_factory=dict)
    is_quantity_splittable: bool = True


@dataclass(frozen=True, slots=True)
class VolumePrice:
    """A price from a quantity on; amounts in the smallest unit, None where there is none."""

    quantity: int
    net_amount: int | None
    gross_amount: int | None


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """The prices of one type, store and currency.

    Attributes:
        sku: SKU of an abstract or a concrete product.
        is_abstract: Which of the two it is.
        type_name: Type, such as ``DEFAULT`` or ``ORIGINAL``.
        store: Name of the store.
        currency: ISO 4217 code.
        net_amount: Amount in the smallest unit, or None: no value, which is not 0.
        gross_amount: The same with tax.
        volume_prices: Prices by quantity.
    """

    sku: str
    is_abstract: bool
    type_name: str
    store: str
    currency: str
    net_amount: int | None
    gross_amount: int | None
    volume_prices: tuple[VolumePrice, ...] = ()


@dataclass(frozen=True, slots=True)
class StockDraft:
    """What a warehouse has of a concrete product."""

    sku: str
    warehouse: str
    quantity: Decimal
    is_never_out_of_stock: bool


@dataclass(frozen=True, slots=True)
class ImageDraft:
    """A picture in its place in a set.

    Attributes:
        key: Key of the picture.
        set_key: Key of the set.
        set_name: Name of the set, usually ``default``.
        locale: Locale of the set; '' for every locale without a set of that name.
        abstract_sku: Owner of the set, or None.
        concrete_sku: Owner of the set, or None; with neither it belongs to no product.
        url_large: Address.
        url_small: Address.
        alt_texts_large: Locale to alternative text.
        alt_texts_small: Locale to alternative text.
        sort_order: Place in the set, ascending.
    """

    key: str
    set_key: str
    set_name: str
    locale: str
    abstract_sku: str | None
    concrete_sku: str | None
    url_large: str
    url_small: str
    alt_texts_large: Mapping[str, str]
    alt_texts_small: Mapping[str, str]
    sort_order: int


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A place where products are kept and sent from.

    Attributes:
        id: Number of the row, as tokens of the warehouse have it; it is given out once.
        uuid: UUID, in lower case; what others know the warehouse by. It is made from the name, so
            the same import files make the same one everywhere.
        name: Name, unique.
        is_active: Whether its stock can be sold.
    """

    id: int
    uuid: str
    name: str
    is_active: bool


class WarehouseReader(Protocol):
    """Reads warehouses in the unit of work it is given."""

    def by_id(self, id: int, work: Work) -> Warehouse | None:  # noqa: A002
        """Return the warehouse with this number, active or not, or None."""

    def of_uuids(self, uuids: Iterable[str], work: Work) -> dict[str, Warehouse]:
        """Return warehouses by UUID, in few questions; a UUID that none has is left out."""

    def of_names(self, names: Iterable[str], work: Work) -> dict[str, Warehouse]:
        """Return warehouses by name, in few questions; a name that none has is left out."""

    def every(self, work: Work) -> Sequence[Warehouse]:
        """Return all warehouses, by name."""


class CatalogWriter(Protocol):
    """Writes the catalog: an upsert by key, in the unit of work it is given; it never commits.

    What belongs to a product publishes the event `PRODUCT_CHANGED` of its abstract product, once
    in a transaction. Keys that a draft points to must exist: ask for them first.
    """

    def abstract_skus(self, skus: Iterable[str], work: Work) -> frozenset[str]:
        """Return those SKUs that are abstract products."""

    def concrete_skus(self, skus: Iterable[str], work: Work) -> dict[str, str]:
        """Return those SKUs that are concrete products, with the SKUs of their abstract ones."""

    def variants(self, abstract_skus: Iterable[str], work: Work) -> Sequence[ConcreteProductDraft]:
        """Return the concrete products of abstract ones, without texts."""

    def category_keys(self, keys: Iterable[str], work: Work) -> frozenset[str]:
        """Return those keys that are of categories."""

    def urls(
        self, skus: Iterable[str], urls: Iterable[str], work: Work
    ) -> dict[str, tuple[str, str]]:
        """Return who has URLs: those of some abstract products, and some URLs besides.

        Returns:
            URL to the SKU of an abstract product and the locale.
        """

    def warehouses(self, work: Work) -> frozenset[str]:
        """Return the names of all warehouses."""

    def put_categories(self, drafts: Sequence[CategoryDraft], work: Work) -> None:
        """Write categories."""

    def put_attribute_keys(self, drafts: Sequence[AttributeKeyDraft], work: Work) -> None:
        """Write attributes."""

    def put_management_attributes(
        self, drafts: Sequence[ManagementAttributeDraft], work: Work
    ) -> None:
        """Write how attributes are called."""

    def put_abstract_products(self, drafts: Sequence[AbstractProductDraft], work: Work) -> None:
        """Write abstract products."""

    def put_concrete_products(self, drafts: Sequence[ConcreteProductDraft], work: Work) -> None:
        """Write concrete products; one may move to another abstract product."""

    def assign_stores(self, pairs: Sequence[tuple[str, str]], work: Work) -> None:
        """Show abstract products in stores: pairs of a SKU and the name of a store."""

    def unassign_stores(self, pairs: Sequence[tuple[str, str]], work: Work) -> None:
        """Take abstract products out of stores."""

    def put_prices(self, drafts: Sequence[PriceDraft], work: Work) -> None:
        """Write prices."""

    def put_images(self, drafts: Sequence[ImageDraft], work: Work) -> None:
        """Write pictures and their sets."""

    def put_warehouses(self, drafts: Mapping[str, bool], work: Work) -> None:
        """Write warehouses: name to whether it is active."""

    def put_warehouse_stores(self, pairs: Sequence[tuple[str, str]], work: Work) -> None:
        """Let warehouses serve stores: pairs of a warehouse and the name of a store."""

    def put_stocks(self, drafts: Sequence[StockDraft], work: Work) -> None:
        """Write what warehouses have."""

    def delete_abstract_products(self, skus: Sequence[str], work: Work) -> None:
        """Delete abstract products with everything that belongs to them."""

    def delete_concrete_products(self, skus: Sequence[str], work: Work) -> None:
        """Delete concrete products with everything that belongs to them."""
