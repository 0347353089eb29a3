"""What a product becomes when some of it changes: the rules, and nothing that reads or writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, TypeVar

from glue_catalog import (
    BadValue,
    PictureSet,
    ProductRecord,
    ProductText,
    VariantRecord,
    VariantText,
)
from glue_core import in_utc

Text = TypeVar("Text", ProductText, VariantText)
Path = tuple[str, ...]

TIMES = ("new_from", "new_to")


def merge(record: ProductRecord, changes: Mapping[str, Any]) -> ProductRecord:
    """Return a product as it is after changes; see `ProductEditor`.

    Args:
        record: The product as it is.
        changes: Values by name; ``categories`` are categories here.

    Raises:
        BadValue: A text has no name, or the product is new until before it is new.
        ValueError: A name is not known.
    """
    values = _known(changes, ProductRecord)
    for name in TIMES:
        if values.get(name) is not None:
            values[name] = in_utc(values[name])
    if "stores" in values:
        values["stores"] = tuple(sorted(set(values["stores"])))
    if "picture_sets" in values:
        values["picture_sets"] = in_order(values["picture_sets"])
    if "texts" in values:
        values["texts"] = _texts(record.texts, values["texts"], ProductText, ("texts",))
    if "variants" in values:
        values["variants"] = _variants(record.variants, values["variants"])
    merged = replace(record, **values)
    if merged.new_from and merged.new_to and merged.new_to < merged.new_from:
        named = "new_to" if "new_to" in changes else "new_from"
        raise BadValue((named,), "The product is new until before it is new.")
    return merged


def locales_of(record: ProductRecord) -> frozenset[str]:
    """Return the locales that a product or one of its variants has something in."""
    found: set[str] = set()
    parts: list[ProductRecord | VariantRecord] = [record, *record.variants]
    for each in parts:
        found.update(each.texts, (pictures.locale for pictures in each.picture_sets))
    return frozenset(found - {""})


def named_locales(changes: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[str, Path]]:
    """Yield the locales that changes give a product something in, and where each is named.

    Args:
        changes: Values by name, as `merge` takes them, or those of one variant.
        path: Where the changes are among those of the product.
    """
    for locale, named in changes.get("texts", {}).items():
        if named is not None:
            yield locale, (*path, "texts", locale, "locale")
    for each in changes.get("picture_sets", ()):
        if each.locale:
            yield each.locale, (*path, "picture_sets", each.locale, "locale")
    for sku, named in changes.get("variants", {}).items():
        yield from named_locales(named, ("variants", sku))


def in_order(sets: Sequence[PictureSet]) -> tuple[PictureSet, ...]:
    """Return sets in the order that records have them in: by name and locale."""
    return tuple(sorted(sets, key=lambda each: (each.name, each.locale)))


def _variants(
    variants: Sequence[VariantRecord], changes: Mapping[str, Mapping[str, Any]]
) -> tuple[VariantRecord, ...]:
    merged = {variant.sku: variant for variant in variants}
    for sku, named in changes.items():
        variant = merged.get(sku, VariantRecord(sku))
        values = _known(named, VariantRecord)
        if "picture_sets" in values:
            values["picture_sets"] = in_order(values["picture_sets"])
        if "texts" in values:
            path = ("variants", sku, "texts")
            values["texts"] = _texts(variant.texts, values["texts"], VariantText, path)
        merged[sku] = replace(variant, **values)
    return tuple(merged.values())


def _texts(
    texts: Mapping[str, Text],
    changes: Mapping[str, Mapping[str, Any] | None],
    kind: type[Text],
    path: Path,
) -> dict[str, Text]:
    """Change the texts of those locales that are named."""
    merged = dict(texts)
    for locale, named in changes.items():
        if named is None:
            merged.pop(locale, None)
            continue
        values = _known(named, kind)
        text = merged.get(locale, kind(""))
        merged[locale] = replace(text, **values)
        if not merged[locale].name:
            raise BadValue((*path, locale, "name"), f"The texts in {locale!r} have no name.")
    return dict(sorted(merged.items()))


def _known(values: Mapping[str, Any], kind: type[Any]) -> dict[str, Any]:
    """Return values by the names of a class; its key is not among them."""
    known = {field.name for field in fields(kind)} - {"sku"}
    if unknown := sorted(values.keys() - known):
        raise ValueError(f"A {kind.__name__} has no {', '.join(unknown)} to change.")
    return dict(values)
