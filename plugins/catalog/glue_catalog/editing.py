"""Editing whole products in the database: merged here, written by the catalog's writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from glue_catalog import (
    AbstractProductDraft,
    BadValue,
    CatalogWriter,
    ConcreteProductDraft,
    NoSuchProduct,
    ProductQuery,
    ProductRecord,
    ProductText,
    RecordPage,
    SkuInUse,
    UrlInUse,
    VariantRecord,
    models,
)
from glue_catalog.merging import locales_of, merge, named_locales
from glue_catalog.picturing import replace_picture_sets
from glue_catalog.recording import read_categories, read_page, read_records
from glue_catalog.writing import READ
from glue_core import Work
from glue_stores import StoreRegister


class DatabaseProductEditor:
    """Edits products in the database; see `ProductEditor`.

    On SQLite one writes at a time. On PostgreSQL whoever changes a product locks its row first, and
    whoever makes one claims its SKU by writing the row.
    """

    def __init__(self, writer: CatalogWriter, register: StoreRegister) -> None:
        self._writer = writer
        self._register = register

    def find(self, skus: Sequence[str], work: Work) -> dict[str, ProductRecord]:
        """Return records by SKU."""
        found = read_records(skus, work)
        # A change finds out by them whether somebody else was faster.
        work.session.info.setdefault(READ, {}).update(found)
        return found

    def page(self, query: ProductQuery, work: Work) -> RecordPage:
        """Return a part of the list of records."""
        return read_page(query, work)

    def create(self, sku: str, changes: Mapping[str, Any], work: Work) -> ProductRecord:
        """Write a new abstract product."""
        if self._writer.abstract_skus([sku], work):
            raise SkuInUse(sku)
        record = ProductRecord(sku)
        merged = self._merged(record, changes, work)
        try:
            work.session.execute(sa.insert(models.ABSTRACT).values(sku=sku, attributes={}))
        except IntegrityError as error:
            raise SkuInUse(sku) from error
        self._write(record, merged, work)
        return self.find([sku], work)[sku]

    def change(self, sku: str, changes: Mapping[str, Any], work: Work) -> ProductRecord:
        """Change an abstract product."""
        column = models.ABSTRACT.c.sku
        locked = work.session.scalar(sa.select(column).where(column == sku).with_for_update())
        if locked is None:
            raise NoSuchProduct(sku)
        record = read_records([sku], work)[sku]
        known = work.session.info.get(READ, {}).get(sku, record)
        if known != record:
            raise StaleDataError(f"Somebody else changed the product {sku!r} meanwhile.")
        merged = self._merged(record, changes, work)
        if merged == record:
            return record
        self._write(record, merged, work)
        return self.find([sku], work)[sku]

    def _merged(
        self, record: ProductRecord, changes: Mapping[str, Any], work: Work
    ) -> ProductRecord:
        """Return what a product becomes, once all that it points to is there and free."""
        if "categories" in changes:
            found = read_categories(changes["categories"], work)
            changes = {**changes, "categories": found}
        self._check_locales(record, changes, work)
        merged = merge(record, changes)
        if new := sorted(set(merged.stores) - set(record.stores)):
            stores = self._register.names(work)
            for store in new:
                if store not in stores:
                    raise BadValue(("stores", store), f"There is no store {store!r}.")
        self._check_urls(record, merged, work)
        self._check_variants(record, merged, work)
        return merged

    def _check_locales(self, record: ProductRecord, changes: Mapping[str, Any], work: Work) -> None:
        """Refuse a locale of no store; what an import brought in one may stay and be changed."""
        known = locales_of(record)
        new = [(locale, path) for locale, path in named_locales(changes) if locale not in known]
        if not new:
            return
        offered = {locale for store in self._register.stores(work) for locale in store.locales}
        for locale, path in new:
            if locale not in offered:
                raise BadValue(path, f"No store has the locale {locale!r}.")

    def _check_urls(self, record: ProductRecord, merged: ProductRecord, work: Work) -> None:
        new = _new_urls(record, merged)
        if not new:
            return
        held = [text.url for text in merged.texts.values()]
        owners = self._writer.urls((), new.values(), work)
        for locale, url in new.items():
            is_foreign = url in owners and owners[url][0] != record.sku
            if is_foreign or held.count(url) > 1:
                raise UrlInUse(url, locale)

    def _check_variants(self, record: ProductRecord, merged: ProductRecord, work: Work) -> None:
        former = {variant.sku for variant in record.variants}
        new = [variant.sku for variant in merged.variants if variant.sku not in former]
        if owners := self._writer.concrete_skus(new, work):
            _refuse_variant(min(owners))

    def _write(self, record: ProductRecord, merged: ProductRecord, work: Work) -> None:
        """Write what differs; the abstract product comes always, and makes the event."""
        try:
            self._writer.put_abstract_products([_draft(record, merged, work)], work)
        except IntegrityError as error:
            # All URLs were free a moment ago; the database says which one is not any more.
            for locale, url in _new_urls(record, merged).items():
                if f"({url})" in str(error.orig):
                    raise UrlInUse(url, locale) from error
            raise
        former = {variant.sku: variant for variant in record.variants}
        changed = [each for each in merged.variants if former.get(each.sku) != each]
        self._write_variants(merged.sku, changed, former, work)
        pairs = {name: (merged.sku, name) for name in {*record.stores, *merged.stores}}
        new = [pairs[name] for name in merged.stores if name not in record.stores]
        gone = [pairs[name] for name in record.stores if name not in merged.stores]
        if new:
            self._writer.assign_stores(new, work)
        if gone:
            self._writer.unassign_stores(gone, work)
        if merged.picture_sets != record.picture_sets:
            owner = models.IMAGE_SET.c.abstract_sku
            replace_picture_sets(owner, merged.sku, merged.picture_sets, work)

    def _write_variants(
        self,
        abstract_sku: str,
        changed: Sequence[VariantRecord],
        former: Mapping[str, VariantRecord],
        work: Work,
    ) -> None:
        for variant in changed:
            if variant.sku not in former:
                _claim_variant(variant.sku, abstract_sku, work)
        if changed:
            drafts = [_variant_draft(each, abstract_sku, former.get(each.sku)) for each in changed]
            self._writer.put_concrete_products(drafts, work)
        for variant in changed:
            if variant.picture_sets != former.get(variant.sku, VariantRecord("")).picture_sets:
                owner = models.IMAGE_SET.c.concrete_sku
                replace_picture_sets(owner, variant.sku, variant.picture_sets, work)


def _new_urls(record: ProductRecord, merged: ProductRecord) -> dict[str, str]:
    """Return the URLs that a product did not have in the locale, by locale."""
    former = {locale: text.url for locale, text in record.texts.items()}
    return {
        locale: text.url
        for locale, text in merged.texts.items()
        if text.url and former.get(locale) != text.url
    }


def _draft(record: ProductRecord, merged: ProductRecord, work: Work) -> AbstractProductDraft:
    texts: dict[str, ProductText | None] = dict.fromkeys(record.texts)
    texts.update(merged.texts)
    categories = None
    if merged.categories != record.categories:
        table = models.ABSTRACT_CATEGORY.c
        question = sa.select(table.category_key, table.position).where(table.sku == merged.sku)
        places = {row.category_key: row.position for row in work.session.execute(question)}
        categories = {each.key: places.get(each.key, 0) for each in merged.categories}
    return AbstractProductDraft(
        sku=merged.sku,
        attributes=merged.attributes,
        texts=texts,
        tax_set_name=merged.tax_set_name,
        new_from=merged.new_from,
        new_to=merged.new_to,
        categories=categories,
    )


def _variant_draft(
    variant: VariantRecord, abstract_sku: str, former: VariantRecord | None
) -> ConcreteProductDraft:
    texts: dict[str, ProductText | None] = dict.fromkeys(former.texts if former else ())
    for locale, text in variant.texts.items():
        texts[locale] = ProductText(text.name, text.description, attributes=text.attributes)
    return ConcreteProductDraft(
        sku=variant.sku,
        abstract_sku=abstract_sku,
        attributes=variant.attributes,
        texts=texts,
        is_active=variant.is_active,
        searchable={locale: text.is_searchable for locale, text in variant.texts.items()},
        is_quantity_splittable=variant.is_quantity_splittable,
    )


def _claim_variant(sku: str, abstract_sku: str, work: Work) -> None:
    """Write the bare row of a new variant, so that nobody else's is written over."""
    row = {"sku": sku, "abstract_sku": abstract_sku, "attributes": {}, "is_active": False}
    try:
        work.session.execute(sa.insert(models.CONCRETE).values(row))
    except IntegrityError as error:
        _refuse_variant(sku, error)


def _refuse_variant(sku: str, cause: Exception | None = None) -> NoReturn:
    reason = f"The SKU {sku!r} is that of a variant of another product."
    raise BadValue(("variants", sku, "sku"), reason) from cause
