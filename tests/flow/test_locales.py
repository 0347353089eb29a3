"""Locales of an application, for which no plugin chooses any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueResponse,
    Operation,
    Provider,
    Settings,
    Step,
)
from glue_core.testing import Client, in_memory, installed
from glue_stores import Store, StoreReader

LOCALES = ["en_US", "de_DE"]

Serve = Callable[..., Client]


class Stores:
    """One store, whose locale the application does not have."""

    def stores(self) -> list[Store]:
        """Return the store."""
        return [Store("AT", "Europe/Vienna", "EUR", "de_AT", (), ("de_AT",), ())]

    def store(self, name: str) -> Store | None:
        """Return the store with this name, or None."""
        return next((each for each in self.stores() if each.name == name), None)


def say(request: GlueRequest) -> GlueResponse:
    """Say the locale."""
    return GlueResponse(content=f"{request.locale}".encode())


def choose(request: GlueRequest) -> None:
    """Choose for everybody."""
    request.locale = "fr_FR"


@pytest.fixture
def serve(glue_deployment: Callable[..., Any]) -> Serve:
    """Serve an application whose clients choose among locales."""

    def make(*plugins: Any, locales: Any = LOCALES, name: str = "magazine_api") -> Client:
        says = in_memory(
            f"glue.plugins.{name}",
            "says",
            glue_resources=lambda: [Operation("getCollection", say, "locales")],
        )
        deployment = glue_deployment(
            [*installed(name), says, *plugins],
            settings={"applications": {name: locales_of(locales)}},
        )
        return Client(deployment.applications[name])

    return make


def locales_of(locales: list[str]) -> dict[str, object]:
    """Return the settings of an application with these locales."""
    return {"locales": locales, "health_check": True}


@pytest.mark.parametrize(
    ("asked", "locale"),
    [
        (None, "en_US"),
        ("de", "de_DE"),
        ("de-AT, en;q=0.5", "de_DE"),
        ("fr", "en_US"),
        ("*", "en_US"),
    ],
)
def test_locale_of_the_application(serve: Serve, asked: str | None, locale: str) -> None:
    """The best liked locale of the application is chosen, else its first."""
    headers = {} if asked is None else {"accept-language": asked}

    assert serve().get("/locales", headers=headers).text == locale


@pytest.mark.parametrize("path", ["/locales", "/nowhere"])
def test_answer_says_its_language(serve: Serve, path: str) -> None:
    """Answers and refusals say their language as a tag, and what they depend on."""
    answer = serve().get(path, headers={"accept-language": "de"})

    assert answer.headers["content-language"] == "de-DE"
    assert "Accept-Language" in answer.headers["vary"].split(", ")


def test_refusal_speaks_the_language(serve: Serve) -> None:
    """A path that is not there is told in the language that was asked for."""
    answer = serve().get("/nowhere", headers={"accept-language": "de"})

    assert answer.json[0]["message"] == "Nicht gefunden"


def test_without_locales_nothing_is_chosen(serve: Serve) -> None:
    """An application without locales chooses none, and its answers depend on no language."""
    answer = serve(locales=[]).get("/locales", headers={"accept-language": "de"})

    assert answer.text == "None"
    assert "content-language" not in answer.headers
    assert "Accept-Language" not in answer.headers["vary"]


def test_health_check_has_no_language(serve: Serve) -> None:
    """What tells of the deployment itself has no language."""
    answer = serve().get("/health-check", headers={"accept-language": "de"})

    assert "content-language" not in answer.headers


@pytest.mark.parametrize("group", ["glue.plugins", "glue.plugins.magazine_api"])
@pytest.mark.parametrize("order", [{}, {"before": ("locale",)}])
def test_step_of_a_plugin_wins(serve: Serve, group: str, order: dict[str, Any]) -> None:
    """What a plugin chooses is not chosen again, whether it comes before the core or after it."""
    step = Step("tongue", lambda operation: choose, **order)
    plugin = in_memory(group, "tongues", glue_request_builders=lambda: [step])

    answer = serve(plugin).get("/locales", headers={"accept-language": "de"})

    assert answer.text == "fr_FR"
    assert answer.headers["content-language"] == "fr-FR"


def test_the_store_wins(serve: Serve) -> None:
    """Where there are stores, the locales are theirs, and said as they say them."""
    stores = in_memory(
        "glue.features",
        "stores-in-memory",
        glue_features=lambda: [Provider(StoreReader, lambda _: Stores())],
    )
    client = serve(*installed("stores_api"), stores, name="storefront_api")

    answer = client.get("/locales", headers={"accept-language": "en"})

    assert answer.text == "de_AT"
    assert answer.headers["content-language"] == "de_AT"


def test_magazine_speaks_german(serve: Serve) -> None:
    """The texts of a plugin of the magazine are shown in the language that was asked for."""
    plugins = installed("magazine", "articles_api", "authors_api", "json_api")

    answer = serve(*plugins).json_api.post(
        "/articles",
        json={"data": {"type": "articles", "attributes": {}}},
        headers={"accept-language": "de"},
    )

    assert "Dieses Attribut wird gebraucht." in {e["detail"] for e in answer.json["errors"]}


@pytest.mark.parametrize("locale", ["de-DE", "", "DE", "de_DE.UTF-8"])
def test_what_is_no_locale_stops_the_start(locale: str) -> None:
    """A locale is written as 'de_DE'."""
    with pytest.raises(ConfigurationError, match="write it as 'de_DE'"):
        Settings.of({"applications": {"magazine_api": {"locales": [locale]}}})
