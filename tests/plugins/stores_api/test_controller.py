"""The resource stores."""

from collections.abc import Callable
from typing import Any


def test_store_shows_its_own_data(
    storefront: Callable[..., Any], json_api: dict[str, str], attributes_of: Callable[..., Any]
) -> None:
    """A store shows its currencies, locales and countries, whatever the request's store is."""
    answer = storefront().simulate_get("/stores/DE", headers=json_api | {"Store": "CH"})

    assert answer.json["data"]["id"] == "DE"
    assert attributes_of(answer) == {
        "defaultCurrency": "EUR",
        "defaultLocale": "de_DE",
        "currencies": [{"code": "EUR", "name": "Euro"}, {"code": "CHF", "name": "Swiss Franc"}],
        "locales": [{"name": "de_DE"}, {"name": "en_US"}],
        "countries": [
            {
                "iso2Code": "DE",
                "iso3Code": "DEU",
                "name": "Germany",
                "postalCodeMandatory": True,
                "postalCodeRegex": "[0-9]{5}",
            }
        ],
    }


def test_unknown_facts_are_null(
    storefront: Callable[..., Any], json_api: dict[str, str], attributes_of: Callable[..., Any]
) -> None:
    """What nobody knows of a country is null, not left out."""
    answer = storefront().simulate_get("/stores/CH", headers=json_api)

    country = attributes_of(answer)["countries"][0]
    assert (country["postalCodeMandatory"], country["postalCodeRegex"]) == (None, None)


def test_list_holds_every_store(storefront: Callable[..., Any], json_api: dict[str, str]) -> None:
    """The list shows all stores by name."""
    answer = storefront().simulate_get("/stores", headers=json_api)

    assert [each["id"] for each in answer.json["data"]] == ["CH", "DE"]


def test_unknown_store_is_not_found(
    storefront: Callable[..., Any], codes_of: Callable[..., Any]
) -> None:
    """A store that is not there answers 404 601."""
    answer = storefront().simulate_get("/stores/XX")

    assert (answer.status_code, codes_of(answer)) == (404, ["601"])


def test_fixed_store_is_the_only_one(
    storefront: Callable[..., Any], json_api: dict[str, str]
) -> None:
    """With a fixed store the list shows it alone, and the others are not found."""
    client = storefront(settings={"plugins": {"stores_api": {"fixed_store": "DE"}}})

    listed = client.simulate_get("/stores", headers=json_api)
    assert [each["id"] for each in listed.json["data"]] == ["DE"]
    assert client.simulate_get("/stores/CH", headers=json_api).status_code == 404


def test_host_shows_its_store_alone(
    storefront: Callable[..., Any], json_api: dict[str, str]
) -> None:
    """Where hosts have their stores, a list shows that of the request, and no other is found."""
    client = storefront(settings={"plugins": {"stores_api": {"hosts": {"de.example": "DE"}}}})
    headers = {**json_api, "Host": "de.example"}

    listed = client.simulate_get("/stores", headers=headers)
    assert [each["id"] for each in listed.json["data"]] == ["DE"]
    assert client.simulate_get("/stores/CH", headers=headers).status_code == 404


def test_fixed_store_that_is_not_published_refuses(
    storefront: Callable[..., Any], codes_of: Callable[..., Any]
) -> None:
    """A fixed store that nobody has published is an unknown one."""
    client = storefront(settings={"plugins": {"stores_api": {"fixed_store": "XX"}}})

    assert codes_of(client.simulate_get("/stores")) == ["601"]
