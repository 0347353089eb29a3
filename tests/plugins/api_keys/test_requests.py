"""Requests with a key: who asks, and what the key opens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_api_keys import ApiKeyDraft, ApiKeyWriter
from glue_core import (
    Deployment,
    GlueRequest,
    GlueResponse,
    Operation,
    PageRules,
    Pagination,
    Protection,
    RequestFlowAwareApiApplication,
    Resource,
)
from glue_core.host import Host
from glue_core.migrating import migrate
from glue_core.testing import Client, in_memory, installed

APPLICATION = RequestFlowAwareApiApplication("shop", services=())
PAGE = Resource("pages", Schema.from_dict({"name": fields.String()}))
ORDERS = Protection(("api-key", "oauth-user-scope"), scopes=("orders.read",))


def who(request: GlueRequest) -> GlueResponse:
    """Say who asks, and what the address is by now."""
    asks = request.identity
    name = (asks.kind, asks.natural_identifier, asks.surrogate_identifier) if asks else None
    seen = f"{name} {sorted(request.grants)} {request.parameters_string}"
    return GlueResponse(content=seen.encode())


def page(request: GlueRequest) -> GlueResponse:
    """Return a page with a next one, so that the answer has links."""
    asked = request.pagination
    assert asked is not None
    return GlueResponse.page([{"id": "1"}], Pagination(asked.offset, asked.limit, 3))


def operations() -> Sequence[Operation]:
    """Return places with several protections."""
    return [
        Operation("getCollection", who, "open"),
        Operation("getCollection", who, "keyed", protection=Protection(("api-key",))),
        Operation("getCollection", who, "orders", protection=ORDERS),
        Operation("getCollection", who, "optional", protection=Protection(("api-key?",))),
        Operation("getCollection", page, "pages", PAGE, page=PageRules()),
    ]


PLUGINS = [
    *installed("api_keys", "json_api"),
    in_memory("glue.applications", "shop", APPLICATION),
    in_memory("glue.plugins.shop", "test", glue_resources=operations),
]


@pytest.fixture
def shop(glue_deployment: Callable[..., Deployment]) -> Callable[..., Deployment]:
    """Make a migrated deployment with some settings of the plugin."""

    def make(**section: Any) -> Deployment:
        deployment = glue_deployment(PLUGINS, settings={"plugins": {"api_keys": section}})
        migrate(deployment.services.database, deployment.migrations)
        return deployment

    return make


def key_of(deployment: Deployment, name: str = "shipping", *scopes: str) -> str:
    """Make a key and return it."""
    with deployment.services.database.work() as work:
        draft = ApiKeyDraft(name, scopes)
        return deployment.features.get(ApiKeyWriter).create(draft, work).key


def revoke(deployment: Deployment, name: str = "shipping") -> None:
    """Revoke a key."""
    with deployment.services.database.work() as work:
        deployment.features.get(ApiKeyWriter).revoke(name, work)


def test_key_is_an_identity(shop: Callable[..., Deployment]) -> None:
    """Who sends a key is known by its name, and holds its scopes and a grant of its own."""
    deployment = shop()
    key = key_of(deployment, "shipping", "orders.read")
    answer = Client(Host(deployment)).get("/open", headers={"X-Api-Key": key})

    assert answer.text.strip() == "('api-key', 'shipping', 1) ['@api-key', 'orders.read']"


@pytest.mark.parametrize(
    ("place", "scopes", "status"),
    [
        ("keyed", (), 200),
        ("keyed", ("other",), 200),
        ("orders", ("orders.read",), 200),
        ("orders", ("other",), 403),
        ("orders", (), 403),
        ("optional", (), 200),
    ],
)
def test_strategy(
    shop: Callable[..., Deployment], place: str, scopes: tuple[str, ...], status: int
) -> None:
    """A key is enough where its strategy is named, with a scope where scopes are asked for."""
    deployment = shop()
    key = key_of(deployment, "shipping", *scopes)
    answer = Client(Host(deployment)).get(f"/{place}", headers={"X-Api-Key": key})

    assert answer.status_code == status


@pytest.mark.parametrize("place", ["keyed", "orders", "optional"])
def test_without_a_key(shop: Callable[..., Deployment], place: str) -> None:
    """Who sends no key is not let in where one is asked for."""
    assert Client(Host(shop())).get(f"/{place}").status_code == 401


@pytest.mark.parametrize("place", ["open", "keyed", "nowhere"])
@pytest.mark.parametrize("key", ["glue_wrong", "", " ", "x" * 6000])
def test_key_that_does_not_hold(shop: Callable[..., Deployment], place: str, key: str) -> None:
    """A key that does not hold is 401 with the code 001 and a challenge, whatever is asked for."""
    answer = Client(Host(shop())).get(f"/{place}", headers={"X-Api-Key": key})
    (error,) = answer.json

    assert (answer.status_code, error["code"]) == (401, "001")
    assert answer.headers["www-authenticate"] == 'ApiKey realm="Access to shop API"'


def test_revoked_key(shop: Callable[..., Deployment]) -> None:
    """A key that was revoked is 401, at once where nothing is remembered."""
    deployment = shop(cache_seconds=0)
    client = Client(Host(deployment))
    headers = {"X-Api-Key": key_of(deployment)}
    before = client.get("/keyed", headers=headers).status_code
    revoke(deployment)

    assert (before, client.get("/keyed", headers=headers).status_code) == (200, 401)


def test_answers_depend_on_the_key(shop: Callable[..., Deployment]) -> None:
    """Caches are told that answers differ by the header."""
    assert "X-Api-Key" in Client(Host(shop())).get("/open").headers["vary"]


def test_query_parameter_is_off_by_default(shop: Callable[..., Deployment]) -> None:
    """Without the setting a key in the query opens nothing: the parameter is unknown."""
    deployment = shop()
    key = key_of(deployment)

    assert Client(Host(deployment)).get(f"/keyed?api_key={key}").status_code in (400, 401)


def test_query_parameter(shop: Callable[..., Deployment]) -> None:
    """With the setting a key in the query counts, and is gone from the address."""
    deployment = shop(query_parameter=True)
    key = key_of(deployment)
    answer = Client(Host(deployment)).get(f"/keyed?api_key={key}")

    assert answer.text == "('api-key', 'shipping', 1) ['@api-key'] "


def test_links_do_not_repeat_the_key(shop: Callable[..., Deployment]) -> None:
    """No part of an answer repeats a key that came in the query."""
    deployment = shop(query_parameter=True)
    key = key_of(deployment)
    client = Client(Host(deployment)).json_api
    answer = client.get(f"/pages?page[limit]=1&api_key={key}&page[offset]=0")

    assert answer.status_code == 200
    assert answer.json["links"]["next"]
    assert "api_key" not in answer.text
    assert key not in answer.text


def test_wrong_key_in_the_query_is_not_logged(
    shop: Callable[..., Deployment], caplog: pytest.LogCaptureFixture
) -> None:
    """A key in the query that does not hold is 401, and no log line has it."""
    caplog.set_level(logging.DEBUG)
    answer = Client(Host(shop(query_parameter=True))).get("/keyed?api_key=glue_wrong")

    assert answer.status_code == 401
    assert "glue_wrong" not in caplog.text
    assert "glue_wrong" not in answer.text


@pytest.mark.parametrize("seconds", [-1, 3601, "soon"])
def test_wrong_setting_stops_the_start(shop: Callable[..., Deployment], seconds: Any) -> None:
    """How long a key is believed is a bounded number of seconds."""
    with pytest.raises(RuntimeError, match=r"plugins\.api_keys\.cache_seconds"):
        shop(cache_seconds=seconds)
