"""Writes the shop as an import directory, product by product."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

from glue_core import ConfigurationError
from glue_demo_shop import vocabulary as words
from glue_demo_shop.products import (
    CURRENCIES,
    LOCALES,
    NEW_FROM,
    NEW_TO,
    STORES,
    TAX_SET,
    WAREHOUSES,
    Price,
    Product,
    Variant,
    in_locale,
    make_products,
)

REGION = "EU"
SHARED = "common"
IMAGES = "https://images.example"

Record = Mapping[str, object]


def localised(name: str) -> list[str]:
    """Return the columns of a localised value."""
    return [f"{name}.{locale}" for locale in LOCALES]


def pairs(count: int, localised_count: int) -> list[str]:
    """Return the columns of attributes: numbered pairs of a key and a value."""
    columns = []
    for number in range(1, count + 1):
        columns += [f"attribute_key_{number}", f"value_{number}"]
    for number in range(1, localised_count + 1):
        columns += [*localised(f"attribute_key_{number}"), *localised(f"value_{number}")]
    return columns


PRODUCT_ABSTRACT = [
    "category_key",
    "category_product_order",
    "abstract_sku",
    *localised("name"),
    *localised("url"),
    *pairs(2, 3),
    "color_code",
    *localised("description"),
    "tax_set_name",
    *localised("meta_title"),
    *localised("meta_keywords"),
    *localised("meta_description"),
    "new_from",
    "new_to",
]
PRODUCT_CONCRETE = [
    "abstract_sku",
    "concrete_sku",
    *localised("name"),
    *pairs(2, 2),
    *localised("description"),
    *localised("is_searchable"),
    "bundled",
    "is_quantity_splittable",
    "is_active",
]
PRODUCT_IMAGE = [
    "image_set_name",
    "external_url_large",
    "external_url_small",
    "locale",
    "abstract_sku",
    "concrete_sku",
    "sort_order",
    "product_image_key",
    "product_image_set_key",
    *localised("alt_text_small"),
    *localised("alt_text_large"),
]
PRODUCT_PRICE = [
    "abstract_sku",
    "concrete_sku",
    "price_type",
    "store",
    "currency",
    "value_net",
    "value_gross",
    "price_data.volume_prices",
]
PRODUCT_STOCK = ["concrete_sku", "name", "quantity", "is_never_out_of_stock", "is_bundle"]

IMPORTS: tuple[tuple[str, str, str], ...] = (
    ("store", "store", "region"),
    ("currency", "currency", "shared"),
    ("currency-store", "currency_store", "store"),
    ("country-store", "country_store", "store"),
    ("country-region", "country_region", "shared"),
    ("locale-store", "locale_store", "store"),
    ("default-locale-store", "default_locale_store", "store"),
    ("context-store", "store_context", "store"),
    ("stock", "warehouse", "shared"),
    ("stock-store", "warehouse_store", "store"),
    ("category", "category", "shared"),
    ("product-attribute-key", "product_attribute_key", "shared"),
    ("product-management-attribute", "product_management_attribute", "shared"),
    ("product-abstract", "product_abstract", "shared"),
    ("product-concrete", "product_concrete", "shared"),
    ("product-image", "product_image", "shared"),
    ("product-price", "product_price", "store"),
    ("product-stock", "product_stock", "shared"),
    ("product-abstract-store", "product_abstract_store", "store"),
    ("url-redirect", "url_redirect", "shared"),
)
"""Entity, file and whose it is, in the order of the import."""

CURRENCY_NAMES = {"EUR": ("€", "Euro"), "CHF": ("CHF", "Swiss Franc")}
DEFAULT_CURRENCIES = {"CH": "CHF", "DE": "EUR"}
DEFAULT_LOCALES = {"CH": "en_US", "DE": "de_DE"}
COUNTRIES = {"CH": ("CH", "LI"), "DE": ("DE", "AT")}
REGIONS = {
    "AT": {
        "AT-1": "Burgenland",
        "AT-2": "Kärnten",
        "AT-3": "Niederösterreich",
        "AT-4": "Oberösterreich",
        "AT-5": "Salzburg",
        "AT-6": "Steiermark",
        "AT-7": "Tirol",
        "AT-8": "Vorarlberg",
        "AT-9": "Wien",
    },
    "DE": {
        "DE-BB": "Brandenburg",
        "DE-BE": "Berlin",
        "DE-BW": "Baden-Württemberg",
        "DE-BY": "Bayern",
        "DE-HB": "Bremen",
        "DE-HE": "Hessen",
        "DE-HH": "Hamburg",
        "DE-MV": "Mecklenburg-Vorpommern",
        "DE-NI": "Niedersachsen",
        "DE-NW": "Nordrhein-Westfalen",
        "DE-RP": "Rheinland-Pfalz",
        "DE-SH": "Schleswig-Holstein",
        "DE-SL": "Saarland",
        "DE-SN": "Sachsen",
        "DE-ST": "Sachsen-Anhalt",
        "DE-TH": "Thüringen",
    },
}
"""Regions by ISO 3166-2 code, of the countries of the store DE; those of CH have none here."""

TIME_ZONES = {"CH": "Europe/Zurich", "DE": "Europe/Berlin"}


def write_shop(directory: Path, products: int, seed: int = 1) -> None:
    """Write an import directory; what is in memory does not grow with the number of products.

    Args:
        directory: Folder that is empty or does not exist.
        products: Number of abstract products, from 1 to 1,000,000.
        seed: Another seed makes another shop.

    Raises:
        ConfigurationError: There is something in the folder, or the number is out of range.
    """
    if not 1 <= products <= 1_000_000:
        raise ConfigurationError(
            f"The demo shop cannot have {products} products.\nAsk for a number from 1 to 1000000."
        )
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise ConfigurationError(
            f"{directory} is not an empty folder, and nothing is overwritten.\n"
            f"Name a folder that is empty or does not exist."
        )
    with _Files(directory) as files:
        _write_setup(files)
        _write_categories(files)
        _write_attributes(files)
        _open_product_files(files)
        for product in make_products(products, seed):
            _write_product(files, product)
    _write_list(directory)


class _Files:
    """The open files of one run."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._stack = ExitStack()
        self._writers: dict[tuple[str, str], csv.DictWriter[str]] = {}

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def open(self, folder: str, name: str, columns: Sequence[str]) -> None:
        """Start a file."""
        path = self._directory / "common" / folder / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        # The file stays open until the run ends, when the stack closes it.
        file = self._stack.enter_context(path.open("w", encoding="utf-8", newline=""))
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        self._writers[folder, name] = writer

    def add(self, folder: str, name: str, record: Record) -> None:
        """Write a row; columns that it lacks stay blank."""
        self._writers[folder, name].writerow(record)

    def write(
        self, folder: str, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
    ) -> None:
        """Write a whole short file."""
        self.open(folder, name, columns)
        for row in rows:
            self.add(folder, name, dict(zip(columns, row, strict=True)))


