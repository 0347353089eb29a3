"""The rules of the documents, from import files to what readers see."""

from __future__ import annotations

from typing import Any

import pytest

from glue_catalog.documents import joined
from glue_stores import Market

DE = Market("DE", "de_DE")
EN = Market("DE", "en_US")

PRICE = ["abstract_sku", "concrete_sku", "price_type", "store", "currency", "value_net"]
PRICE += ["value_gross", "price_data.volume_prices"]
STOCK = ["concrete_sku", "name", "quantity", "is_never_out_of_stock"]
IMAGE = ["image_set_name", "external_url_large", "external_url_small", "locale", "abstract_sku"]
IMAGE += ["concrete_sku", "sort_order", "product_image_key", "product_image_set_key"]
IMAGE += ["alt_text_large.de_DE"]


def abstract(shop: Any, market: Market = DE) -> Any:
    """Read the abstract product."""
    return shop.reader.abstract_products(["001"], market)["001"]


def test_localized_attribute_wins_over_general(shop: Any) -> None:
    """An attribute of the locale replaces the general one of the same key."""
    shop.publish(
        product_abstract=[
            [
                "abstract_sku",
                "name.de_DE",
                "attribute_key_1",
                "value_1",
                "attribute_key_1.de_DE",
                "value_1.de_DE",
            ],
            ["001", "Lampe", "brand", "Lumo", "brand", "Lümo"],
        ]
    )

    assert abstract(shop)["attributes"] == {"brand": "Lümo"}


def test_concrete_attributes_are_merged_in_four_layers(shop: Any) -> None:
    """Later wins: abstract, abstract localised, concrete, concrete localised."""
    layers = ("a", "b", "c", "d")
    general = ["attribute_key_1", "value_1", "attribute_key_2", "value_2"]
    general += ["attribute_key_3", "value_3", "attribute_key_4", "value_4"]
    shop.publish(
        product_abstract=[
            ["abstract_sku", "name.de_DE", *general, "attribute_key_1.de_DE", "value_1.de_DE"],
            ["001", "Lampe", *(x for key in layers for x in (key, "1")), "b", "2"],
        ],
        product_concrete=[
            [
                "abstract_sku",
                "concrete_sku",
                "name.de_DE",
                *general[:4],
                "attribute_key_1.de_DE",
                "value_1.de_DE",
            ],
            ["001", "001_1", "rot", "c", "3", "d", "3", "d", "4"],
            ["001", "001_2", "blau", "c", "9", "", "", "", ""],
        ],
    )
    found = shop.reader.concrete_products(["001_1"], DE)["001_1"]["attributes"]

    assert found == {"a": "1", "b": "2", "c": "3", "d": "4"}


def test_super_attributes_are_the_values_of_the_variants(shop: Any) -> None:
    """Super attributes list each value once, in the order of the variants."""
    shop.publish()

    assert abstract(shop)["super_attributes"] == {"color": ["red", "blue"]}


def test_variant_map_has_internal_ids_and_what_differs(shop: Any) -> None:
    """The map goes from row ids to super attributes with several values; the tree is empty."""
    header = ["abstract_sku", "concrete_sku", "name.de_DE", "attribute_key_1", "value_1"]
    shop.publish(
        product_concrete=[
            [*header, "attribute_key_2", "value_2"],
            ["001", "001_1", "rot", "color", "red", "size", "S"],
            ["001", "001_2", "blau", "color", "blue", "size", "S"],
        ]
    )

    assert abstract(shop)["attribute_map"] == {
        "product_concrete_ids": ["001_1", "001_2"],
        "super_attributes": {"color": ["red", "blue"], "size": ["S"]},
        "attribute_variants": [],
        "attribute_variant_map": {"1": {"color": "red"}, "2": {"color": "blue"}},
    }


def test_variant_that_differs_in_nothing_maps_to_a_list(shop: Any) -> None:
    """The only variant of a product differs in nothing: its value in the map is empty."""
    shop.publish(
        product_concrete=[
            ["abstract_sku", "concrete_sku", "name.de_DE", "attribute_key_1", "value_1"],
            ["001", "001_1", "rot", "color", "red"],
        ]
    )

    assert abstract(shop)["attribute_map"]["attribute_variant_map"] == {"1": []}


