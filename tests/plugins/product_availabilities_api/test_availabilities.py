"""The availability of products: shown below them, and included."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def client(storefront: Callable[..., Any], shop: Any) -> Any:
    """A storefront with products of which A and A-1 have what is asked for."""
    for kind, sku in (("abstract", "A"), ("concrete", "A-1")):
        shop.catalog.documents[f"{kind}_availabilities"] = {
            sku: {
                "sku": sku,
                "availability": True,
                "quantity": "10.0000000000",
                "is_never_out_of_stock": False,
            }
        }
    return storefront("products_api", "product_availabilities_api")


def path_of(kind: str, sku: str) -> str:
    """Return the path below a product."""
    return f"/{kind}-products/{sku}/{kind}-product-availabilities"


def test_abstract_availability_is_shown(
    client: Any, json_api: dict[str, str], attributes_of: Callable[..., Any]
) -> None:
    """An abstract product does not say whether it is never out of stock."""
    answer = client.simulate_get(path_of("abstract", "A"), headers=json_api)

    assert attributes_of(answer) == {"availability": True, "quantity": "10.0000000000"}


def test_concrete_availability_is_shown(
    client: Any, json_api: dict[str, str], attributes_of: Callable[..., Any]
) -> None:
    """A concrete product says whether it is never out of stock; the quantity is a text."""
    answer = client.simulate_get(path_of("concrete", "A-1"), headers=json_api)

    assert attributes_of(answer) == {
        "availability": True,
        "quantity": "10.0000000000",
        "isNeverOutOfStock": False,
    }


@pytest.mark.parametrize(
    ("kind", "code", "message"),
    [
        ("abstract", "305", "Availability is not found."),
        ("concrete", "306", "Availability is not found."),
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

    assert shop.catalog.calls == [(f"{kind}_availabilities", ["A"], market("DE", "en_US"))]


@pytest.mark.parametrize("kind", ["abstract", "concrete"])
def test_a_page_is_one_read(client: Any, shop: Any, json_api: dict[str, str], kind: str) -> None:
    """What a page of products includes is read at once; who has nothing is left out."""
    name = f"{kind}-product-availabilities"
    answer = client.simulate_get(
        f"/{kind}-products", query_string=f"include={name}", headers=json_api
    )

    assert [each["type"] for each in answer.json["included"]] == [name]
    reads = [call[1] for call in shop.catalog.calls if call[0] == f"{kind}_availabilities"]
    assert reads == [list(shop.catalog.documents[f"{kind}_products"])]


@pytest.mark.parametrize("kind", ["abstract", "concrete"])
def test_no_store_at_all_is_not_found(
    client: Any, shop: Any, codes_of: Callable[..., Any], kind: str
) -> None:
    """Before the first import there is no market: 404 601, not a failure."""
    shop.stores.by_name.clear()

    assert codes_of(client.simulate_get(path_of(kind, "A"))) == ["601"]