def _write_setup(files: _Files) -> None:
    files.write(REGION, "store", ["name"], [[store] for store in STORES])
    files.write(
        SHARED,
        "currency",
        ["iso_code", "currency_symbol", "name"],
        [[code, *CURRENCY_NAMES[code]] for code in CURRENCIES],
    )
    files.write(
        SHARED,
        "country_region",
        ["country", "iso2_code", "name"],
        [[country, *each] for country, regions in REGIONS.items() for each in regions.items()],
    )
    files.write(
        SHARED,
        "warehouse",
        ["name", "is_active", "picking_list_strategy"],
        [[name, 1, "split-by-shipment"] for store in STORES for name in WAREHOUSES[store]],
    )
    for store in STORES:
        default = DEFAULT_CURRENCIES[store]
        files.write(
            store,
            "currency_store",
            ["currency_code", "store_name", "is_default"],
            [[code, store, int(code == default)] for code in CURRENCIES],
        )
        files.write(
            store,
            "country_store",
            ["store_name", "country"],
            [[store, country] for country in COUNTRIES[store]],
        )
        files.write(
            store,
            "locale_store",
            ["locale_name", "store_name"],
            [[locale, store] for locale in LOCALES],
        )
        files.write(
            store,
            "default_locale_store",
            ["locale_name", "store_name"],
            [[DEFAULT_LOCALES[store], store]],
        )
        contexts = [{"application": None, "timezone": TIME_ZONES[store]}]
        files.write(
            store,
            "store_context",
            ["store_name", "appication_context_collection"],
            [[store, json.dumps({"application_contexts": contexts})]],
        )
        files.write(
            store,
            "warehouse_store",
            ["warehouse_name", "store_name"],
            [[name, store] for name in WAREHOUSES[store]],
        )


