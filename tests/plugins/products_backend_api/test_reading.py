"""Reading products as the back office sees them."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.testing import Client, assert_collection, assert_error

Shop = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""


def test_whole_product(either: Shop) -> None:
    """A product has what the contract lists, in the words of the contract."""
    document = either.office.get("/product-abstract/001").json["data"]

    assert (document["type"], document["id"]) == ("product-abstract", "001")
    assert document["attributes"] == {
        "productAbstractSku": "001",
        "taxSetName": "Standard",
        "newFrom": "2026-01-31T00:00:00Z",
        "newTo": None,
        "attributes": {"brand": "Lumo"},
        "localizedAttributes": [
            {
                "locale": locale,
                "name": name,
                "description": description,
                "metaTitle": "",
                "metaDescription": "",
                "metaKeywords": "",
                "attributes": {},
            }
            for locale, name, description in (
                ("de_DE", "Lampe", ""),
                ("en_US", "Lamp", "It shines."),
            )
        ],
        "urls": [
            {"locale": "de_DE", "url": "/de/lampe"},
            {"locale": "en_US", "url": "/en/lamp"},
        ],
        "imageSets": [
            {
                "locale": "en_US",
                "name": "default",
                "images": [
                    {"externalUrlLarge": "https://l/1", "externalUrlSmall": "https://s/1"},
                    {"externalUrlLarge": "https://l/2", "externalUrlSmall": "https://s/2"},
                ],
            }
        ],
        "stores": ["DE"],
        "categories": [
            {
                "name": "Lampen",
                "categoryKey": "lamps",
                "metaTitle": "",
                "metaDescription": "",
                "metaKeywords": "",
            }
        ],
        "variants": [
            {
                "sku": sku,
                "isQuantitySplittable": sku == "001-1",
                "isActive": True,
                "localizedAttributes": [
                    {
                        "locale": locale,
                        "name": name,
                        "description": "",
                        "isSearchable": is_searchable,
                        "attributes": {},
                    }
                    for locale, name, is_searchable in texts
                ],
                "imageSets": sets,
            }
            for sku, texts, sets in (
                (
                    "001-1",
                    (("de_DE", "Lampe rot", False), ("en_US", "Lamp red", True)),
                    [
                        {
                            "locale": None,
                            "name": "default",
                            "images": [
                                {
                                    "externalUrlLarge": "https://l/3",
                                    "externalUrlSmall": "https://s/3",
                                }
                            ],
                        }
                    ],
                ),
                ("001-2", (("de_DE", "Lampe blau", False), ("en_US", "Lamp blue", False)), []),
            )
        ],
    }


def test_unknown_sku_is_not_found(shop: Shop) -> None:
    """A SKU that no product has is 404 with the code 301."""
    response = shop.office.get("/product-abstract/999")

    assert_error(response, 404, "301")


def test_back_office_only(shop: Shop) -> None:
    """Without credentials it is 401, and for a user of a warehouse 403."""
    assert shop.anonymous.get("/product-abstract").status_code == 401
    assert shop.as_("picker").get("/product-abstract/001").status_code == 403


def test_json_api_only(shop: Shop) -> None:
    """Without JSON:API the resource does not exist: 404 with the code 007."""
    plain = Client(shop.deployment.applications["backend_api"], {"authorization": "Bearer office"})

    response = plain.get("/product-abstract/001", headers={"accept": "application/json"})

    assert (response.status_code, response.json[0]["code"]) == (404, "007")


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("", ["001", "002"]),
        ("sort=-productAbstractSku", ["002", "001"]),
        ("sort=newFrom", ["001", "002"]),
        ("sort=-newFrom", ["001", "002"]),
        ("sort=taxSetName,-newTo", ["001", "002"]),
        ("page[offset]=1&page[limit]=1", ["002"]),
        ("filter[product-abstract.productAbstractSku]=002", ["002"]),
        ("filter[product-abstract.name]=Tisch", ["002"]),
        ("filter[product-abstract.taxSetName]=Standard", ["001"]),
        ("filter[product-abstract.stores]=DE", ["001", "002"]),
        ("filter[product-abstract.stores]=AT", []),
        ("filter[product-abstract.categories]=lamps", ["001"]),
        ("filter[product-abstract.variants]=002-1", ["002"]),
        ("filter[product-abstract.variants]=002-1&filter[product-abstract.name]=Lamp", []),
    ],
)
def test_list_is_filtered_sorted_and_cut(either: Shop, query: str, skus: list[str]) -> None:
    """Filters hold together; products without a value of the order come last."""
    response = either.office.get(f"/product-abstract?{query}")

    assert_collection(response, skus, type="product-abstract")


def test_total_counts_what_the_filters_let_through(shop: Shop) -> None:
    """The meta of a page has the number of all products that match."""
    document = shop.office.get("/product-abstract?page[offset]=0&page[limit]=1").json

    assert document["meta"]["total"] == 2


def test_reads_do_not_depend_on_the_number_of_products(shop: Shop) -> None:
    """A page of two costs as many questions as a page of one."""
    counts = []
    for limit in (1, 2):
        with shop.statements() as found:
            shop.office.get(f"/product-abstract?page[offset]=0&page[limit]={limit}")
        counts.append(len(found))

    assert counts[0] == counts[1]
    assert counts[0] > 0
