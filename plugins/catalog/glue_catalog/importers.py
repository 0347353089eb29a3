"""Importers of the catalog: a batch is looked up, read row by row, and written at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from glue_catalog import (
    AbstractProductDraft,
    AttributeKeyDraft,
    CatalogWriter,
    CategoryDraft,
    CategoryText,
    ConcreteProductDraft,
    ImageDraft,
    ManagementAttributeDraft,
    PriceDraft,
    ProductText,
    StockDraft,
    VolumePrice,
)
from glue_core import Cells, Row, RowError, RowImporter, Work
from glue_stores import Store, StoreRegister

Draft = TypeVar("Draft")
Attributes = dict[str, str]

VOLUME_PRICES = "price_data.volume_prices"
EVERY_LOCALE = ("", "default")
TEXT_COLUMNS = (
    "name",
    "description",
    "url",
    "meta_title",
    "meta_keywords",
    "meta_description",
    "is_searchable",
)
CATEGORY_COLUMNS = ("name", "meta_title", "meta_keywords", "meta_description")
CATEGORY_FLAGS = (
    "is_active",
    "is_in_menu",
    "is_clickable",
    "is_searchable",
    "is_root",
    "is_main",
)
ATTRIBUTE_COLUMN = re.compile(r"attribute_key_([1-9][0-9]{0,3})(?:\.(.+))?", re.ASCII)


class CatalogImporter(RowImporter, Generic[Draft]):
    """Turns rows into drafts, and writes the drafts of a batch together."""

    def __init__(self, writer: CatalogWriter, register: StoreRegister) -> None:
        self.writer = writer
        self.register = register
        self.drafts: list[Draft] = []

    def load(self, row: Row, work: Work) -> None:
        """Take one row."""
        self.drafts.append(self.read(Cells(row)))

    def flush(self, work: Work) -> None:
        """Write the batch."""
        drafts, self.drafts = self.drafts, []
        if drafts:
            self.write(drafts, work)

    def read(self, cells: Cells) -> Draft:
        """Turn a row into a draft, or raise `RowError`."""
        raise NotImplementedError

    def write(self, drafts: Sequence[Draft], work: Work) -> None:
        """Write drafts."""
        raise NotImplementedError


class AttributeKeys(CatalogImporter[AttributeKeyDraft]):
    """Takes ``product_attribute_key``."""

    def read(self, cells: Cells) -> AttributeKeyDraft:
        """Turn a row into a draft."""
        return AttributeKeyDraft(cells.required("attribute_key"), cells.flag("is_super"))

    def write(self, drafts: Sequence[AttributeKeyDraft], work: Work) -> None:
        """Write drafts."""
        self.writer.put_attribute_keys(drafts, work)


class ManagementAttributes(CatalogImporter[ManagementAttributeDraft]):
    """Takes ``product_management_attribute``."""

    def read(self, cells: Cells) -> ManagementAttributeDraft:
        """Turn a row into a draft."""
        values = tuple(cells.words("values"))
        names = {}
        for locale in cells.locales("value_translations"):
            column = f"value_translations.{locale}"
            words = tuple(cells.words(column))
            if words and len(words) != len(values):
                raise RowError(column, f"It has {len(words)} parts, 'values' has {len(values)}.")
            if words:
                names[locale] = words
        return ManagementAttributeDraft(
            key=cells.required("key"),
            input_type=cells.text("input_type") or "text",
            allow_input=cells.flag("allow_input", words=("yes", "no")),
            is_multiple=cells.flag("is_multiple", words=("yes", "no")),
            values=values,
            names=cells.by_locale("key_translation"),
            value_names=names,
        )

    def write(self, drafts: Sequence[ManagementAttributeDraft], work: Work) -> None:
        """Write drafts."""
        self.writer.put_management_attributes(drafts, work)


class Categories(CatalogImporter[CategoryDraft]):
    """Takes ``category``; of the tree it looks only whether it can be one."""

    _known: set[str]

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up the categories that the rows hang below."""
        parents = {row.get("parent_category_key", "") for row in rows}
        self._known = set(self.writer.category_keys(parents, work))

    def read(self, cells: Cells) -> CategoryDraft:
        """Turn a row into a draft."""
        key, parent = cells.required("category_key"), cells.text("parent_category_key")
        if parent == key:
            raise RowError("parent_category_key", f"{key!r} is below itself.")
        if parent:
            known(parent, self._known, "parent_category_key", "category")
        for flag in CATEGORY_FLAGS:
            cells.flag(flag)
        cells.integer("node_order")
        texts: dict[str, CategoryText | None] = {}
        for locale in cells.locales(*CATEGORY_COLUMNS):
            found = {column: cells.text(f"{column}.{locale}") for column in CATEGORY_COLUMNS}
            texts[locale] = CategoryText(**found) if any(found.values()) else None
        self._known.add(key)
        return CategoryDraft(key, texts)

    def write(self, drafts: Sequence[CategoryDraft], work: Work) -> None:
        """Write drafts."""
        self.writer.put_categories(drafts, work)