def _write_categories(files: _Files) -> None:
    columns = ["category_key", "parent_category_key", *localised("name"), *localised("meta_title")]
    flags = ["is_active", "is_in_menu", "is_clickable", "is_searchable", "is_root", "is_main"]
    files.open(SHARED, "category", [*columns, *flags, "node_order", "template_name"])
    below = (*words.CATEGORIES, words.NEW)
    for order, category in enumerate((words.ROOT, *below)):
        is_root = category is words.ROOT
        files.add(
            SHARED,
            "category",
            {
                "category_key": category.key,
                "parent_category_key": "" if is_root else words.ROOT.key,
                "name.en_US": category.english,
                "name.de_DE": category.german,
                "meta_title.en_US": f"{category.english} | Glue",
                "meta_title.de_DE": f"{category.german} | Glue",
                **dict.fromkeys(flags, 1),
                "is_root": int(is_root),
                "node_order": 10 * (len(below) + 1 - order),
                "template_name": "Catalog (default)",
            },
        )


def _write_attributes(files: _Files) -> None:
    names = (
        words.Word("brand", "Brand", "Marke"),
        words.Word("series", "Series", "Serie"),
        words.Word("material", "Material", "Material"),
        words.Word("care", "Care", "Pflege"),
        words.Word("features", "Features", "Besonderheiten"),
        words.Word("color", "Colour", "Farbe"),
        words.Word("size", "Size", "Größe"),
    )
    choices: dict[str, Sequence[words.Word]] = {
        "material": words.MATERIALS,
        "care": tuple(words.CARE.values()),
        "features": words.FEATURES,
        "color": words.COLORS,
    }
    files.write(
        SHARED,
        "product_attribute_key",
        ["attribute_key", "is_super"],
        [[name.key, int(name.key in ("color", "size"))] for name in names],
    )
    columns = ["key", "input_type", "allow_input", "is_multiple", "values"]
    columns += [*localised("key_translation"), *localised("value_translations")]
    files.open(SHARED, "product_management_attribute", columns)
    for name in names:
        values = choices.get(name.key, ())
        is_multiple = name.key == "features"
        files.add(
            SHARED,
            "product_management_attribute",
            {
                "key": name.key,
                "input_type": ("multiselect" if is_multiple else "select") if values else "text",
                "allow_input": "no" if values else "yes",
                "is_multiple": "yes" if is_multiple else "no",
                "values": ", ".join(value.key for value in values),
                "key_translation.en_US": name.english,
                "key_translation.de_DE": name.german,
                "value_translations.en_US": ", ".join(value.english for value in values),
                "value_translations.de_DE": ", ".join(value.german for value in values),
            },
        )


def _open_product_files(files: _Files) -> None:
    files.open(SHARED, "product_abstract", PRODUCT_ABSTRACT)
    files.open(SHARED, "product_concrete", PRODUCT_CONCRETE)
    files.open(SHARED, "product_image", PRODUCT_IMAGE)
    files.open(SHARED, "product_stock", PRODUCT_STOCK)
    files.open(SHARED, "url_redirect", ["from_url", "to_url"])
    for store in STORES:
        files.open(store, "product_price", PRODUCT_PRICE)
        files.open(store, "product_abstract_store", ["abstract_sku", "store_name"])


def _write_product(files: _Files, product: Product) -> None:
    files.add(SHARED, "product_abstract", _abstract(product))
    for store in product.stores:
        files.add(
            store, "product_abstract_store", {"abstract_sku": product.sku, "store_name": store}
        )
    for price in product.prices:
        files.add(price.store, "product_price", _price({"abstract_sku": product.sku}, price))
    for row in _images(product.sku, "abstract_sku", product.names, product.images):
        files.add(SHARED, "product_image", row)
    for locale, former in product.former_urls.items():
        for path, target in pairwise([*former, product.urls[locale]]):
            files.add(SHARED, "url_redirect", {"from_url": path, "to_url": target})
    for variant in product.variants:
        _write_variant(files, product, variant)


def _write_variant(files: _Files, product: Product, variant: Variant) -> None:
    files.add(SHARED, "product_concrete", _concrete(product, variant))
    for price in variant.prices:
        files.add(price.store, "product_price", _price({"concrete_sku": variant.sku}, price))
    if variant.has_images:
        for row in _images(variant.sku, "concrete_sku", variant.names, 1):
            files.add(SHARED, "product_image", row)
    for stock in variant.stocks:
        files.add(
            SHARED,
            "product_stock",
            {
                "concrete_sku": variant.sku,
                "name": stock.warehouse,
                "quantity": stock.quantity,
                "is_never_out_of_stock": int(stock.is_never_out_of_stock),
                "is_bundle": 0,
            },
        )


