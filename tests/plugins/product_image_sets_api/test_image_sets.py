"""The image sets of products: shown below them, and included."""

from collections.abc import Callable
from typing import Any

import pytest

IMAGE = {
    "external_url_large": "https://images.example/l.jpg",
    "external_url_small": "https://images.example/s.jpg",
    "alt_text_large": None,
    "alt_text_small": "A lamp",
}
IMAGE_SETS = [{"name": "default", "images": [IMAGE]}, {"name": "empty", "images": []}]


@pytest.fixture
def client(storefront: Callable[..., Any], shop: Any) -> Any:
    """A storefront with products of which A and A-1 have what is asked for."""
    for kind, sku in (("abstract", "A"), ("concrete", "A-1")):
        shop.catalog.documents[f"{kind}_image_sets"] = {sku: {"sku": sku, "image_sets": IMAGE_SETS}}
    return storefront("products_api", "product_image_sets_api")


def path_of(kind: str, sku: str) -> str:
    """Return the path below a product."""
    return f"/{kind}-products/{sku}/{kind}-product-image-sets"


@pytest.mark.parametrize(("kind", "sku"), [("abstract", "A"), ("concrete", "A-1")])
def test_image_sets_are_shown(
    client: Any, json_api: dict[str, str], attributes_of: Callable[..., Any], kind: str, sku: str
) -> None:
    """Image sets have the attributes of the contract; a missing text is null."""
    answer = client.simulate_get(path_of(kind, sku), headers=json_api)

    image = {
        "externalUrlLarge": "https://images.example/l.jpg",
        "externalUrlSmall": "https://images.example/s.jpg",
        "altTextLarge": None,
        "altTextSmall": "A lamp",
    }
    assert attributes_of(answer) == {
        "imageSets": [{"name": "default", "images": [image]}, {"name": "empty", "images": []}]
    }


def test_product_without_pictures_is_no_error(
    client: Any, shop: Any, json_api: dict[str, str], attributes_of: Callable[..., Any]
) -> None:
    """A known product without pictures shows an empty list."""
    shop.catalog.documents["abstract_image_sets"]["A"] = {"sku": "A", "image_sets": []}

    answer = client.simulate_get(path_of("abstract", "A"), headers=json_api)

    assert attributes_of(answer) == {"imageSets": []}


@pytest.mark.parametrize(
    ("kind", "code", "message"),
    [
        ("abstract", "303", "Can`t find abstract product image sets."),
        ("concrete", "304", "Can`t find concrete product image sets."),
    ],
)
def test_unknown_product_is_not_found(client: Any, kind: str, code: str, message: str) -> None:
    """A product without a document answers 404 with the text of the contract."""
    answer = client.simulate_get(path_of(kind, "none"))

    assert answer.status_code == 404
    assert answer.json == [{"status": 404, "code": code, "message": message}]


@pytest.mark.parametrize("kind", ["abstract", "concrete"])
def test_market_is_that_of_the_request(
    client: Any, shop: Any, market: Callable[..., Any], kind: str
) -> None:
    """What is shown is read for the store and the locale of the request."""
    client.simulate_get(path_of(kind, "A"), headers={"Store": "DE", "Accept-Language": "en"})

    assert shop.catalog.calls == [(f"{kind}_image_sets", ["A"], market("DE", "en_US"))]


@pytest.mark.parametrize("kind", ["abstract", "concrete"])
def test_a_page_is_one_read(client: Any, shop: Any, json_api: dict[str, str], kind: str) -> None:
    """What a page of products includes is read at once; who has nothing is left out."""
    name = f"{kind}-product-image-sets"
    answer = client.simulate_get(
        f"/{kind}-products", query_string=f"include={name}", headers=json_api
    )

    assert [each["type"] for each in answer.json["included"]] == [name]
    reads = [call[1] for call in shop.catalog.calls if call[0] == f"{kind}_image_sets"]
    assert reads == [list(shop.catalog.documents[f"{kind}_products"])]


@pytest.mark.parametrize("kind", ["abstract", "concrete"])
def test_no_store_at_all_is_not_found(
    client: Any, shop: Any, codes_of: Callable[..., Any], kind: str
) -> None:
    """Before the first import there is no market: 404 601, not a failure."""
    shop.stores.by_name.clear()

    assert codes_of(client.simulate_get(path_of(kind, "A"))) == ["601"]