class AbstractProducts(CatalogImporter[AbstractProductDraft]):
    """Takes ``product_abstract``."""

    _categories: frozenset[str] = frozenset()

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up the categories and the URLs that the rows name."""
        cells = [Cells(row) for row in rows]
        keys = {key for each in cells for key in each.words("category_key")}
        self._categories = self.writer.category_keys(keys, work)
        urls = {each.text(f"url.{loc}") for each in cells for loc in each.locales("url")}
        skus = {each.text("abstract_sku") for each in cells}
        self._owners = self.writer.urls(skus, urls, work)
        self._held = {place: url for url, place in self._owners.items()}

    def read(self, cells: Cells) -> AbstractProductDraft:
        """Turn a row into a draft."""
        general, localized = read_attributes(cells)
        draft = AbstractProductDraft(
            cells.required("abstract_sku"),
            general,
            read_texts(cells, localized),
            cells.text("tax_set_name") or None,
            read_time(cells, "new_from"),
            read_time(cells, "new_to"),
            self._read_categories(cells),
        )
        if draft.new_from and draft.new_to and draft.new_to < draft.new_from:
            raise RowError("new_to", "It is before 'new_from'.")
        self._note_urls(draft)
        return draft

    def write(self, drafts: Sequence[AbstractProductDraft], work: Work) -> None:
        """Write drafts."""
        self.writer.put_abstract_products(drafts, work)

    def _read_categories(self, cells: Cells) -> dict[str, int] | None:
        """Read the categories and the places in them; without the column they stay."""
        if "category_key" not in cells.row:
            return None
        keys, places = cells.words("category_key"), cells.words("category_product_order")
        for key in keys:
            known(key, self._categories, "category_key", "category")
        if places and len(places) != len(keys):
            raise RowError(
                "category_product_order",
                f"It has {len(places)} parts, 'category_key' has {len(keys)}.",
            )
        column = "category_product_order"
        numbers = [Cells({column: place}).integer(column) or 0 for place in places]
        return dict(zip(keys, numbers or [0] * len(keys), strict=True))

    def _note_urls(self, draft: AbstractProductDraft) -> None:
        """Refuse a URL that somebody else has when the rows above are taken."""
        renewed = {(draft.sku, locale) for locale in draft.texts}
        wanted: dict[str, tuple[str, str]] = {}
        for locale, text in draft.texts.items():
            if text is None or not text.url:
                continue
            owner = self._owners.get(text.url)
            if owner is None or owner in renewed:
                owner = wanted.setdefault(text.url, (draft.sku, locale))
            if owner != (draft.sku, locale):
                raise RowError(
                    f"url.{locale}", f"{text.url!r} is the URL of {owner[0]!r} in {owner[1]!r}."
                )
        for place in renewed:
            self._owners.pop(self._held.pop(place, ""), None)
        self._owners.update(wanted)
        self._held.update({place: url for url, place in wanted.items()})


class ConcreteProducts(CatalogImporter[ConcreteProductDraft]):
    """Takes ``product_concrete``."""

    _abstract: frozenset[str] = frozenset()

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up the abstract products, and the other variants of them."""
        self._abstract = self.writer.abstract_skus(
            {row.get("abstract_sku", "") for row in rows}, work
        )
        renewed = {row.get("concrete_sku") for row in rows}
        self._siblings: dict[str, dict[str, Mapping[str, str]]] = {}
        for variant in self.writer.variants(self._abstract, work):
            # What the batch itself says about a variant counts, not what it was before.
            if variant.sku not in renewed:
                self._note(variant)

    def read(self, cells: Cells) -> ConcreteProductDraft:
        """Turn a row into a draft."""
        abstract_sku = cells.required("abstract_sku")
        if abstract_sku not in self._abstract:
            raise RowError("abstract_sku", f"There is no abstract product {abstract_sku!r}.")
        general, localized = read_attributes(cells)
        draft = ConcreteProductDraft(
            sku=cells.required("concrete_sku"),
            abstract_sku=abstract_sku,
            attributes=general,
            texts=read_texts(cells, localized),
            is_active=cells.flag("is_active", default=True),
            searchable={
                locale: cells.flag(f"is_searchable.{locale}")
                for locale in cells.locales("is_searchable")
            },
            is_quantity_splittable=cells.flag("is_quantity_splittable", default=True),
        )
        for sku, attributes in self._siblings.get(abstract_sku, {}).items():
            if sku != draft.sku and attributes == general:
                raise RowError(
                    "concrete_sku",
                    f"{draft.sku!r} has the same general attributes as {sku!r}: variants of a "
                    "product must differ.",
                )
        self._note(draft)
        return draft

    def write(self, drafts: Sequence[ConcreteProductDraft], work: Work) -> None:
        """Write drafts."""
        self.writer.put_concrete_products(drafts, work)

    def _note(self, variant: ConcreteProductDraft) -> None:
        self._siblings.setdefault(variant.abstract_sku, {})[variant.sku] = variant.attributes


