"""Reading whole products from the database, in a fixed number of questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from glue_catalog import (
    Category,
    CategoryText,
    Picture,
    PictureSet,
    ProductQuery,
    ProductRecord,
    ProductText,
    RecordPage,
    VariantRecord,
    VariantText,
    models,
)
from glue_catalog.merging import in_order
from glue_catalog.products import ImageSet, ask, read_images
from glue_core import Work, chunks

ABSTRACT = models.ABSTRACT.c


def _any(table: sa.Table, column: str, owner: str = "sku") -> Any:
    """Return the condition that a product has a row with a value in a table of its own."""
    return lambda value: ABSTRACT.sku.in_(sa.select(table.c[owner]).where(table.c[column] == value))


CONDITIONS: Mapping[str, Any] = {
    "sku": lambda value: ABSTRACT.sku == value,
    "name": _any(models.ABSTRACT_TEXT, "name"),
    "tax_set_name": lambda value: ABSTRACT.tax_set_name == value,
    "store": _any(models.ABSTRACT_STORE, "store"),
    "category": _any(models.ABSTRACT_CATEGORY, "category_key"),
    "variant": _any(models.CONCRETE, "sku", "abstract_sku"),
}
SORTS: Mapping[str, sa.Column[Any]] = {
    "sku": ABSTRACT.sku,
    "tax_set_name": ABSTRACT.tax_set_name,
    "new_from": ABSTRACT.new_from,
    "new_to": ABSTRACT.new_to,
}


def read_page(query: ProductQuery, work: Work) -> RecordPage:
    """Read a part of the list.

    Raises:
        ValueError: The query names an unknown field.
    """
    where = [_known(CONDITIONS, name, "filter")(value) for name, value in query.filters]
    order = [
        (by.asc() if key.is_ascending else by.desc()).nulls_last()
        for key in query.sorts
        for by in [_sortable(_known(SORTS, key.field, "sort"), work)]
    ]
    skus = work.session.scalars(
        sa.select(ABSTRACT.sku)
        .where(*where)
        .order_by(*order, _sortable(ABSTRACT.sku, work))
        .offset(query.offset)
        .limit(query.limit)
    ).all()
    total = work.session.scalar(
        sa.select(sa.func.count()).select_from(models.ABSTRACT).where(*where)
    )
    found = read_records(skus, work)
    return RecordPage(tuple(found[sku] for sku in skus), total or 0)


def read_records(skus: Sequence[str], work: Work) -> dict[str, ProductRecord]:
    """Read products by SKU."""
    found: dict[str, ProductRecord] = {}
    for part in chunks(skus):
        found.update(_read(part, work))
    return found


def read_categories(keys: Iterable[str], work: Work) -> tuple[Category, ...]:
    """Read categories by key, in order; unknown ones are left out."""
    own, texts = models.CATEGORY.c, models.CATEGORY_TEXT
    found: list[Category] = []
    for part in chunks(keys):
        known = work.session.scalars(
            sa.select(own.key).where(own.key.in_(part)).order_by(own.key)
        ).all()
        rows: dict[str, dict[str, CategoryText]] = {key: {} for key in known}
        for row in work.session.execute(
            sa.select(texts).where(texts.c.category_key.in_(known)).order_by(texts.c.locale)
        ):
            rows[row.category_key][row.locale] = CategoryText(
                row.name, row.meta_title, row.meta_keywords, row.meta_description
            )
        found.extend(Category(key, rows[key]) for key in known)
    return tuple(sorted(found, key=lambda category: category.key))


def _read(skus: Sequence[str], work: Work) -> dict[str, ProductRecord]:
    products = ask(work, sa.select(models.ABSTRACT), ABSTRACT.sku, skus)
    texts = _of(models.ABSTRACT_TEXT, skus, work)
    stores = _of(models.ABSTRACT_STORE, skus, work)
    places = _of(models.ABSTRACT_CATEGORY, skus, work)
    keys = {place.category_key for rows in places.values() for place in rows}
    categories = {each.key: each for each in read_categories(keys, work)}
    images = read_images(models.IMAGE_SET.c.abstract_sku, skus, work)
    variants = _read_variants(skus, work)
    return {
        row.sku: ProductRecord(
            sku=row.sku,
            tax_set_name=row.tax_set_name,
            new_from=row.new_from,
            new_to=row.new_to,
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
                for text in sorted(texts[row.sku], key=lambda text: str(text.locale))
            },
            stores=tuple(sorted(each.store for each in stores[row.sku])),
            categories=tuple(
                categories[key] for key in sorted(each.category_key for each in places[row.sku])
            ),
            picture_sets=_picture_sets(images[row.sku]),
            variants=tuple(variants.get(row.sku, ())),
        )
        for rows in products.values()
        for row in rows
    }


def _read_variants(skus: Sequence[str], work: Work) -> dict[str, list[VariantRecord]]:
    table = models.CONCRETE
    rows = work.session.execute(
        sa.select(table).where(table.c.abstract_sku.in_(skus)).order_by(table.c.id)
    ).all()
    own = [row.sku for row in rows]
    texts = _of(models.CONCRETE_TEXT, own, work)
    images = read_images(models.IMAGE_SET.c.concrete_sku, own, work)
    variants: dict[str, list[VariantRecord]] = {}
    for row in rows:
        variants.setdefault(row.abstract_sku, []).append(
            VariantRecord(
                sku=row.sku,
                is_active=row.is_active,
                is_quantity_splittable=row.is_quantity_splittable,
                attributes=row.attributes,
                texts={
                    text.locale: VariantText(
                        text.name, text.description, text.is_searchable, text.attributes
                    )
                    for text in sorted(texts[row.sku], key=lambda text: str(text.locale))
                },
                picture_sets=_picture_sets(images[row.sku]),
            )
        )
    return variants


def _of(table: sa.Table, skus: Sequence[str], work: Work) -> dict[str, list[Any]]:
    """Read the rows of a table that belong to products."""
    return ask(work, sa.select(table), table.c.sku, skus)


def _picture_sets(sets: Sequence[ImageSet]) -> tuple[PictureSet, ...]:
    return in_order(
        [
            PictureSet(
                each.name,
                each.locale,
                tuple(Picture(image.url_large, image.url_small) for image in each.images),
            )
            for each in sets
        ]
    )


def _sortable(column: sa.Column[Any], work: Work) -> sa.ColumnElement[Any]:
    """Sort texts by code point: PostgreSQL would sort by the rules of its machine."""
    if isinstance(column.type, sa.Text) and work.session.get_bind().dialect.name == "postgresql":
        return column.collate("C")
    return column


def _known(known: Mapping[str, Any], name: str, what: str) -> Any:
    if name not in known:
        raise ValueError(f"There is no {what} {name!r}; known are: {', '.join(sorted(known))}.")
    return known[name]
