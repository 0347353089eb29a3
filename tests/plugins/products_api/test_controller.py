"""Abstract and concrete products, one and many."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def client(storefront: Callable[..., Any]) -> Any:
    """A storefront with products."""
    return storefront("products_api")


def test_abstract_product_shows_all_attributes(
    client: Any, json_api: dict[str, str], attributes_of: Callable[..., Any]
) -> None:
    """An abstract product has the attributes of the contract, and no others."""
    shown = attributes_of(client.simulate_get("/abstract-products/A", headers=json_api))

    assert shown == {
        "sku": "A",
        "averageRating": None,
        "reviewCount": 0,
        "name": "Lamp A",
        "description": "It shines.",
        "attributes": {"brand": "Lumo", "get": "a key that is also a method"},
        "superAttributesDefinition": ["color"],
        "superAttributes": {"color": ["red"]},
        "attributeMap": {
            "product_concrete_ids": ["A-2", "A-1"],
            "super_attributes": {"color": ["red"]},
            "attribute_variants": {},
            "attribute_variant_map": {"1": {"color": "red"}},
        },
        "metaTitle": "Lamp",
        "metaKeywords": "lamp",
        "metaDescription": "A lamp",
        "attributeNames": {"brand": "Brand"},
        "url": "/en/lamp-A",
    }


def test_concrete_product_shows_all_attributes(
    client: Any, json_api: dict[str, str], attributes_of: Callable[..., Any]
) -> None:
    """A concrete product has the attributes of the contract, and no others."""
    shown = attributes_of(client.simulate_get("/concrete-products/A-1", headers=json_api))

    assert shown == {
        "sku": "A-1",
        "isDiscontinued": False,
        "discontinuedNote": None,
        "averageRating": None,
        "reviewCount": 0,
        "productAbstractSku": "A",
        "name": "Lamp A-1",
        "description": "It shines.",
        "attributes": {"brand": "Lumo", "get": "a key that is also a method"},
        "superAttributesDefinition": ["color"],
        "metaTitle": "Lamp",
        "metaKeywords": "lamp",
        "metaDescription": "A lamp",
        "attributeNames": {"brand": "Brand"},
        "productConfigurationInstance": None,
    }


def test_configuration_is_shown(
    client: Any, shop: Any, json_api: dict[str, str], attributes_of: Callable[..., Any]
) -> None:
    """A configurable product shows its default configuration in camel case."""
    shop.catalog.documents["concrete_products"]["A-1"] |= {
        "average_rating": 4.5,
        "product_configuration_instance": {
            "display_data": "{}",
            "configuration": "{}",
            "configurator_key": "LAMPS",
            "is_complete": True,
        },
    }

    shown = attributes_of(client.simulate_get("/concrete-products/A-1", headers=json_api))

    assert shown["averageRating"] == 4.5
    assert shown["productConfigurationInstance"] == {
        "displayData": "{}",
        "configuration": "{}",
        "configuratorKey": "LAMPS",
        "isComplete": True,
    }


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/abstract-products/none", "301", "Abstract product is not found."),
        ("/concrete-products/none", "302", "Concrete product is not found."),
    ],
)
def test_unknown_sku_is_not_found(client: Any, path: str, code: str, message: str) -> None:
    """A SKU that the market does not have answers 404 with the text of the contract."""
    answer = client.simulate_get(path)

    assert answer.status_code == 404
    assert answer.json == [{"status": 404, "code": code, "message": message}]


@pytest.mark.parametrize("type_", ["abstract", "concrete"])
def test_market_is_that_of_the_request(
    client: Any, shop: Any, market: Callable[..., Any], type_: str
) -> None:
    """Products are read for the store and the locale of the request."""
    client.simulate_get(f"/{type_}-products/A", headers={"Store": "DE", "Accept-Language": "en"})

    assert shop.catalog.calls == [(f"{type_}_products", ["A"], market("DE", "en_US"))]


@pytest.mark.parametrize("path", ["/abstract-products", "/concrete-products/A-1"])
def test_no_store_at_all_is_not_found(
    client: Any, shop: Any, codes_of: Callable[..., Any], path: str
) -> None:
    """Before the first import there is no market: 404 601, not a failure."""
    shop.stores.by_name.clear()

    answer = client.simulate_get(path)

    assert (answer.status_code, codes_of(answer)) == (404, ["601"])


@pytest.mark.parametrize(
    ("path", "ids"),
    [("/abstract-products", ["A", "B"]), ("/concrete-products", ["A-1", "A-2", "B-1"])],
)
def test_list_shows_products(
    client: Any, json_api: dict[str, str], path: str, ids: list[str]
) -> None:
    """Without parameters a list shows the first products."""
    answer = client.simulate_get(path, headers=json_api)

    assert [each["id"] for each in answer.json["data"]] == ids


def test_page_is_cut_and_linked(client: Any, json_api: dict[str, str]) -> None:
    """A page starts at its offset, has its size at most and links to its neighbours."""
    answer = client.simulate_get(
        "/concrete-products", query_string="page[offset]=1&page[limit]=1", headers=json_api
    )

    assert [each["id"] for each in answer.json["data"]] == ["A-2"]
    assert {"prev", "next", "first", "last"} <= set(answer.json["links"])


def test_default_page_has_ten_products(client: Any, shop: Any) -> None:
    """A request without a page asks for ten products from the start."""
    client.simulate_get("/abstract-products")

    query = shop.catalog.calls[0][1]
    assert (query.offset, query.limit) == (0, 10)


@pytest.mark.parametrize(("limit", "status"), [("100", 200), ("101", 400), ("0", 400)])
def test_page_size_has_limits(client: Any, limit: str, status: int) -> None:
    """A page has from 1 to 100 products; other sizes are refused, not clamped."""
    answer = client.simulate_get("/abstract-products", query_string=f"page[limit]={limit}")

    assert answer.status_code == status


@pytest.mark.parametrize("type_", ["abstract", "concrete"])
def test_order_reaches_the_reader(client: Any, shop: Any, type_: str) -> None:
    """Products can be sorted by SKU and name, in either direction."""
    client.simulate_get(f"/{type_}-products", query_string="sort=-name,sku")

    sorts = shop.catalog.calls[0][1].sorts
    assert [(each.field, each.is_ascending) for each in sorts] == [("name", False), ("sku", True)]


@pytest.mark.parametrize("type_", ["abstract", "concrete"])
def test_filters_reach_the_reader(client: Any, shop: Any, type_: str) -> None:
    """Products can be filtered by SKU and name."""
    prefix = f"filter[{type_}-products."
    client.simulate_get(f"/{type_}-products", query_string=f"{prefix}sku]=A&{prefix}name]=Lamp%20A")

    assert shop.catalog.calls[0][1].filters == (("sku", "A"), ("name", "Lamp A"))


@pytest.mark.parametrize(
    "query", ["sort=price", "filter[abstract-products.url]=a", "filter[stores.name]=a"]
)
def test_other_attributes_are_refused(client: Any, shop: Any, query: str) -> None:
    """What a list cannot be sorted or filtered by is refused before anything is read."""
    answer = client.simulate_get("/abstract-products", query_string=query)

    assert (answer.status_code, shop.catalog.calls) == (400, [])
