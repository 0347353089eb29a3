"""What publishing reads of a product: plain values, and the few questions that fetch them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from glue_catalog import ProductText, models
from glue_core import Work, chunks

Rows = dict[str, list[Any]]
"""Rows of some products, by SKU."""


@dataclass(frozen=True, slots=True)
class Price:
    """The amounts of one type, store and currency."""

    type_name: str
    store: str
    currency: str
    net_amount: int | None
    gross_amount: int | None
    volume_prices: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture in its place."""

    url_large: str
    url_small: str
    alt_texts_large: Mapping[str, str]
    alt_texts_small: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ImageSet:
    """Pictures in order; the locale '' stands for all."""

    name: str
    locale: str
    images: Sequence[Image]


@dataclass(frozen=True, slots=True)
class Stock:
    """What an active warehouse of a store has."""

    store: str
    quantity: Decimal
    is_never_out_of_stock: bool


@dataclass(frozen=True, slots=True)
class Concrete:
    """A concrete product with what belongs to it."""

    id: int
    sku: str
    attributes: Mapping[str, str]
    texts: Mapping[str, ProductText]
    prices: Sequence[Price]
    image_sets: Sequence[ImageSet]
    stocks: Sequence[Stock]


@dataclass(frozen=True, slots=True)
class Abstract:
    """An abstract product with what belongs to it; variants that are not active are left out."""

    sku: str
    attributes: Mapping[str, str]
    texts: Mapping[str, ProductText]
    stores: frozenset[str]
    prices: Sequence[Price]
    image_sets: Sequence[ImageSet]
    variants: Sequence[Concrete]


@dataclass(frozen=True, slots=True)
class AttributeFacts:
    """What holds for the attributes of all products.

    Attributes:
        super_keys: Keys of attributes that variants differ in.
        names: Key to locale to name.
    """

    super_keys: frozenset[str] = frozenset()
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read_attribute_facts(work: Work) -> AttributeFacts:
    """Read what holds for all attributes; a shop has some hundreds."""
    keys, names = models.ATTRIBUTE_KEY, models.MANAGEMENT_ATTRIBUTE
    return AttributeFacts(
        frozenset(work.session.scalars(sa.select(keys.c.key).where(keys.c.is_super))),
        {row.key: row.names for row in work.session.execute(sa.select(names.c.key, names.c.names))},
    )


def read_products(skus: Sequence[str], work: Work) -> list[Abstract]:
    """Read abstract products with everything that belongs to them.

    The number of questions does not depend on the number of products.
    """
    found = ask(work, sa.select(models.ABSTRACT), models.ABSTRACT.c.sku, skus)
    texts = ask(work, sa.select(models.ABSTRACT_TEXT), models.ABSTRACT_TEXT.c.sku, skus)
    stores = ask(work, sa.select(models.ABSTRACT_STORE), models.ABSTRACT_STORE.c.sku, skus)
    prices = _read_prices(models.ABSTRACT_PRICE, skus, work)
    images = read_images(models.IMAGE_SET.c.abstract_sku, skus, work)
    variants = _read_variants(skus, work)
    return [
        Abstract(
            sku=row.sku,
            attributes=row.attributes,
            texts={
                text.locale: ProductText(
                    text.name,
                    text.description,
                    text.url,
                    text.meta_title,
                    text.meta_keywords,
                    text.meta_description,
                    text.attributes,
                )
                for text in texts[row.sku]
            },
            stores=frozenset(each.store for each in stores[row.sku]),
            prices=prices[row.sku],
            image_sets=images[row.sku],
            variants=variants[row.sku],
        )
        for rows in found.values()
        for row in rows
    ]


def read_urls(skus: Sequence[str], work: Work) -> dict[str, dict[str, str]]:
    """Return the addresses of abstract products: SKU to path to locale, for each SKU."""
    table = models.ABSTRACT_TEXT
    question = sa.select(table.c.sku, table.c.url, table.c.locale).where(table.c.url != "")
    found: dict[str, dict[str, str]] = {sku: {} for sku in skus}
    for part in chunks(skus):
        for row in work.session.execute(question.where(table.c.sku.in_(part))):
            found[row.sku][row.url] = row.locale
    return found


