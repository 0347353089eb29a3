"""One plugin, installed once: the storefront's answer beside the old application's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core.testing import Client, Deployment, in_memory, installed

JSON_API = "application/vnd.api+json"
PLUGINS = (
    "json_api",
    "products_api",
    "product_prices_api",
    "product_availabilities_api",
    "product_image_sets_api",
    "stores_api",
    "legacy_api",
    "legacy_products_api",
)
VARIANTS = "/abstract-products/A?include=concrete-products&fields[concrete-products]=sku"


@pytest.fixture
def both(shop: Any, glue_deployment: Callable[..., Deployment]) -> tuple[Client, Client]:
    """The storefront and the old application of one deployment, over the same plugins."""
    sources = [*installed("storefront_api", *PLUGINS), in_memory("glue.features", "shop", shop)]
    deployment = glue_deployment(sources)
    new, old = (
        Client(deployment.applications[name], {"accept": JSON_API}, json_type=JSON_API)
        for name in ("storefront_api", "legacy_api")
    )
    return new, old


def test_documents_of_one_resource(both: tuple[Client, Client]) -> None:
    """The same resource, and its variants; differences are the document's link and the names."""
    new, old = (client.get(VARIANTS).json for client in both)

    # The document of one resource has no links of its own, and empty maps are lists.
    assert set(new) - set(old) == {"links"}
    assert old["data"]["attributes"]["attributeMap"].pop("attribute_variants") == []
    assert new["data"]["attributes"]["attributeMap"].pop("attribute_variants") == {}
    # The link of the resource repeats the query, decoded here and encoded there.
    assert old["data"].pop("links") == {"self": f"http://localhost{VARIANTS}"}
    new["data"].pop("links")
    assert old["data"] == new["data"]
    assert old["included"] == new["included"]


def test_errors_say_detail(both: tuple[Client, Client]) -> None:
    """The same code and words: here ``detail`` alone, there ``message`` beside it."""
    new, old = (client.get("/abstract-products/none").json["errors"] for client in both)

    assert old == [{"code": "301", "status": 404, "detail": "Abstract product is not found."}]
    assert new == [{**old[0], "message": old[0]["detail"]}]


def test_collection_is_new(both: tuple[Client, Client]) -> None:
    """The storefront lists products; the old application asks for a SKU."""
    new, old = (client.get("/abstract-products") for client in both)

    assert [each["id"] for each in new.json["data"]] == ["A", "B"]
    assert (old.status_code, old.json["errors"][0]["code"]) == (400, "311")


def test_unknown_path(both: tuple[Client, Client]) -> None:
    """``007`` in the storefront; no code in the old application."""
    new, old = (client.get("/nowhere").json["errors"][0] for client in both)

    assert (new["code"], old) == ("007", {"status": 404, "detail": "Not Found"})


def test_headers_of_both(both: tuple[Client, Client]) -> None:
    """``Accept`` may be missing in the storefront alone; both say the language."""
    new, old = (client.get("/abstract-products/A", headers={"accept": None}) for client in both)

    assert (new.status_code, old.status_code) == (200, 406)
    languages = [client.get("/abstract-products/A").headers["content-language"] for client in both]
    assert languages == ["en_US", "en_US"]


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/abstract-products", 400, "311"),
        ("/concrete-products", 400, "312"),
        ("/abstract-product-prices", 400, "311"),
        ("/abstract-products//abstract-product-prices", 400, "311"),
        ("/concrete-product-prices", 400, "312"),
        ("/abstract-product-availabilities", 400, "311"),
        ("/concrete-product-availabilities", 400, "312"),
        ("/abstract-product-image-sets", 404, "301"),
        ("/concrete-products//concrete-product-image-sets", 404, "302"),
    ],
)
def test_path_without_a_sku(both: tuple[Client, Client], path: str, status: int, code: str) -> None:
    """Each endpoint of products says what a path without a SKU lacks."""
    response = both[1].get(path)

    assert (response.status_code, response.json["errors"][0]["code"]) == (status, code)