class AbstractStores(CatalogImporter[tuple[str, str]]):
    """Takes ``product_abstract_store``."""

    _abstract: frozenset[str] = frozenset()
    _stores: frozenset[str] = frozenset()

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up what the rows point to."""
        self._stores = self.register.names(work)
        self._abstract = self.writer.abstract_skus(
            {row.get("abstract_sku", "") for row in rows}, work
        )

    def read(self, cells: Cells) -> tuple[str, str]:
        """Turn a row into a pair."""
        sku, store = cells.required("abstract_sku"), cells.required("store_name")
        known(sku, self._abstract, "abstract_sku", "abstract product")
        known(store, self._stores, "store_name", "store")
        return sku, store

    def write(self, drafts: Sequence[tuple[str, str]], work: Work) -> None:
        """Write pairs."""
        self.writer.assign_stores(drafts, work)


class _Owned(CatalogImporter[Draft]):
    """Takes rows that belong to an abstract or a concrete product."""

    _abstract: frozenset[str] = frozenset()
    _concrete: Mapping[str, str] = {}

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up the products."""
        self._abstract = self.writer.abstract_skus(
            {row.get("abstract_sku", "") for row in rows}, work
        )
        self._concrete = self.writer.concrete_skus(
            {row.get("concrete_sku", "") for row in rows}, work
        )

    def owner(self, cells: Cells) -> tuple[str | None, str | None]:
        """Return the abstract or the concrete SKU; the abstract one wins, both may be missing."""
        if sku := cells.text("abstract_sku"):
            known(sku, self._abstract, "abstract_sku", "abstract product")
            return sku, None
        if sku := cells.text("concrete_sku"):
            known(sku, self._concrete, "concrete_sku", "concrete product")
            return None, sku
        return None, None


