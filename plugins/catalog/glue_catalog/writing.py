"""Writing the catalog to the database."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from glue_catalog import (
    PRODUCT_CHANGED,
    AbstractProductDraft,
    AttributeKeyDraft,
    CategoryDraft,
    ConcreteProductDraft,
    ImageDraft,
    ManagementAttributeDraft,
    PriceDraft,
    ProductText,
    StockDraft,
    models,
)
from glue_core import Event, Work, upsert

Rows = list[dict[str, Any]]

READ = "glue_catalog.read"
"""Where a session keeps the whole products that were read, by SKU."""

CHUNK = 500
"""Keys in one question; PostgreSQL and SQLite both take many more."""

WAREHOUSES = uuid.UUID("5f0c2e9a-7d4b-4a52-9a3e-0d6b1f1c8e37")
"""Namespace of the UUIDs of warehouses; the migrations have it too."""


def uuid_of_warehouse(name: str) -> str:
    """Return the UUID of a new warehouse: the same one wherever the same files are imported."""
    return str(uuid.uuid5(WAREHOUSES, name))


class DatabaseCatalogWriter:
    """Writes the catalog; see `CatalogWriter`.

    Every method writes a batch with a fixed number of statements.
    """

    def __init__(self) -> None:
        # Told apart by transaction, savepoints included: what is rolled back was not published.
        self._published: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()

    def abstract_skus(self, skus: Iterable[str], work: Work) -> frozenset[str]:
        """Return those SKUs that are abstract products."""
        column = models.ABSTRACT.c.sku
        return frozenset(row[0] for row in _in(work, sa.select(column), column, skus))

    def concrete_skus(self, skus: Iterable[str], work: Work) -> dict[str, str]:
        """Return those SKUs that are concrete products, with those of their abstract ones."""
        table = models.CONCRETE
        rows = _in(work, sa.select(table.c.sku, table.c.abstract_sku), table.c.sku, skus)
        return {row.sku: row.abstract_sku for row in rows}

    def variants(self, abstract_skus: Iterable[str], work: Work) -> Sequence[ConcreteProductDraft]:
        """Return the concrete products of abstract ones, without texts."""
        table = models.CONCRETE
        rows = _in(work, sa.select(table), table.c.abstract_sku, abstract_skus)
        return [
            ConcreteProductDraft(
                row.sku,
                row.abstract_sku,
                row.attributes,
                {},
                row.is_active,
                is_quantity_splittable=row.is_quantity_splittable,
            )
            for row in rows
        ]

    def category_keys(self, keys: Iterable[str], work: Work) -> frozenset[str]:
        """Return those keys that are of categories."""
        column = models.CATEGORY.c.key
        return frozenset(row[0] for row in _in(work, sa.select(column), column, keys))

    def urls(
        self, skus: Iterable[str], urls: Iterable[str], work: Work
    ) -> dict[str, tuple[str, str]]:
        """Return who has URLs: those of some abstract products, and some URLs besides."""
        table = models.ABSTRACT_TEXT
        question = sa.select(table.c.url, table.c.sku, table.c.locale).where(table.c.url != "")
        rows = [*_in(work, question, table.c.sku, skus), *_in(work, question, table.c.url, urls)]
        return {row.url: (row.sku, row.locale) for row in rows}

    def warehouses(self, work: Work) -> frozenset[str]:
        """Return the names of all warehouses."""
        return frozenset(work.session.scalars(sa.select(models.WAREHOUSE.c.name)))

    def put_categories(self, drafts: Sequence[CategoryDraft], work: Work) -> None:
        """Write categories; nothing of them is published with products."""
        upsert(work.session, models.CATEGORY, [{"key": draft.key} for draft in drafts])
        present: Rows = []
        absent: Rows = []
        for draft in drafts:
            for locale, text in draft.texts.items():
                key = {"category_key": draft.key, "locale": locale}
                if text is None:
                    absent.append(key)
                else:
                    present.append({**key, **asdict(text)})
        _delete(work, models.CATEGORY_TEXT, absent)
        upsert(work.session, models.CATEGORY_TEXT, present)

    def put_attribute_keys(self, drafts: Sequence[AttributeKeyDraft], work: Work) -> None:
        """Write attributes."""
        rows = [asdict(draft) for draft in drafts]
        self._put_attributes(models.ATTRIBUTE_KEY, rows, work)

    def put_management_attributes(
        self, drafts: Sequence[ManagementAttributeDraft], work: Work
    ) -> None:
        """Write how attributes are called."""
        rows = [
            {
                **{name: getattr(draft, name) for name in ("key", "input_type")},
                "allow_input": draft.allow_input,
                "is_multiple": draft.is_multiple,
                "values": list(draft.values),
                "names": dict(draft.names),
                "value_names": {loc: list(names) for loc, names in draft.value_names.items()},
            }
            for draft in drafts
        ]
        self._put_attributes(models.MANAGEMENT_ATTRIBUTE, rows, work)

    def put_abstract_products(self, drafts: Sequence[AbstractProductDraft], work: Work) -> None:
        """Write abstract products."""
        rows = [
            {
                "sku": draft.sku,
                "attributes": dict(draft.attributes),
                "tax_set_name": draft.tax_set_name,
                "new_from": draft.new_from,
                "new_to": draft.new_to,
            }
            for draft in drafts
        ]
        upsert(work.session, models.ABSTRACT, rows, keys=("sku",))
        self._free_urls(drafts, work)
        _put_texts(models.ABSTRACT_TEXT, drafts, work)
        _put_categories_of(drafts, work)
        self._publish([draft.sku for draft in drafts], work)

    def put_concrete_products(self, drafts: Sequence[ConcreteProductDraft], work: Work) -> None:
        """Write concrete products; one may move to another abstract product."""
        former = self.concrete_skus([draft.sku for draft in drafts], work)
        rows = [
            {
                "sku": draft.sku,
                "abstract_sku": draft.abstract_sku,
                "attributes": dict(draft.attributes),
                "is_active": draft.is_active,
                "is_quantity_splittable": draft.is_quantity_splittable,
            }
            for draft in drafts
        ]
        upsert(work.session, models.CONCRETE, rows, keys=("sku",))
        _put_texts(models.CONCRETE_TEXT, drafts, work)
        self._publish([*former.values(), *(draft.abstract_sku for draft in drafts)], work)

    def assign_stores(self, pairs: Sequence[tuple[str, str]], work: Work) -> None:
        """Show abstract products in stores."""
        rows = [{"sku": sku, "store": store} for sku, store in pairs]
        upsert(work.session, models.ABSTRACT_STORE, rows)
        self._publish([sku for sku, _ in pairs], work)

    def unassign_stores(self, pairs: Sequence[tuple[str, str]], work: Work) -> None:
        """Take abstract products out of stores."""
        table = models.ABSTRACT_STORE
        _delete(work, table, [{"sku": sku, "store": store} for sku, store in pairs])
        self._publish([sku for sku, _ in pairs], work)

    def put_prices(self, drafts: Sequence[PriceDraft], work: Work) -> None:
        """Write prices."""
        for is_abstract, table in ((True, models.ABSTRACT_PRICE), (False, models.CONCRETE_PRICE)):
            rows = [
                {
                    "sku": draft.sku,
                    "type_name": draft.type_name,
                    "store": draft.store,
                    "currency": draft.currency,
                    "net_amount": draft.net_amount,
                    "gross_amount": draft.gross_amount,
                    "volume_prices": [asdict(price) for price in draft.volume_prices],
                }
                for draft in drafts
                if draft.is_abstract is is_abstract
            ]
            upsert(work.session, table, rows)
        self._publish([draft.sku for draft in drafts if draft.is_abstract], work)
        self._publish_owners([draft.sku for draft in drafts if not draft.is_abstract], work)

    def put_images(self, drafts: Sequence[ImageDraft], work: Work) -> None:
        """Write pictures and their sets."""
        session = work.session
        self._publish_image_owners(drafts, work)
        sets = [
            {
                "key": draft.set_key,
                "locale": draft.locale,
                "name": draft.set_name,
                "abstract_sku": draft.abstract_sku,
                "concrete_sku": draft.concrete_sku,
            }
            for draft in drafts
        ]
        images = [
            {
                "key": draft.key,
                "url_large": draft.url_large,
                "url_small": draft.url_small,
                "alt_texts_large": dict(draft.alt_texts_large),
                "alt_texts_small": dict(draft.alt_texts_small),
            }
            for draft in drafts
        ]
        places = [
            {
                "set_key": draft.set_key,
                "locale": draft.locale,
                "image_key": draft.key,
                "sort_order": draft.sort_order,
            }
            for draft in drafts
        ]
        upsert(session, models.IMAGE_SET, sets)
        upsert(session, models.IMAGE, images)
        upsert(session, models.IMAGE_PLACE, places)
        self._publish_image_owners(drafts, work)

    def put_warehouses(self, drafts: Mapping[str, bool], work: Work) -> None:
        """Write warehouses."""
        table = models.WAREHOUSE
        stored = {row.name: row for row in work.session.execute(sa.select(table))}
        changed = {
            name: active
            for name, active in drafts.items()
            if name not in stored or stored[name].is_active != active
        }
        rows = [
            {
                "uuid": stored[name].uuid if name in stored else uuid_of_warehouse(name),
                "name": name,
                "is_active": active,
            }
            for name, active in changed.items()
        ]
        upsert(work.session, table, rows, keys=("name",))
        self._publish_stocked(set(changed), work)

    def put_warehouse_stores(self, pairs: Sequence[tuple[str, str]], work: Work) -> None:
        """Let warehouses serve stores."""
        table = models.WAREHOUSE_STORE
        stored = {tuple(row) for row in work.session.execute(sa.select(table))}
        new = [pair for pair in pairs if pair not in stored]
        upsert(work.session, table, [{"warehouse": name, "store": store} for name, store in new])
        self._publish_stocked({name for name, _ in new}, work)

    def put_stocks(self, drafts: Sequence[StockDraft], work: Work) -> None:
        """Write what warehouses have."""
        upsert(work.session, models.STOCK, [asdict(draft) for draft in drafts])
        self._publish_owners([draft.sku for draft in drafts], work)

    def delete_abstract_products(self, skus: Sequence[str], work: Work) -> None:
        """Delete abstract products with everything that belongs to them."""
        _delete(work, models.ABSTRACT, [{"sku": sku} for sku in skus])
        self._publish(skus, work)

    def delete_concrete_products(self, skus: Sequence[str], work: Work) -> None:
        """Delete concrete products with everything that belongs to them."""
        self._publish_owners(skus, work)
        _delete(work, models.CONCRETE, [{"sku": sku} for sku in skus])

    def _free_urls(self, drafts: Sequence[AbstractProductDraft], work: Work) -> None:
        """Take URLs away that move within a batch: rows are written one after the other."""
        wanted = {
            text.url: (draft.sku, locale)
            for draft in drafts
            for locale, text in draft.texts.items()
            if text is not None and text.url
        }
        owners = self.urls((), wanted, work)
        moved = [owner for url, owner in owners.items() if owner != wanted[url]]
        if not moved:
            return
        table = models.ABSTRACT_TEXT
        named = {(draft.sku, locale) for draft in drafts for locale in draft.texts}
        for sku, locale in moved:
            if (sku, locale) in named:
                key = (table.c.sku == sku) & (table.c.locale == locale)
                work.session.execute(sa.update(table).where(key).values(url=""))

    def _put_attributes(self, table: sa.Table, rows: Rows, work: Work) -> None:
        """Write what holds for all products, and publish those that have a changed attribute."""
        keys = [row["key"] for row in rows]
        found = [dict(row._mapping) for row in _in(work, sa.select(table), table.c.key, keys)]
        stored = {row["key"]: row for row in found}
        for row in found:
            row.pop("id", None)
        changed = [row for row in rows if stored.get(row["key"]) != row]
        upsert(work.session, table, changed, keys=("key",))
        if changed:
            self._publish_having({row["key"] for row in changed}, work)

    def _publish(self, skus: Iterable[str], work: Work) -> None:
        session = work.session
        transaction = session.get_nested_transaction() or session.get_transaction()
        published = self._published.setdefault(transaction, set())
        read = session.info.get(READ, {})
        for sku in skus:
            # What this unit of work changed by itself, nobody else did.
            read.pop(sku, None)
            if sku not in published:
                published.add(sku)
                work.publish(Event(PRODUCT_CHANGED, sku))

    def _publish_owners(self, concrete_skus: Iterable[str], work: Work) -> None:
        self._publish(self.concrete_skus(concrete_skus, work).values(), work)

    def _publish_image_owners(self, drafts: Sequence[ImageDraft], work: Work) -> None:
        """Publish the products that have the pictures or their sets at this moment.

        Called before and after writing: a set may move, and a picture may be in several sets.
        """
        places, sets = models.IMAGE_PLACE, models.IMAGE_SET
        question = sa.select(
            sa.func.coalesce(sets.c.abstract_sku, models.CONCRETE.c.abstract_sku)
        ).select_from(sets.outerjoin(models.CONCRETE, sets.c.concrete_sku == models.CONCRETE.c.sku))
        by_set = _in(work, question, sets.c.key, {draft.set_key for draft in drafts})
        with_places = question.join(
            places, (places.c.set_key == sets.c.key) & (places.c.locale == sets.c.locale)
        )
        by_image = _in(work, with_places, places.c.image_key, {draft.key for draft in drafts})
        self._publish([row[0] for row in [*by_set, *by_image] if row[0] is not None], work)

    def _publish_stocked(self, warehouses: Collection[str], work: Work) -> None:
        if not warehouses:
            return
        question = (
            sa.select(models.CONCRETE.c.abstract_sku)
            .join(models.STOCK, models.STOCK.c.sku == models.CONCRETE.c.sku)
            .where(models.STOCK.c.warehouse.in_(warehouses))
            .distinct()
            .execution_options(yield_per=CHUNK)
        )
        self._publish(work.session.scalars(question), work)

    def _publish_having(self, keys: Collection[str], work: Work) -> None:
        """Publish every product that has an attribute; the tables are read as a stream."""
        sources = (
            sa.select(models.ABSTRACT.c.sku, models.ABSTRACT.c.attributes),
            sa.select(models.ABSTRACT_TEXT.c.sku, models.ABSTRACT_TEXT.c.attributes),
            sa.select(models.CONCRETE.c.abstract_sku, models.CONCRETE.c.attributes),
            sa.select(models.CONCRETE.c.abstract_sku, models.CONCRETE_TEXT.c.attributes).join(
                models.CONCRETE_TEXT, models.CONCRETE_TEXT.c.sku == models.CONCRETE.c.sku
            ),
        )
        for source in sources:
            rows = work.session.execute(source.execution_options(yield_per=CHUNK))
            self._publish((row[0] for row in rows if not row[1].keys().isdisjoint(keys)), work)


def _put_texts(
    table: sa.Table,
    drafts: Sequence[AbstractProductDraft] | Sequence[ConcreteProductDraft],
    work: Work,
) -> None:
    """Write the texts of products in the locales that the drafts name."""
    present: Rows = []
    absent: Rows = []
    for draft in drafts:
        for locale, text in draft.texts.items():
            key = {"sku": draft.sku, "locale": locale}
            if text is None:
                absent.append(key)
            elif isinstance(draft, ConcreteProductDraft):
                is_searchable = draft.searchable.get(locale, False)
                present.append({**key, **_concrete(text), "is_searchable": is_searchable})
            else:
                present.append({**key, **_abstract(text)})
    _delete(work, table, absent)
    upsert(work.session, table, present)


def _put_categories_of(drafts: Sequence[AbstractProductDraft], work: Work) -> None:
    """Write the categories of those products whose drafts name them, and no others."""
    table = models.ABSTRACT_CATEGORY
    latest = {draft.sku: draft.categories for draft in drafts if draft.categories is not None}
    _delete(work, table, [{"sku": sku} for sku in latest])
    rows = [
        {"sku": sku, "category_key": key, "position": position}
        for sku, categories in latest.items()
        for key, position in categories.items()
    ]
    upsert(work.session, table, rows)


def _concrete(text: ProductText) -> dict[str, Any]:
    return {
        "name": text.name,
        "description": text.description,
        "attributes": dict(text.attributes),
    }


def _abstract(text: ProductText) -> dict[str, Any]:
    return {
        **_concrete(text),
        "url": text.url,
        "meta_title": text.meta_title,
        "meta_keywords": text.meta_keywords,
        "meta_description": text.meta_description,
    }


def _in(
    work: Work, question: sa.Select[Any], column: sa.ColumnElement[Any], keys: Iterable[str]
) -> list[sa.Row[Any]]:
    """Ask for the rows whose column is one of the keys."""
    wanted = sorted(set(keys))
    rows: list[sa.Row[Any]] = []
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        rows.extend(work.session.execute(question.where(column.in_(part))))
    return rows


def _delete(work: Work, table: sa.Table, keys: Rows) -> None:
    """Delete rows by values of some columns."""
    if not keys:
        return
    # A parameter must not be called as a column: SQLAlchemy would take it for a value to write.
    matches = [table.c[name] == sa.bindparam(f"key_{name}") for name in keys[0]]
    parameters = [{f"key_{name}": value for name, value in key.items()} for key in keys]
    work.session.connection().execute(sa.delete(table).where(*matches), parameters)
