"""The resource stores of the old application."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from glue_core.testing import Client, assert_collection, assert_error

Old = Callable[..., Client]

GERMANY = {
    "iso2Code": "DE",
    "iso3Code": "DEU",
    "name": "Germany",
    "postalCodeMandatory": True,
    "postalCodeRegex": "[0-9]{5}",
    "regions": [{"iso2Code": "DE-BE", "name": "Berlin"}],
}


def listed(client: Client, path: str, **headers: str) -> dict[str, Any]:
    """Return the attributes of the stores of a list, by name."""
    found = client.get(path, headers=headers).json["data"]
    return {each["id"]: each["attributes"] for each in found}


@pytest.mark.parametrize("settings", [{}, {"fixed_store": "DE"}])
@pytest.mark.parametrize("language", ["de", "en"])
def test_unknown_store_is_not_found(old: Old, settings: dict[str, Any], language: str) -> None:
    """A name that no store has answers 404 601, in the same words in every language."""
    answer = old(settings).get("/stores/XX", headers={"Accept-Language": language})

    assert_error(answer, 404, "601")
    assert answer.json["errors"][0]["detail"] == "Store not found."


@pytest.mark.parametrize(
    ("settings", "path"),
    [({"fixed_store": "DE"}, "/stores/CH"), ({"hosts": {"shop.example": "DE"}}, "/stores/CH")],
)
def test_fixed_store_hides_the_others(old: Old, settings: dict[str, Any], path: str) -> None:
    """Where a store is fixed, only the name of the current one is known."""
    assert_error(old(settings).get(path, headers={"Host": "shop.example"}), 404, "601")


def test_fixed_store_is_complete(old: Old) -> None:
    """A fixed store shows its time zone, the short codes of its locales, and regions."""
    client = old({"fixed_store": "DE"})

    assert listed(client, "/stores") == {
        "DE": {
            "timeZone": "Europe/Berlin",
            "defaultCurrency": "EUR",
            "currencies": [{"code": "EUR", "name": "Euro"}, {"code": "CHF", "name": "Swiss Franc"}],
            "locales": [{"code": "de", "name": "de_DE"}, {"code": "en", "name": "en_US"}],
            "countries": [GERMANY],
        }
    }


def test_one_store_is_shown_as_the_list_shows_it(old: Old) -> None:
    """A store alone has the attributes that it has in the list."""
    client = old({"fixed_store": "DE"})

    shown = client.get("/stores/DE").json["data"]

    assert shown["attributes"] == listed(client, "/stores")["DE"]


def test_what_nobody_knows_is_null_or_empty(old: Old) -> None:
    """A store without a time zone has null for it, and a country without regions has none."""
    shown = listed(old({"fixed_store": "CH"}), "/stores")["CH"]

    assert (shown["timeZone"], shown["countries"][0]["regions"]) == (None, [])


@pytest.mark.parametrize(
    ("host", "store"), [("shop.example", "DE"), ("laden.example:8080", "CH"), ("other", "CH")]
)
def test_host_fixes_the_store(old: Old, host: str, store: str) -> None:
    """A host has its store, whatever its port; another host has the store of the settings."""
    client = old({"hosts": {"shop.example": "DE", "laden.example": "CH"}, "store": "CH"})

    assert list(listed(client, "/stores", Host=host)) == [store]


def test_request_may_name_another_store_than_its_host(old: Old) -> None:
    """What the request names comes before its host, and is then the current store."""
    client = old({"hosts": {"shop.example": "DE"}})

    assert list(listed(client, "/stores?_store=CH", Host="shop.example")) == ["CH"]


def test_dynamic_stores_are_all_listed(old: Old) -> None:
    """Where requests choose, every store is listed."""
    assert_collection(old().get("/stores"), ["CH", "DE"], type="stores")


def test_dynamic_stores_have_neither_time_zone_nor_short_codes(old: Old) -> None:
    """Where requests choose, a store has no time zone, and its locales have only names."""
    shown = listed(old(), "/stores")["DE"]

    assert "timeZone" not in shown
    assert shown["locales"] == [{"name": "de_DE"}, {"name": "en_US"}]


@pytest.mark.parametrize(("store", "currency"), [("CH", "CHF"), ("DE", "EUR")])
@pytest.mark.parametrize("path", ["/stores", "/stores/DE"])
def test_dynamic_stores_show_what_is_of_the_current_one(
    shop: Any, old: Old, path: str, store: str, currency: str
) -> None:
    """Default currency and locales are those of the request's store, all else is its own."""
    client = old()
    shop.stores.by_name["CH"] = replace(shop.stores.by_name["CH"], locales=("en_US",))

    data = client.get(path, headers={"Store": store}).json["data"]
    shown = data if path == "/stores/DE" else next(each for each in data if each["id"] == "DE")

    expected = shop.stores.by_name[store].locales
    assert [each["name"] for each in shown["attributes"]["locales"]] == list(expected)
    assert shown["attributes"]["defaultCurrency"] == currency
    assert [each["code"] for each in shown["attributes"]["currencies"]] == ["EUR", "CHF"]
    assert shown["attributes"]["countries"] == [GERMANY]


def test_nothing_published_lists_nothing(shop: Any, old: Old) -> None:
    """Before the first import the list is empty."""
    shop.stores.by_name.clear()

    assert_collection(old().get("/stores"), [], type="stores")


@pytest.mark.parametrize(
    ("language", "locale"),
    [(None, "de_DE"), ("en", "en_US"), ("de-CH, en;q=0.5", "de_DE"), ("fr", "de_DE")],
)
@pytest.mark.parametrize("path", ["/stores", "/stores/XX", "/no-such-path"])
def test_every_answer_says_its_locale(
    old: Old, path: str, language: str | None, locale: str
) -> None:
    """Answers name the locale that was picked by its short code, refusals as well."""
    headers = {} if language is None else {"Accept-Language": language}

    answer = old({"store": "DE"}).get(path, headers=headers)

    assert answer.headers["content-language"] == locale


@pytest.mark.parametrize("name", ["header", "query"])
def test_unknown_store_of_the_request_is_not_found(old: Old, name: str) -> None:
    """A store that is not there fails every request with 404 601."""
    client = old()

    if name == "query":
        answer = client.get("/stores?_store=XX")
    else:
        answer = client.get("/stores", headers={"Store": "XX"})

    assert_error(answer, 404, "601")