class Images(_Owned[ImageDraft]):
    """Takes ``product_image``."""

    def read(self, cells: Cells) -> ImageDraft:
        """Turn a row into a draft."""
        abstract_sku, concrete_sku = self.owner(cells)
        locale = cells.text("locale")
        return ImageDraft(
            key=cells.required("product_image_key"),
            set_key=cells.required("product_image_set_key"),
            set_name=cells.text("image_set_name") or "default",
            locale="" if locale in EVERY_LOCALE else locale,
            abstract_sku=abstract_sku,
            concrete_sku=concrete_sku,
            url_large=cells.text("external_url_large"),
            url_small=cells.text("external_url_small"),
            alt_texts_large=cells.by_locale("alt_text_large"),
            alt_texts_small=cells.by_locale("alt_text_small"),
            sort_order=cells.integer("sort_order") or 0,
        )

    def write(self, drafts: Sequence[ImageDraft], work: Work) -> None:
        """Write drafts."""
        self.writer.put_images(drafts, work)


class Prices(_Owned[PriceDraft]):
    """Takes ``product_price``."""

    _stores: frozenset[str] = frozenset()
    _offers: Mapping[str, Store] = {}

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up products, stores and their currencies."""
        super().prepare(rows, work)
        self._stores = self.register.names(work)
        self._offers = {store.name: store for store in self.register.stores(work)}

    def read(self, cells: Cells) -> PriceDraft:
        """Turn a row into a draft."""
        abstract_sku, concrete_sku = self.owner(cells)
        sku = abstract_sku or concrete_sku
        if sku is None:
            raise RowError("abstract_sku", "Neither 'abstract_sku' nor 'concrete_sku' is given.")
        store, currency = cells.required("store"), cells.required("currency")
        known(store, self._stores, "store", "store")
        offer = self._offers.get(store)
        if offer is not None and offer.currency(currency) is None:
            raise RowError("currency", f"The store {store!r} has no currency {currency!r}.")
        return PriceDraft(
            sku=sku,
            is_abstract=abstract_sku is not None,
            type_name=cells.required("price_type"),
            store=store,
            currency=currency,
            net_amount=cells.integer("value_net", least=0),
            gross_amount=cells.integer("value_gross", least=0),
            volume_prices=read_volume_prices(cells),
        )

    def write(self, drafts: Sequence[PriceDraft], work: Work) -> None:
        """Write drafts."""
        self.writer.put_prices(drafts, work)


class Warehouses(CatalogImporter[tuple[str, bool]]):
    """Takes ``warehouse``."""

    def read(self, cells: Cells) -> tuple[str, bool]:
        """Turn a row into a name and whether it is active."""
        return cells.required("name"), cells.flag("is_active")

    def write(self, drafts: Sequence[tuple[str, bool]], work: Work) -> None:
        """Write warehouses."""
        self.writer.put_warehouses(dict(drafts), work)


class WarehouseStores(CatalogImporter[tuple[str, str]]):
    """Takes ``warehouse_store``."""

    _warehouses: frozenset[str] = frozenset()
    _stores: frozenset[str] = frozenset()

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up warehouses and stores; they are few."""
        self._warehouses = self.writer.warehouses(work)
        self._stores = self.register.names(work)

    def read(self, cells: Cells) -> tuple[str, str]:
        """Turn a row into a pair."""
        warehouse, store = cells.required("warehouse_name"), cells.required("store_name")
        known(warehouse, self._warehouses, "warehouse_name", "warehouse")
        known(store, self._stores, "store_name", "store")
        return warehouse, store

    def write(self, drafts: Sequence[tuple[str, str]], work: Work) -> None:
        """Write pairs."""
        self.writer.put_warehouse_stores(drafts, work)