def test_super_attributes_definition_names_keys_among_attributes(shop: Any) -> None:
    """The definition of a concrete product names its super attributes, and no others."""
    shop.publish()
    found = shop.reader.concrete_products(["001_1"], DE)["001_1"]

    assert list(found["attributes"]) == ["brand", "color"]
    assert found["super_attributes_definition"] == ["color"]


def test_attribute_names_fall_back_to_the_key_of_their_text(shop: Any) -> None:
    """An attribute without a name in the locale shows the key of its text."""
    shop.publish()

    assert abstract(shop, DE)["attribute_names"] == {
        "brand": "product.attribute.brand",
        "color": "Farbe",
    }
    assert abstract(shop, EN)["attribute_names"]["color"] == "product.attribute.color"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("['a', 'b']", "a, b"),
        ("['a']", "a"),
        ('["it\'s", "b"]', "it's, b"),
        ("['a, b', 'c']", "a, b, c"),
        (r"['it\'s']", "it's"),
        ("[10 cm]", "[10 cm]"),
        ("['a' 'b']", "['a' 'b']"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_choices_are_joined(written: str, shown: str) -> None:
    """A list of quoted choices becomes one text; anything else stays as it is."""
    assert joined(written) == shown


def test_prices_are_those_of_mode_and_currency(shop: Any) -> None:
    """One of the two amounts is filled, by the mode; DEFAULT comes first and is the price."""
    volume = '[{"quantity":5,"net_price":80,"gross_price":90}]'
    shop.publish(
        product_price=[
            PRICE,
            ["001", "", "ORIGINAL", "DE", "EUR", "", "130", ""],
            ["001", "", "DEFAULT", "DE", "EUR", "100", "119", volume],
            ["001", "", "DEFAULT", "DE", "CHF", "1", "2", ""],
        ]
    )
    currency = {"code": "EUR", "name": "Euro", "symbol": "€"}

    assert shop.reader.abstract_prices(["001"], DE, "EUR", "GROSS_MODE")["001"] == {
        "sku": "001",
        "price": 119,
        "prices": [
            {
                "price_type_name": "DEFAULT",
                "net_amount": None,
                "gross_amount": 119,
                "currency": currency,
                "volume_prices": [{"quantity": 5, "net_amount": 80, "gross_amount": 90}],
            },
            {
                "price_type_name": "ORIGINAL",
                "net_amount": None,
                "gross_amount": 130,
                "currency": currency,
                "volume_prices": [],
            },
        ],
    }


def test_missing_amount_is_no_price(shop: Any) -> None:
    """A blank amount is not 0: the mode has no price of that type."""
    shop.publish(product_price=[PRICE, ["001", "", "DEFAULT", "DE", "EUR", "", "119", ""]])
    found = shop.reader.abstract_prices(["001"], DE, "EUR", "NET_MODE")

    assert found["001"] == {"sku": "001", "price": None, "prices": []}


def test_price_of_nothing_is_zero(shop: Any) -> None:
    """An amount of 0 is a price."""
    shop.publish(product_price=[PRICE, ["001", "", "DEFAULT", "DE", "EUR", "", "0", ""]])

    assert shop.reader.abstract_prices(["001"], DE, "EUR", "GROSS_MODE")["001"]["price"] == 0


def test_product_without_prices_is_known(shop: Any) -> None:
    """A product without a price has price None; an unknown currency is the same."""
    shop.publish()
    for currency in ("EUR", "XXX"):
        found = shop.reader.concrete_prices(["001_1"], DE, currency, "GROSS_MODE")

        assert found == {"001_1": {"sku": "001_1", "price": None, "prices": []}}


def test_concrete_prices_fall_back_by_type_currency_and_mode(shop: Any) -> None:
    """What a concrete product lacks is the abstract one's, mode by mode."""
    shop.publish(
        product_price=[
            PRICE,
            ["001", "", "DEFAULT", "DE", "EUR", "100", "119", ""],
            ["001", "", "ORIGINAL", "DE", "EUR", "", "150", ""],
            ["", "001_1", "DEFAULT", "DE", "EUR", "", "99", ""],
        ]
    )
    gross = shop.reader.concrete_prices(["001_1"], DE, "EUR", "GROSS_MODE")["001_1"]
    net = shop.reader.concrete_prices(["001_1"], DE, "EUR", "NET_MODE")["001_1"]

    assert [(each["price_type_name"], each["gross_amount"]) for each in gross["prices"]] == [
        ("DEFAULT", 99),
        ("ORIGINAL", 150),
    ]
    assert net["price"] == 100


def test_availability_sums_active_warehouses_exactly(shop: Any) -> None:
    """Quantities are exact decimals, summed over variants and active warehouses of the store."""
    shop.publish(
        product_stock=[
            STOCK,
            ["001_1", "Main", "0.1", "0"],
            ["001_2", "Main", "0.2", "0"],
            ["001_2", "Old", "5", "0"],
        ]
    )

    assert shop.reader.abstract_availabilities(["001"], DE) == {
        "001": {"sku": "001", "availability": True, "quantity": "0.3000000000"}
    }


def test_never_out_of_stock_is_available_at_zero(shop: Any) -> None:
    """A product that never runs out is available without any stock."""
    shop.publish(product_stock=[STOCK, ["001_1", "Main", "0", "1"]])

    assert shop.reader.concrete_availabilities(["001_1"], DE)["001_1"] == {
        "sku": "001_1",
        "availability": True,
        "quantity": "0.0000000000",
        "is_never_out_of_stock": True,
    }


def test_product_without_stock_record_has_no_availability(shop: Any) -> None:
    """Without a record in an active warehouse of the store there is no availability."""
    shop.publish(product_stock=[STOCK, ["001_1", "Old", "5", "0"]])

    assert shop.reader.concrete_availabilities(["001_1"], DE) == {}


def test_images_are_in_order_with_texts_of_the_locale(shop: Any) -> None:
    """Pictures come in their sort order; a text without a translation is None."""
    shop.publish(
        product_image=[
            IMAGE,
            ["default", "l2", "s2", "de_DE", "001", "", "2", "i2", "set1", "zwei"],
            ["default", "l1", "s1", "de_DE", "001", "", "1", "i1", "set1", ""],
        ]
    )

    def image(number: int, text: str | None) -> dict[str, Any]:
        return {
            "external_url_large": f"l{number}",
            "external_url_small": f"s{number}",
            "alt_text_large": text,
            "alt_text_small": None,
        }

    assert shop.reader.abstract_image_sets(["001"], DE)["001"]["image_sets"] == [
        {"name": "default", "images": [image(1, None), image(2, "zwei")]}
    ]


def test_images_of_another_locale_are_not_shown(shop: Any) -> None:
    """A known product without pictures in the locale has no sets; that is no error."""
    shop.publish(
        product_image=[IMAGE, ["default", "l", "s", "de_DE", "001", "", "1", "i", "set", ""]]
    )

    assert shop.reader.abstract_image_sets(["001"], EN)["001"]["image_sets"] == []


def test_images_without_locale_hold_for_all(shop: Any) -> None:
    """A set without a locale shows in every locale that has no set of its name."""
    shop.publish(
        product_image=[
            IMAGE,
            ["default", "all", "s", "", "001", "", "1", "i1", "set", ""],
            ["default", "own", "s", "de_DE", "001", "", "1", "i2", "set", ""],
        ]
    )
    shown = [
        each["images"][0]["external_url_large"]
        for market in (DE, EN)
        for each in shop.reader.abstract_image_sets(["001"], market)["001"]["image_sets"]
    ]

    assert shown == ["own", "all"]


def test_concrete_images_fall_back_to_abstract(shop: Any) -> None:
    """A variant without sets shows those of its product, under its own SKU."""
    shop.publish(
        product_image=[
            IMAGE,
            ["default", "parent", "s", "de_DE", "001", "", "1", "i1", "set1", ""],
            ["default", "own", "s", "de_DE", "", "001_1", "1", "i2", "set2", ""],
        ]
    )
    found = shop.reader.concrete_image_sets(["001_1", "001_2"], DE)

    assert {
        sku: each["image_sets"][0]["images"][0]["external_url_large"] for sku, each in found.items()
    } == {"001_1": "own", "001_2": "parent"}
