"""Prices: shown below products, included, and in the currency that is asked for."""

from collections.abc import Callable
from typing import Any

import pytest

CODES = {"abstract": "307", "concrete": "308"}


@pytest.fixture
def client(storefront: Callable[..., Any], shop: Any) -> Any:
    """A storefront with products that have prices, A-2 and B without."""
    for kind, sku in (("abstract", "A"), ("concrete", "A-1")):
        shop.catalog.documents[f"{kind}_prices"] = {
            sku: {
                "sku": sku,
                "price": 1500,
                "prices": [
                    {
                        "price_type_name": "DEFAULT",
                        "net_amount": None,
                        "gross_amount": 1500,
                        "currency": {"code": "EUR", "name": "Euro", "symbol": "€"},
                        "volume_prices": [
                            {"quantity": 10, "net_amount": 1000, "gross_amount": 1190}
                        ],
                    }
                ],
            }
        }
    return storefront("products_api", "product_prices_api")


def path_of(kind: str, sku: str) -> str:
    """Return the path of the prices of a product."""
    return f"/{kind}-products/{sku}/{kind}-product-prices"


@pytest.mark.parametrize(("kind", "sku"), [("abstract", "A"), ("concrete", "A-1")])
def test_prices_are_shown(
    client: Any,
    json_api: dict[str, str],
    attributes_of: Callable[..., Any],
    kind: str,
    sku: str,
) -> None:
    """Prices have the attributes of the contract, and the product's SKU for an id."""
    answer = client.simulate_get(path_of(kind, sku), headers=json_api)

    assert attributes_of(answer) == {
        "price": 1500,
        "prices": [
            {
                "priceTypeName": "DEFAULT",
                "netAmount": None,
                "grossAmount": 1500,
                "currency": {"code": "EUR", "name": "Euro", "symbol": "€"},
                "volumePrices": [{"quantity": 10, "netAmount": 1000, "grossAmount": 1190}],
            }
        ],
    }
    assert sku in answer.text


def test_product_without_price_is_no_error(
    client: Any, shop: Any, json_api: dict[str, str], attributes_of: Callable[..., Any]
) -> None:
    """A known product without a price in the currency shows null and an empty list."""
    shop.catalog.documents["abstract_prices"]["A"] = {"sku": "A", "price": None, "prices": []}

    answer = client.simulate_get(path_of("abstract", "A"), headers=json_api)

    assert attributes_of(answer) == {"price": None, "prices": []}


@pytest.mark.parametrize("kind", ["abstract", "concrete"])
def test_unknown_product_is_not_found(client: Any, kind: str) -> None:
    """The prices of an unknown product answer 404 with the text of the contract."""
    answer = client.simulate_get(path_of(kind, "none"))

    assert answer.status_code == 404
    assert answer.json == [
        {
            "status": 404,
            "code": CODES[kind],
            "message": f"Can`t find {kind} product prices.",
        }
    ]


@pytest.mark.parametrize("kind", ["abstract", "concrete"])
@pytest.mark.parametrize(
    ("query", "currency", "mode"),
    [
        ("", "EUR", "GROSS_MODE"),
        ("currency=CHF", "CHF", "GROSS_MODE"),
        ("priceMode=NET_MODE", "EUR", "NET_MODE"),
        ("currency=EUR&priceMode=GROSS_MODE", "EUR", "GROSS_MODE"),
    ],
)
def test_choice_reaches_the_reader(
    client: Any,
    shop: Any,
    market: Callable[..., Any],
    kind: str,
    query: str,
    currency: str,
    mode: str,
) -> None:
    """Prices are read in the currency and mode of the request, else in the store's default."""
    client.simulate_get(path_of(kind, "A"), query_string=query, headers={"Store": "DE"})

    assert shop.catalog.calls == [(f"{kind}_prices", ["A"], market("DE", "de_DE"), currency, mode)]


def test_settings_name_the_default_mode(storefront: Callable[..., Any], shop: Any) -> None:
    """A request that names no mode gets the one of the settings."""
    settings = {"plugins": {"product_prices_api": {"price_mode": "NET_MODE"}}}
    client = storefront("products_api", "product_prices_api", settings=settings)

    client.simulate_get(path_of("abstract", "A"))

    assert shop.catalog.calls[0][-1] == "NET_MODE"


@pytest.mark.parametrize(
    "path", ["/abstract-products/A/abstract-product-prices", "/abstract-products/A", "/stores"]
)
@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("currency=USD", ["313"]),
        ("currency=", ["313"]),
        ("currency=eur", ["313"]),
        ("priceMode=gross", ["314"]),
        ("priceMode=x&currency=x", ["313", "314"]),
    ],
)
def test_wrong_choice_is_refused_everywhere(
    client: Any, shop: Any, codes_of: Callable[..., Any], path: str, query: str, codes: list[str]
) -> None:
    """A currency that the store does not have, or another mode, is 400 on every endpoint."""
    answer = client.simulate_get(path, query_string=query, headers={"Store": "DE"})

    assert (answer.status_code, codes_of(answer)) == (400, codes)
    assert shop.catalog.calls == []


def test_currency_of_another_store_is_refused(client: Any, codes_of: Callable[..., Any]) -> None:
    """The currencies are those of the request's store."""
    answer = client.simulate_get("/stores", query_string="currency=EUR", headers={"Store": "CH"})

    assert codes_of(answer) == ["313"]


def test_right_choice_is_taken_everywhere(client: Any) -> None:
    """A currency of the store is no unknown parameter where there are no prices."""
    answer = client.simulate_get("/stores", query_string="currency=CHF&priceMode=NET_MODE")

    assert answer.status_code == 200


def test_unknown_path_is_told_before_a_wrong_currency(
    client: Any, codes_of: Callable[..., Any]
) -> None:
    """The currency is checked on endpoints; where there is none, the path is wrong."""
    assert codes_of(client.simulate_get("/none", query_string="currency=x")) == ["007"]


def test_unknown_store_is_told_before_a_wrong_currency(
    client: Any, codes_of: Callable[..., Any]
) -> None:
    """Nobody knows the currencies of an unknown store."""
    answer = client.simulate_get("/stores", query_string="currency=x&_store=XX")

    assert codes_of(answer) == ["601"]


def test_no_store_at_all_is_not_found(client: Any, shop: Any, codes_of: Callable[..., Any]) -> None:
    """Before the first import there is no currency: 404 601, not a failure."""
    shop.stores.by_name.clear()

    assert codes_of(client.simulate_get(path_of("abstract", "A"))) == ["601"]


@pytest.mark.parametrize("kind", ["abstract", "concrete"])
def test_prices_are_included_with_one_read(
    client: Any, shop: Any, json_api: dict[str, str], kind: str
) -> None:
    """The prices of a page are read at once, in the currency of the request."""
    answer = client.simulate_get(
        f"/{kind}-products",
        query_string=f"include={kind}-product-prices&currency=CHF",
        headers=json_api,
    )

    assert [each["type"] for each in answer.json["included"]] == [f"{kind}-product-prices"]
    reads = [call for call in shop.catalog.calls if call[0] == f"{kind}_prices"]
    assert [(call[1], call[3]) for call in reads] == [
        (list(shop.catalog.documents[f"{kind}_products"]), "CHF")
    ]