class Stocks(CatalogImporter[StockDraft]):
    """Takes ``product_stock``."""

    _concrete: Mapping[str, str] = {}
    _warehouses: frozenset[str] = frozenset()

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up products and warehouses."""
        self._warehouses = self.writer.warehouses(work)
        self._concrete = self.writer.concrete_skus(
            {row.get("concrete_sku", "") for row in rows}, work
        )

    def read(self, cells: Cells) -> StockDraft:
        """Turn a row into a draft."""
        sku, warehouse = cells.required("concrete_sku"), cells.required("name")
        known(sku, self._concrete, "concrete_sku", "concrete product")
        known(warehouse, self._warehouses, "name", "warehouse")
        quantity = cells.decimal("quantity") or Decimal(0)
        if quantity < 0:
            raise RowError("quantity", f"{quantity} is below 0.")
        return StockDraft(sku, warehouse, quantity, cells.flag("is_never_out_of_stock"))

    def write(self, drafts: Sequence[StockDraft], work: Work) -> None:
        """Write drafts."""
        self.writer.put_stocks(drafts, work)


def known(value: str, values: Container[str], column: str, kind: str) -> None:
    """Refuse a value that points to nothing."""
    if value not in values:
        raise RowError(column, f"There is no {kind} {value!r}.")


def read_attributes(cells: Cells) -> tuple[Attributes, dict[str, Attributes]]:
    """Read ``attribute_key_<n>`` and ``value_<n>``: the general ones, and those by locale."""
    general: dict[int, tuple[str, str]] = {}
    localized: dict[str, dict[int, tuple[str, str]]] = {}
    for column, key in cells.row.items():
        match = ATTRIBUTE_COLUMN.fullmatch(column) if key else None
        if match is None:
            continue
        number, locale = match.groups()
        value = cells.text(f"value_{number}.{locale}" if locale else f"value_{number}")
        pairs = localized.setdefault(locale, {}) if locale else general
        pairs[int(number)] = (key, value)
    return (
        _in_order(general),
        {locale: _in_order(pairs) for locale, pairs in localized.items()},
    )


def _in_order(pairs: Mapping[int, tuple[str, str]]) -> Attributes:
    return {key: value for _, (key, value) in sorted(pairs.items())}


def read_texts(cells: Cells, attributes: Mapping[str, Attributes]) -> dict[str, ProductText | None]:
    """Read the texts of every locale in the header; a locale with blank cells only is None."""
    texts: dict[str, ProductText | None] = {}
    for locale in sorted({*cells.locales(*TEXT_COLUMNS), *attributes}):
        found: dict[str, Any] = {
            column: cells.text(f"{column}.{locale}")
            for column in TEXT_COLUMNS
            if column != "is_searchable"
        }
        own = attributes.get(locale, {})
        texts[locale] = ProductText(**found, attributes=own) if any(found.values()) or own else None
    return texts


def read_time(cells: Cells, column: str) -> datetime | None:
    """Read a day or a point in time; one that names no zone is in UTC."""
    text = cells.text(column)
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowError(
            column, f"{text!r} is no time such as '2026-01-31' or '2026-01-31 08:00:00'."
        ) from None


def read_volume_prices(cells: Cells) -> tuple[VolumePrice, ...]:
    """Read the JSON list of prices by quantity; a blank cell has none."""
    found = cells.json(VOLUME_PRICES)
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise RowError(VOLUME_PRICES, "The JSON is no list of objects.")
    prices = {}
    for each in found:
        quantity = _amount(each.get("quantity"), "quantity", 1)
        if quantity is None:
            raise RowError(VOLUME_PRICES, "A price lacks its 'quantity'.")
        prices[quantity] = VolumePrice(
            quantity,
            _amount(each.get("net_price"), "net_price", 0),
            _amount(each.get("gross_price"), "gross_price", 0),
        )
    return tuple(prices[quantity] for quantity in sorted(prices))


def _amount(value: object, name: str, least: int) -> int | None:
    """Read a number of a volume price, which may be written as a text."""
    if value is None or value == "":
        return None
    text = str(value)
    if (
        isinstance(value, bool | float)
        or re.fullmatch(r"[0-9]{1,18}", text, re.ASCII) is None
        or int(text) < least
    ):
        raise RowError(VOLUME_PRICES, f"{name!r} is {value!r}, not an integer from {least} up.")
    return int(text)


MAKERS: Mapping[str, Callable[[CatalogWriter, StoreRegister], RowImporter]] = {
    "category": Categories,
    "product-attribute-key": AttributeKeys,
    "product-management-attribute": ManagementAttributes,
    "product-abstract": AbstractProducts,
    "product-concrete": ConcreteProducts,
    "product-abstract-store": AbstractStores,
    "product-image": Images,
    "product-price": Prices,
    "stock": Warehouses,
    "stock-store": WarehouseStores,
    "product-stock": Stocks,
}
"""Entity to what takes its rows."""