def _read_variants(skus: Sequence[str], work: Work) -> dict[str, list[Concrete]]:
    table = models.CONCRETE
    rows = work.session.execute(
        sa.select(table)
        .where(table.c.abstract_sku.in_(skus), table.c.is_active)
        .order_by(table.c.id)
    ).all()
    own = [row.sku for row in rows]
    texts = ask(work, sa.select(models.CONCRETE_TEXT), models.CONCRETE_TEXT.c.sku, own)
    prices = _read_prices(models.CONCRETE_PRICE, own, work)
    images = read_images(models.IMAGE_SET.c.concrete_sku, own, work)
    stocks = _read_stocks(own, work)
    variants: dict[str, list[Concrete]] = defaultdict(list)
    for row in rows:
        variants[row.abstract_sku].append(
            Concrete(
                id=row.id,
                sku=row.sku,
                attributes=row.attributes,
                texts={
                    text.locale: ProductText(
                        text.name, text.description, attributes=text.attributes
                    )
                    for text in texts[row.sku]
                },
                prices=prices[row.sku],
                image_sets=images[row.sku],
                stocks=stocks[row.sku],
            )
        )
    return variants


def _read_prices(table: sa.Table, skus: Sequence[str], work: Work) -> dict[str, list[Price]]:
    rows = ask(work, sa.select(table).order_by(*table.primary_key.columns), table.c.sku, skus)
    prices: dict[str, list[Price]] = defaultdict(list)
    for sku, found in rows.items():
        prices[sku] = [
            Price(
                row.type_name,
                row.store,
                row.currency,
                row.net_amount,
                row.gross_amount,
                row.volume_prices,
            )
            for row in found
        ]
    return prices


def _read_stocks(skus: Sequence[str], work: Work) -> dict[str, list[Stock]]:
    stock, warehouse, serves = models.STOCK, models.WAREHOUSE, models.WAREHOUSE_STORE
    question = (
        sa.select(stock.c.sku, serves.c.store, stock.c.quantity, stock.c.is_never_out_of_stock)
        .join(warehouse, warehouse.c.name == stock.c.warehouse)
        .join(serves, serves.c.warehouse == warehouse.c.name)
        .where(warehouse.c.is_active)
    )
    stocks: dict[str, list[Stock]] = defaultdict(list)
    for sku, rows in ask(work, question, stock.c.sku, skus).items():
        stocks[sku] = [Stock(row.store, row.quantity, row.is_never_out_of_stock) for row in rows]
    return stocks


def read_images(
    owner: sa.Column[Any], skus: Sequence[str], work: Work
) -> dict[str, list[ImageSet]]:
    """Read the pictures of abstract or of concrete products, by SKU."""
    sets, places, images = models.IMAGE_SET, models.IMAGE_PLACE, models.IMAGE
    question = (
        sa.select(
            owner.label("sku"),
            sets.c.key,
            sets.c.locale,
            sets.c.name,
            images.c.url_large,
            images.c.url_small,
            images.c.alt_texts_large,
            images.c.alt_texts_small,
        )
        .join(places, (places.c.set_key == sets.c.key) & (places.c.locale == sets.c.locale))
        .join(images, images.c.key == places.c.image_key)
        .order_by(sets.c.name, sets.c.key, sets.c.locale, places.c.sort_order, images.c.key)
    )
    found: dict[str, list[ImageSet]] = defaultdict(list)
    for sku, rows in ask(work, question, owner, skus).items():
        by_set: dict[tuple[str, str], list[Any]] = {}
        for row in rows:
            by_set.setdefault((row.key, row.locale), []).append(row)
        found[sku] = [
            ImageSet(
                members[0].name,
                locale,
                [
                    Image(row.url_large, row.url_small, row.alt_texts_large, row.alt_texts_small)
                    for row in members
                ],
            )
            for (_, locale), members in by_set.items()
        ]
    return found


def ask(work: Work, question: sa.Select[Any], column: sa.Column[Any], skus: Sequence[str]) -> Rows:
    """Ask for the rows of some products, by SKU."""
    rows: Rows = defaultdict(list)
    for row in work.session.execute(question.where(column.in_(skus))):
        rows[row.sku].append(row)
    return rows