def _abstract(product: Product) -> Record:
    record: dict[str, object] = {
        "category_key": ", ".join(product.categories),
        "category_product_order": ", ".join(str(int(product.sku)) for _ in product.categories),
        "tax_set_name": TAX_SET,
        "new_from": NEW_FROM if product.is_new else "",
        "new_to": NEW_TO if product.is_new else "",
        "abstract_sku": product.sku,
        "attribute_key_1": "brand",
        "value_1": product.brand,
        "attribute_key_2": "series",
        "value_2": product.series,
    }
    color = product.variants[0].color
    if color is not None:
        record["color_code"] = color.code
    for locale in LOCALES:
        in_english = locale == "en_US"
        features = [each.english if in_english else each.german for each in product.features]
        values = {
            "material": product.material.english if in_english else product.material.german,
            "care": product.care.english if in_english else product.care.german,
            "features": str(features),
        }
        for number, (key, value) in enumerate(values.items(), 1):
            record[f"attribute_key_{number}.{locale}"] = key
            record[f"value_{number}.{locale}"] = value
        record[f"name.{locale}"] = product.names[locale]
        record[f"url.{locale}"] = product.urls[locale]
        record[f"description.{locale}"] = product.descriptions[locale]
        record[f"meta_title.{locale}"] = f"{product.names[locale]} | {product.brand}"
        record[f"meta_keywords.{locale}"] = product.keywords[locale]
        record[f"meta_description.{locale}"] = product.descriptions[locale].partition(". ")[0]
    return record


def _concrete(product: Product, variant: Variant) -> Record:
    record: dict[str, object] = {
        "abstract_sku": product.sku,
        "concrete_sku": variant.sku,
        "is_active": int(variant.is_active),
    }
    for locale in LOCALES:
        record[f"name.{locale}"] = variant.names[locale]
        record[f"description.{locale}"] = product.descriptions[locale]
        record[f"is_searchable.{locale}"] = 1
    number = 0
    if variant.color is not None:
        number += 1
        record[f"attribute_key_{number}"] = "color"
        record[f"value_{number}"] = variant.color.key
        for locale, text in zip(
            LOCALES, (variant.color.english, variant.color.german), strict=True
        ):
            record[f"attribute_key_{number}.{locale}"] = "color"
            record[f"value_{number}.{locale}"] = text
    if variant.size is not None:
        number += 1
        record[f"attribute_key_{number}"] = "size"
        record[f"value_{number}"] = variant.size
        for locale in LOCALES:
            record[f"attribute_key_{number}.{locale}"] = "size"
            record[f"value_{number}.{locale}"] = in_locale(variant.size, locale)
    return record


def _price(owner: Record, price: Price) -> Record:
    volumes = [
        {"quantity": quantity, "net_price": net, "gross_price": gross}
        for quantity, net, gross in price.volumes
    ]
    return {
        **owner,
        "price_type": price.kind,
        "store": price.store,
        "currency": price.currency,
        "value_net": "" if price.net is None else price.net,
        "value_gross": price.gross,
        "price_data.volume_prices": json.dumps(volumes) if volumes else "",
    }


def _images(sku: str, owner: str, names: Mapping[str, str], count: int) -> Iterator[Record]:
    for locale in LOCALES:
        for number in range(1, count + 1):
            record: dict[str, object] = {
                "image_set_name": "default",
                "external_url_large": f"{IMAGES}/large/{sku}-{number}.jpg",
                "external_url_small": f"{IMAGES}/small/{sku}-{number}.jpg",
                "locale": locale,
                owner: sku,
                "sort_order": number - 1,
                "product_image_key": f"{sku}-{number}-{locale}",
                "product_image_set_key": f"{sku}-{locale}",
            }
            if number < 3:  # The third picture of a product is a detail that nobody described.
                text = names[locale]
                record[f"alt_text_large.{locale}"] = text
                record[f"alt_text_small.{locale}"] = text
            yield record


def _write_list(directory: Path) -> None:
    lines = ["version: 0", "actions:"]
    for entity, file, owner in IMPORTS:
        folders = {"shared": (SHARED,), "region": (REGION,), "store": STORES}[owner]
        for folder in folders:
            lines.append(f"  - data_entity: {entity}")
            lines.append(f"    source: common/{folder}/{file}.csv")
    path = directory / "local" / f"full_{REGION}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
