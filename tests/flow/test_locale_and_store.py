"""Locale, store and points in time through whole requests, with the plugin that chooses them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from marshmallow import Schema

from glue_core import (
    GlueRequest,
    GlueResponse,
    Operation,
    Provider,
    Resource,
    UtcDateTime,
)
from glue_core.testing import Client, assert_error, in_memory, installed
from glue_stores import Country, Currency, Store, StoreReader

EURO = Currency("EUR", "Euro", "€")
FRANC = Currency("CHF", "Swiss Franc", "CHF")
GERMANY = Country("DE", "DEU", "Germany", True, "[0-9]{5}")
AUSTRIA = Country("AT", "AUT", "Austria", True, "[0-9]{4}")
STORES = {
    "AT": Store("AT", "Europe/Vienna", "EUR", "de_AT", (EURO,), ("de_AT",), (AUSTRIA,)),
    "DE": Store(
        "DE", "Europe/Berlin", "EUR", "de_DE", (EURO, FRANC), ("de_DE", "en_US"), (GERMANY,)
    ),
}


class Stores:
    """Two stores that need no storage."""

    def stores(self) -> Sequence[Store]:
        """Return every store, by name."""
        return [STORES[name] for name in sorted(STORES)]

    def store(self, name: str) -> Store | None:
        """Return the store with this name, or None."""
        return STORES.get(name)


class Moment(Schema):
    """A point in time."""

    at = UtcDateTime(required=True)


def market(request: GlueRequest) -> GlueResponse:
    """Say store and locale."""
    return GlueResponse(content=f"{request.store} {request.locale}".encode())


def moment(attributes: dict[str, Any]) -> GlueResponse:
    """Show a moment as it was understood."""
    return GlueResponse.of({"id": "1", **attributes})


Serve = Callable[..., Client]


@pytest.fixture
def serve(glue_deployment: Callable[..., Any]) -> Serve:
    """Serve an application with stores; the settings are those of the choice of stores."""

    def make(**settings: Any) -> Client:
        deployment = glue_deployment(
            [
                *installed("storefront_api", "json_api", "stores_api"),
                in_memory(
                    "glue.features",
                    "stores-in-memory",
                    glue_features=lambda: [Provider(StoreReader, lambda _: Stores())],
                ),
                in_memory(
                    "glue.plugins.storefront_api",
                    "market",
                    glue_resources=lambda: [
                        Operation("getCollection", market, "market"),
                        Operation("post", moment, "moments", Resource("moments", Moment)),
                    ],
                ),
            ],
            settings={"plugins": {"stores_api": settings}} if settings else {},
        )
        return Client(deployment.applications["storefront_api"])

    return make


@pytest.mark.parametrize(
    ("asked", "locale"),
    [
        (None, "de_DE"),
        ("en-US", "en_US"),
        ("en", "en_US"),
        ("en-GB;q=0.5, de;q=0.4", "en_US"),
        ("EN-us", "en_US"),
        ("fr", "de_DE"),
        ("*", "de_DE"),
        ("de;q=0, *", "en_US"),
        ("nonsense;;;q=,", "de_DE"),
    ],
)
def test_locale(serve: Serve, asked: str | None, locale: str) -> None:
    """The best liked locale of the store, by name or language; else the store's default."""
    headers = {"store": "DE"} | ({} if asked is None else {"accept-language": asked})
    answer = serve().get("/market", headers=headers)

    assert answer.text == f"DE {locale}"
    assert answer.headers["content-language"] == locale


def test_locale_is_one_of_the_store(serve: Serve) -> None:
    """A locale of another store is not chosen."""
    assert serve().get("/market?_store=AT", headers={"accept-language": "en-US, de-DE"}).text == (
        "AT de_AT"
    )


@pytest.mark.parametrize(
    ("query", "header", "store"),
    [("", None, "AT"), ("", "DE", "DE"), ("?_store=DE", "AT", "DE"), ("?_store=AT", "XX", "AT")],
)
def test_store(serve: Serve, query: str, header: str | None, store: str) -> None:
    """The query names the store, else the header, else it is the default."""
    headers = {} if header is None else {"store": header}

    assert serve().get(f"/market{query}", headers=headers).text.startswith(store)


def test_default_store_of_the_settings(serve: Serve) -> None:
    """The settings name the store of a request that names none."""
    client = serve(store="DE")

    assert client.get("/market").text == "DE de_DE"
    assert client.get("/market", headers={"store": "AT"}).text == "AT de_AT"


def test_one_store_or_all(serve: Serve) -> None:
    """A deployment serves all stores by the request's choice, or one store whatever is asked."""
    every, one = serve(), serve(fixed_store="DE")

    assert [each["name"] for each in _stores(every)] == ["AT", "DE"]
    assert [each["name"] for each in _stores(one)] == ["DE"]
    assert one.get("/market").text == "DE de_DE"
    assert_error(one.get("/market?_store=AT"), 404, "601")


def _stores(client: Client) -> list[dict[str, Any]]:
    data = client.json_api.get("/stores").json["data"]
    return [{"name": each["id"]} for each in data]


@pytest.mark.parametrize(
    ("query", "headers"), [("?_store=XX", {}), ("", {"store": "XX"}), ("?_store=", {})]
)
def test_unknown_store(serve: Serve, query: str, headers: dict[str, str]) -> None:
    """A store that is not there is 404 with the code 601, wherever it was named."""
    assert_error(serve().get(f"/market{query}", headers=headers), 404, "601")


def test_stores_resource_is_complete(serve: Serve) -> None:
    """A store shows its currencies, locales and countries."""
    attributes = serve().json_api.get("/stores/DE").json["data"]["attributes"]

    assert [each["code"] for each in attributes["currencies"]] == ["EUR", "CHF"]
    assert [each["name"] for each in attributes["locales"]] == ["de_DE", "en_US"]
    assert [each["iso2Code"] for each in attributes["countries"]] == ["DE"]


def test_errors_speak_the_language_of_the_request(serve: Serve) -> None:
    """The text of an error follows the language; its code and pointer do not."""
    client = serve()
    german = client.post("/moments", json={}, headers={"store": "DE"}).json[0]
    english = client.post(
        "/moments", json={}, headers={"store": "DE", "accept-language": "en"}
    ).json[0]

    assert german["message"] != english["message"]
    assert (german["code"], german["pointer"]) == (english["code"], english["pointer"])
    assert (german["code"], german["pointer"]) == ("901", "/at")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00Z"),
        ("2026-03-01T12:00:00+02:00", "2026-03-01T10:00:00Z"),
        ("2026-03-01T00:30:00+05:30", "2026-02-28T19:00:00Z"),
    ],
)
def test_points_in_time(serve: Serve, sent: str, shown: str) -> None:
    """Any zone comes in and UTC goes out, whatever the zone of the store."""
    answer = serve().post("/moments", json={"at": sent}, headers={"store": "DE"})

    assert answer.json == [{"at": shown}]
