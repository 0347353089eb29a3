"""Whole products as the database has them: for whoever edits the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from glue_core import Work


@dataclass(frozen=True, slots=True)
class SortKey:
    """A key of an order: the name of a field, such as ``sku``."""

    field: str
    is_ascending: bool = True


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """What a list of products is asked for.

    Attributes:
        filters: Pairs of a field and the value it must have. Published products have the fields
            ``sku`` and ``name``; `ProductEditor.page` says which records have.
        sorts: Order; by SKU when empty.
        offset: Index of the first product, from 0.
        limit: Number of products at most, from 1.
    """

    filters: tuple[tuple[str, str], ...] = ()
    sorts: tuple[SortKey, ...] = ()
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class ProductText:
    """What a product is called in one locale; a concrete product has no URL and meta texts."""

    name: str
    description: str = ""
    url: str = ""
    meta_title: str = ""
    meta_keywords: str = ""
    meta_description: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VariantText:
    """What a variant is called in one locale, and whether it may be found there."""

    name: str
    description: str = ""
    is_searchable: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Picture:
    """The two addresses of a picture."""

    url_large: str
    url_small: str


@dataclass(frozen=True, slots=True)
class PictureSet:
    """Pictures in order.

    Attributes:
        name: Name, usually ``default``.
        locale: Locale; '' for every locale without a set of that name.
        pictures: The pictures.
    """

    name: str
    locale: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class CategoryText:
    """What a category is called in one locale."""

    name: str
    meta_title: str = ""
    meta_keywords: str = ""
    meta_description: str = ""


@dataclass(frozen=True, slots=True)
class Category:
    """A category that products are in; its texts by locale."""

    key: str
    texts: Mapping[str, CategoryText]


@dataclass(frozen=True, slots=True)
class VariantRecord:
    """A concrete product.

    Attributes:
        sku: SKU.
        is_active: Whether it is sold.
        is_quantity_splittable: Whether two of it may be two items of an order.
        attributes: General attributes, by key.
        texts: Texts by locale.
        picture_sets: Its own pictures, by name and locale.
    """

    sku: str
    is_active: bool = True
    is_quantity_splittable: bool = True
    attributes: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, VariantText] = field(default_factory=dict)
    picture_sets: tuple[PictureSet, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """An abstract product with what its editors see of it; what is not active is there as well.

    Attributes:
        sku: SKU.
        tax_set_name: Name of the tax set, or None.
        new_from: Point in time, in UTC, from which it counts as new, or None for ever since.
        new_to: Point in time, in UTC, until which it does, or None for ever after.
        attributes: General attributes, by key.
        texts: Texts by locale.
        stores: Names of the stores that show it, sorted.
        categories: Categories that it is in, by key.
        picture_sets: Pictures, by name and locale.
        variants: Concrete products, the oldest first.
    """

    sku: str
    tax_set_name: str | None = None
    new_from: datetime | None = None
    new_to: datetime | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, ProductText] = field(default_factory=dict)
    stores: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    picture_sets: tuple[PictureSet, ...] = ()
    variants: tuple[VariantRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A part of the list of records.

    Attributes:
        records: The records, in order.
        total: Number of records that the query matches.
    """

    records: tuple[ProductRecord, ...]
    total: int


class ProductError(Exception):
    """Why a product cannot be written; the unit of work must be rolled back."""


class NoSuchProduct(ProductError):
    """There is no abstract product with this SKU."""


class SkuInUse(ProductError):
    """There is an abstract product with this SKU already."""


class UrlInUse(ProductError):
    """Another product, or another locale of the same one, has this URL.

    Attributes:
        url: The URL.
        locale: The locale that was to have it.
    """

    def __init__(self, url: str, locale: str) -> None:
        super().__init__(f"{url} ({locale})")
        self.url = url
        self.locale = locale


class BadValue(ProductError):
    """A value that a product cannot have.

    Attributes:
        path: Where it is among the changes, such as ``("texts", "de_DE", "name")``.
        reason: What is wrong, in a sentence.
    """

    def __init__(self, path: tuple[str, ...], reason: str) -> None:
        super().__init__(f"{'.'.join(path)}: {reason}")
        self.path = path
        self.reason = reason


class ProductEditor(Protocol):
    """Reads and writes whole abstract products in the unit of work it is given; it never commits.

    What changes a product publishes `PRODUCT_CHANGED`; what changes nothing, does not. The number
    of questions to the database does not depend on the number of products.

    Changes are values by the names of `ProductRecord`. ``tax_set_name``, ``new_from``, ``new_to``,
    ``attributes``, ``stores``, ``categories`` (keys; unknown ones are ignored) and ``picture_sets``
    take the place of what was there. ``texts`` maps locales to values by the names of
    `ProductText`, and ``variants`` SKUs to values by the names of `VariantRecord`, with ``texts``
    of their own: what they do not name stays, a locale or a SKU that the product lacks is new, and
    None for a locale takes the product out of it. A new locale of texts and pictures is one of a
    store. ``tax_set_name`` is any name, for there is no register of tax sets.
    """

    def find(self, skus: Sequence[str], work: Work) -> dict[str, ProductRecord]:
        """Return records by SKU; one that nobody has is left out."""

    def page(self, query: ProductQuery, work: Work) -> RecordPage:
        """Return a part of the list of records.

        Filters take ``sku``, ``name`` (in any locale), ``tax_set_name``, ``store``, ``category`` (a
        key) and ``variant`` (a SKU); orders ``sku``, ``tax_set_name``, ``new_from`` and ``new_to``,
        products without the value last.

        Raises:
            ValueError: The query names another field.
        """

    def create(self, sku: str, changes: Mapping[str, Any], work: Work) -> ProductRecord:
        """Write a new abstract product that differs in this from an empty one.

        Raises:
            SkuInUse: The SKU is taken.
            UrlInUse: A URL is taken.
            BadValue: A value cannot be.
        """

    def change(self, sku: str, changes: Mapping[str, Any], work: Work) -> ProductRecord:
        """Change an abstract product.

        Raises:
            NoSuchProduct: There is none with the SKU.
            UrlInUse: A URL is taken.
            BadValue: A value cannot be.
            StaleDataError: This unit of work had read the product, and somebody else changed it
                since; the flow of a request answers for that.
        """
