"""Importing categories, and which products are in them."""

from __future__ import annotations

from typing import Any

import pytest

from glue_catalog import CategoryText, ProductRecord

CATEGORY = ["category_key", "parent_category_key", "name.de_DE", "name.en_US", "meta_title.en_US"]
TREE = [CATEGORY, ["root", "", "Alles", "All", ""], ["lamps", "root", "Lampen", "Lamps", "Light"]]
ASSIGNED = ["category_key", "category_product_order", "abstract_sku", "name.de_DE"]


@pytest.fixture(params=["shop", "postgresql_shop"])
def either(request: pytest.FixtureRequest) -> Any:
    """The shop on each engine in turn."""
    shop = request.getfixturevalue(request.param)
    shop.write("category", TREE)
    return shop


def product(shop: Any, sku: str = "001") -> ProductRecord:
    """Return a whole product."""
    with shop.services.database.work(writes=False) as work:
        found: ProductRecord = shop.editor.find([sku], work)[sku]
    return found


def test_categories_come_with_their_texts(either: Any) -> None:
    """A product is in the categories of its row, which have their texts by locale."""
    either.write("product_abstract", [ASSIGNED, ["lamps, root", "2, 1", "001", "Lampe"]])
    assert either.load().errors == []

    lamps, root = product(either).categories
    assert (lamps.key, root.key) == ("lamps", "root")
    assert lamps.texts == {
        "de_DE": CategoryText("Lampen"),
        "en_US": CategoryText("Lamps", "Light"),
    }


def test_row_replaces_the_categories(either: Any) -> None:
    """What a row says of categories is all; a file without the column leaves them."""
    either.write("product_abstract", [ASSIGNED, ["lamps, root", "", "001", "Lampe"]])
    either.load()
    either.write("product_abstract", [ASSIGNED, ["root", "", "001", "Lampe"]])
    either.load()
    either.write("product_abstract", [["abstract_sku", "name.de_DE"], ["001", "Lampe"]])
    either.load()

    assert [each.key for each in product(either).categories] == ["root"]


def test_blank_texts_take_a_category_out_of_a_locale(either: Any) -> None:
    """A locale whose cells are blank has no texts any more; one without columns stays."""
    either.write("product_abstract", [ASSIGNED, ["lamps", "", "001", "Lampe"]])
    either.load()
    either.write("category", [["category_key", "name.en_US"], ["lamps", ""]])
    either.load()

    assert set(product(either).categories[0].texts) == {"de_DE"}


def test_places_must_fit_the_categories(shop: Any) -> None:
    """There are as many places as categories, or none, and they are numbers."""
    shop.write("category", TREE)
    rows = [["lamps, root", "1", "001", "x"], ["lamps", "first", "001", "x"]]
    shop.write("product_abstract", [ASSIGNED, *rows])

    assert [each.reason for each in shop.load().errors if each.file == "product_abstract.csv"] == [
        "It has 1 parts, 'category_key' has 2.",
        "'first' is no integer.",
    ]


def test_further_columns_of_products(either: Any) -> None:
    """Tax set, the time of being new and what may be split are taken; a blank cell is none."""
    header = ["abstract_sku", "name.de_DE", "tax_set_name", "new_from", "new_to"]
    times = ["2026-01-31 08:00:00.000000", "2026-02-01T01:00:00+01:00"]
    either.write("product_abstract", [header, ["001", "Lampe", "Standard", *times]])
    concrete = ["abstract_sku", "concrete_sku", "name.de_DE", "attribute_key_1", "value_1"]
    rows = [["001", "001_1", "a", "color", "red", "0"], ["001", "001_2", "b", "color", "blue", ""]]
    either.write("product_concrete", [[*concrete, "is_quantity_splittable"], *rows])
    assert either.load().errors == []

    found = product(either)
    assert found.tax_set_name == "Standard"
    assert [each and each.isoformat() for each in (found.new_from, found.new_to)] == [
        "2026-01-31T08:00:00+00:00",
        "2026-02-01T00:00:00+00:00",
    ]
    assert [each.is_quantity_splittable for each in found.variants] == [False, True]


def test_url_goes_to_another_product(either: Any) -> None:
    """A URL that a row above gave up is free, in the same file as well."""
    either.load()
    header = ["abstract_sku", "name.en_US", "url.en_US"]
    rows = [["001", "Lamp", "/en/other"], ["002", "Desk", "/en/lamp"], ["001", "Lamp", "/en/third"]]
    either.write("product_abstract", [header, *rows])

    assert either.load().errors == []
    assert product(either, "002").texts["en_US"].url == "/en/lamp"
    assert product(either).texts["en_US"].url == "/en/third"
