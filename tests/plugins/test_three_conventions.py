"""The storefront's plugins under several conventions, without a line of theirs about any."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from glue_core.cli import main

HAL_TYPE = "application/hal+json"


def test_one_resource_in_three_conventions(
    storefront: Callable[..., Any], json_api: dict[str, str]
) -> None:
    """The storefront's plugins answer in JSON:API, HAL and plain JSON without a line of theirs."""
    client = storefront("hal", "products_api", "product_prices_api", "product_image_sets_api")
    path = "/abstract-products/A"

    plain = client.simulate_get(path).json[0]
    hal = client.simulate_get(path, headers={"Accept": HAL_TYPE}).json
    compound = client.simulate_get(path, headers=json_api).json

    own = {name: hal[name] for name in hal if not name.startswith("_")}
    assert plain == own == compound["data"]["attributes"]
    assert hal["_links"]["self"]["href"].endswith(path)


def test_plugins_relationships_are_embedded(storefront: Callable[..., Any]) -> None:
    """Relationships that other plugins contribute are embedded and linked under HAL too."""
    client = storefront("hal", "products_api")
    hal = client.simulate_get(
        "/abstract-products",
        query_string="include=concrete-products&page[offset]=0&page[limit]=1",
        headers={"Accept": HAL_TYPE},
    ).json

    [product] = hal["_embedded"]["abstract-products"]
    variants = product["_embedded"]["concrete-products"]
    assert [each["sku"] for each in variants] == ["A-2", "A-1"]
    link = product["_links"]["concrete-products"]["href"]
    found = client.simulate_get(
        link.removeprefix("http://falconframework.org"), headers={"Accept": HAL_TYPE}
    ).json
    assert [each["sku"] for each in found["_embedded"]["concrete-products"]] == ["A-2", "A-1"]


@pytest.mark.parametrize(
    ("accept", "convention", "own"),
    [
        ("application/vnd.api+json", "json_api", "glue-json-api:json_api."),
        (HAL_TYPE, "hal", "glue-hal:hal."),
        ("application/json", None, "glue-api-core:plain."),
    ],
)
def test_flow_prints_the_stack_of_each(
    accept: str,
    convention: str | None,
    own: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``glue flow`` shows for one URL the steps of the convention that the header selects."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GLUE_CONFIG", raising=False)
    arguments = ["flow", "GET", "/abstract-products", "--application", "storefront_api"]

    result = CliRunner().invoke(main, [*arguments, "--json", "--header", f"Accept: {accept}"])

    assert result.exit_code == 0, result.output
    walk = json.loads(result.stdout)
    stages = [each["stage"] for each in walk["steps"]]
    ids = [each["id"] for each in walk["steps"]]
    families = {own + name for name in ("fields", "filter", "page", "sort")}
    assert walk["convention"]["name"] == convention
    assert stages[:3] == ["hydrate", "negotiate", "match"]
    assert {"controller", "format", "write", "commit"} <= set(stages)
    assert families <= set(ids)
