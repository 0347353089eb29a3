"""Making the documents of a product: the rules, and nothing that reads or writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from glue_catalog import ProductText
from glue_catalog.products import Abstract, AttributeFacts, Concrete, ImageSet, Price, Stock
from glue_stores import Store

Json = dict[str, Any]

DEFAULT_TYPE = "DEFAULT"
MODES = (("GROSS_MODE", "gross_amount"), ("NET_MODE", "net_amount"))
QUOTED = r"\s*(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")\s*"
CHOICES = re.compile(rf"\[{QUOTED}(?:,{QUOTED})*\]")
CHOICE = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")


def abstract_product(product: Abstract, locale: str, facts: AttributeFacts) -> Json:
    """Describe an abstract product in a locale that it has texts in."""
    text = product.texts[locale]
    attributes = merge(product.attributes, text.attributes)
    attribute_map = _attribute_map(product.variants, locale, facts)
    super_attributes = attribute_map["super_attributes"]
    return {
        "sku": product.sku,
        "average_rating": None,
        "review_count": 0,
        "name": text.name,
        "description": text.description,
        "attributes": attributes,
        "super_attributes_definition": _super_keys(attributes, facts),
        "super_attributes": super_attributes,
        "attribute_map": attribute_map,
        **_meta(text),
        "attribute_names": attribute_names([*attributes, *super_attributes], locale, facts),
        "url": text.url,
        "merchant_reference": None,
        "concrete_skus": attribute_map["product_concrete_ids"],
    }


def concrete_product(
    product: Concrete, parent: Abstract, locale: str, facts: AttributeFacts
) -> Json:
    """Describe a concrete product in a locale that it and its abstract product have texts in."""
    text, parent_text = product.texts[locale], parent.texts[locale]
    attributes = merge(
        parent.attributes, parent_text.attributes, product.attributes, text.attributes
    )
    return {
        "sku": product.sku,
        "is_discontinued": False,
        "discontinued_note": None,
        "average_rating": None,
        "review_count": 0,
        "product_abstract_sku": parent.sku,
        "name": text.name,
        "description": text.description,
        "attributes": attributes,
        "super_attributes_definition": _super_keys(attributes, facts),
        **_meta(parent_text),
        "attribute_names": attribute_names(attributes, locale, facts),
        "product_configuration_instance": None,
    }


def merge(*layers: Mapping[str, str]) -> dict[str, str]:
    """Merge attributes, later ones winning, with several choices written as one text."""
    return {key: joined(value) for layer in layers for key, value in layer.items()}


def joined(value: str) -> str:
    """Turn the text ``['a', 'b']`` of several choices into ``a, b``."""
    if not value.startswith("[") or CHOICES.fullmatch(value) is None:
        return value
    choices = (single or double for single, double in CHOICE.findall(value))
    return ", ".join(re.sub(r"\\(.)", r"\1", choice) for choice in choices)


def attribute_names(keys: Iterable[str], locale: str, facts: AttributeFacts) -> dict[str, str]:
    """Name attributes in a locale; one without a name shows the key of its text."""
    return {key: facts.names.get(key, {}).get(locale) or f"product.attribute.{key}" for key in keys}


def prices(own: Sequence[Price], inherited: Sequence[Price], sku: str, store: Store) -> Json:
    """Describe the prices of a product in every currency of a store, in both modes.

    An amount that the product itself lacks, by type, currency and mode, is the inherited one.
    Volume prices are those of the type DEFAULT.
    """
    document: Json = {"sku": sku}
    for currency in store.currencies:
        shown = {"code": currency.code, "name": currency.name, "symbol": currency.symbol}
        modes: Json = {}
        for mode, amount in MODES:
            chosen: dict[str, Price] = {}
            for price in [*inherited, *own]:
                if (price.store, price.currency) == (store.name, currency.code) and (
                    getattr(price, amount) is not None
                ):
                    chosen[price.type_name] = price
            entries = [
                _price(chosen[name], amount, shown)
                for name in sorted(chosen, key=lambda name: (name != DEFAULT_TYPE, name))
            ]
            default = chosen.get(DEFAULT_TYPE)
            modes[mode] = {
                "price": None if default is None else getattr(default, amount),
                "prices": entries,
            }
        document[currency.code] = modes
    return document


def _price(price: Price, amount: str, currency: Json) -> Json:
    volume = price.volume_prices if price.type_name == DEFAULT_TYPE else ()
    return {
        "price_type_name": price.type_name,
        "net_amount": price.net_amount if amount == "net_amount" else None,
        "gross_amount": price.gross_amount if amount == "gross_amount" else None,
        "currency": currency,
        "volume_prices": [
            {
                "quantity": each["quantity"],
                "net_amount": each["net_amount"],
                "gross_amount": each["gross_amount"],
            }
            for each in volume
        ],
    }


def concrete_availability(product: Concrete, store: str) -> Json | None:
    """Describe what a store has of a product; None when no warehouse of it keeps the product."""
    stocks = [stock for stock in product.stocks if stock.store == store]
    if not stocks:
        return None
    quantity, is_endless = _total(stocks)
    return {
        "sku": product.sku,
        "availability": quantity > 0 or is_endless,
        "quantity": f"{quantity:.10f}",
        "is_never_out_of_stock": is_endless,
    }


def abstract_availability(product: Abstract, store: str) -> Json | None:
    """Sum up what a store has of the variants of a product; None when it keeps none of them."""
    stocks = [
        stock for variant in product.variants for stock in variant.stocks if stock.store == store
    ]
    if not stocks:
        return None
    quantity, is_endless = _total(stocks)
    return {
        "sku": product.sku,
        "availability": quantity > 0 or is_endless,
        "quantity": f"{quantity:.10f}",
    }


def image_sets(sku: str, locale: str, *sources: Sequence[ImageSet]) -> Json:
    """Show the image sets of the first source that has any in the locale."""
    shown: list[ImageSet] = []
    for source in sources:
        local = [each for each in source if each.locale == locale]
        names = {each.name for each in local}
        shown = local + [each for each in source if not each.locale and each.name not in names]
        if shown:
            break
    return {
        "sku": sku,
        "image_sets": [
            {
                "name": each.name,
                "images": [
                    {
                        "external_url_large": image.url_large,
                        "external_url_small": image.url_small,
                        "alt_text_large": image.alt_texts_large.get(locale),
                        "alt_text_small": image.alt_texts_small.get(locale),
                    }
                    for image in each.images
                ],
            }
            for each in sorted(shown, key=lambda each: each.name)
        ],
    }


def _total(stocks: Sequence[Stock]) -> tuple[Decimal, bool]:
    total = sum((stock.quantity for stock in stocks), Decimal(0))
    return total, any(stock.is_never_out_of_stock for stock in stocks)


def _meta(text: ProductText) -> Json:
    return {
        "meta_title": text.meta_title,
        "meta_keywords": text.meta_keywords,
        "meta_description": text.meta_description,
    }


def _super_keys(attributes: Mapping[str, str], facts: AttributeFacts) -> list[str]:
    return [key for key in attributes if key in facts.super_keys]


def _attribute_map(variants: Sequence[Concrete], locale: str, facts: AttributeFacts) -> Json:
    """Say how variants differ: the ids are those of the rows, and show as they are."""
    shown = [variant for variant in variants if locale in variant.texts]
    values: dict[str, list[str]] = {}
    found: dict[str, dict[str, str]] = {}
    for variant in shown:
        attributes = merge(variant.attributes, variant.texts[locale].attributes)
        supers = {key: attributes[key] for key in _super_keys(attributes, facts)}
        found[str(variant.id)] = supers
        for key, value in supers.items():
            if value not in values.setdefault(key, []):
                values[key].append(value)
    return {
        "product_concrete_ids": [variant.sku for variant in shown],
        "super_attributes": values,
        "attribute_variants": [],
        "attribute_variant_map": {
            number: {key: value for key, value in supers.items() if len(values[key]) > 1} or []
            for number, supers in found.items()
        },
    }
