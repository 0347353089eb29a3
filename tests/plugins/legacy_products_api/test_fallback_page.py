"""The deployment of docs/fallback.md, with products: it does what the page says."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glue_core.host import Host
from glue_core.testing import Client, Deployment, in_memory, installed

PAGE = Path(__file__).resolve().parents[3] / "docs" / "fallback.md"
NEW, OLD, BACKEND = "api.shop.example", "glue.shop.example", "backend.shop.example"
PLUGINS = (
    "json_api",
    "products_api",
    "product_prices_api",
    "stores_api",
    "legacy_api",
    "legacy_products_api",
)


def settings_of_the_page() -> dict[str, Any]:
    """Return the settings that the page shows."""
    match = re.search(r"^```toml\n(# glue\.toml\n.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S)
    assert match is not None
    return tomllib.loads(match[1])


@pytest.fixture
def deployment(shop: Any, glue_deployment: Callable[..., Deployment]) -> Deployment:
    """The three applications, as the page composes them."""
    sources = [
        *installed("storefront_api", "backend_api", *PLUGINS),
        in_memory("glue.features", "shop", shop),
    ]
    return glue_deployment(sources, settings=settings_of_the_page())


@pytest.fixture
def client(deployment: Deployment) -> Client:
    """A client of all of it, behind one address."""
    return Client(Host(deployment)).json_api


def test_who_answers(client: Client) -> None:
    """Each request of the page's table is answered by whom the table says."""

    def errors(host: str, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.get(path, headers={"host": host}).json["errors"]
        return found

    unknown_here = [{"status": 404, "detail": "Not Found"}]
    assert errors(NEW, "/abstract-products/none")[0]["message"] == "Abstract product is not found."
    # A path without the id of the parent is one that the old application alone has.
    assert errors(NEW, "/abstract-products//abstract-product-prices") == [
        {"status": 400, "code": "311", "detail": "Abstract product sku is not specified."}
    ]
    assert errors(NEW, "/nowhere/1")[0]["code"] == "007"
    assert errors(BACKEND, "/abstract-products/A")[0]["code"] == "007"
    assert "message" not in errors(OLD, "/abstract-products/none")[0]
    assert errors(OLD, "/concrete-products/none")[0]["message"] == "Concrete product is not found."
    assert errors(OLD, "/nowhere/1") == unknown_here
    assert errors("any.example", "/nowhere/1") == unknown_here


def test_links_of_the_handed_over_type(client: Client) -> None:
    """A variant that the storefront answers at the old host links to the old host."""
    document = client.get("/concrete-products/A-1", headers={"host": OLD}).json

    assert document["links"]["self"] == f"https://{OLD}/concrete-products/A-1"


def test_client_that_says_nothing(client: Client) -> None:
    """An old client that accepts anything reads JSON:API from the storefront, too."""
    headers = {"host": OLD, "accept": "*/*"}
    answer = client.get("/concrete-products/A-1", headers=headers)

    assert answer.headers["content-type"] == "application/vnd.api+json"


@pytest.mark.parametrize(
    "path",
    [
        "/abstract-products/A",
        "/abstract-products/none",
        "/stores",
        "/stores/DE",
    ],
)
def test_only_what_is_expected_differs(client: Client, deployment: Deployment, path: str) -> None:
    """The paths that the page expects to differ are those that do, for these endpoints."""
    client.get(path, headers={"host": OLD})
    deployment.shadows.drain()

    report = deployment.shadows.reports()["legacy_api"]
    assert (report.compared, dict(report.differences)) == (1, {})


def test_what_nobody_expects_is_told(client: Client, deployment: Deployment) -> None:
    """What the old application refuses and the new one answers is a difference of the status."""
    client.get("/abstract-products", headers={"host": OLD})
    deployment.shadows.drain()

    report = deployment.shadows.reports()["legacy_api"]
    assert report.differences == {("GET /abstract-products", "status"): 1}
