"""A plugin of somebody else changes the shipped products, and neither is touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import falcon.testing
import pytest
from marshmallow import Schema, fields

from glue_core import (
    AttributeChange,
    Deployment,
    ErrorCode,
    GlueRequest,
    GlueResponse,
    NotFound,
    Operation,
    OperationChange,
    Resource,
    ResourceChange,
    hookimpl,
)
from glue_core.testing import documented, in_memory, installed
from tests.test_docs import example_with

Change = ResourceChange | OperationChange


class BrandAttributes(Schema):
    """What this shop shows of products besides."""

    brand = fields.Function(
        lambda product: product["attributes"].get("brand"),
        metadata={"description": "Name of the brand, or null."},
    )


class LabelAttributes(Schema):
    """What German shops must show."""

    energy_label = fields.Constant("A", data_key="energyLabel")


SOLD_OUT = ErrorCode(404, "1302", "This shop shows no single variants.")


def sold_out(request: GlueRequest) -> GlueResponse:
    """Answer for variants that nobody may look at any more."""
    raise NotFound(SOLD_OUT.code, SOLD_OUT.message)


class Acme:
    """The plugin of a project."""

    @hookimpl
    def glue_declaration_changes(self) -> Sequence[Change]:
        """Add, hide and rename attributes; change a list, and a handler."""
        return [
            ResourceChange(
                "abstract-products",
                attributes=BrandAttributes,
                changes={
                    "metaKeywords": AttributeChange(hidden=True),
                    "name": AttributeChange(rename="title"),
                },
            ),
            ResourceChange("abstract-products", attributes=LabelAttributes, stores=("DE",)),
            OperationChange("abstract-products.getCollection", page={"default": 1, "maximum": 2}),
            OperationChange("concrete-products.get", handler=sold_out, errors=(SOLD_OUT,)),
        ]


@pytest.fixture
def client(shop: Any, glue_deployment: Callable[..., Deployment]) -> falcon.testing.TestClient:
    """A storefront with products and the project's plugin."""
    deployment = glue_deployment(
        [
            *installed("storefront_api", "json_api", "stores_api", "products_api"),
            in_memory("glue.features", "shop", shop),
            in_memory("glue.plugins.storefront_api", "acme", Acme(), distribution="acme-shop"),
        ],
        settings={"project": ["acme-shop:acme"]},
    )
    return falcon.testing.TestClient(documented(deployment.applications["storefront_api"]))


def test_shipped_type_is_changed(client: Any, json_api: Any, attributes_of: Any) -> None:
    """A product has the further attribute, the new name, and not what is hidden."""
    shown = attributes_of(client.simulate_get("/abstract-products/A", headers=json_api))

    assert shown["brand"] == "Lumo"
    assert shown["title"] == "Lamp A"
    assert {"name", "metaKeywords"}.isdisjoint(shown)


def test_included_resources_are_changed(client: Any, json_api: Any) -> None:
    """The type is the same wherever it is shown: as a related resource as well."""
    found = client.simulate_get(
        "/concrete-products", query_string="include=abstract-products", headers=json_api
    )

    assert {each["attributes"]["title"] for each in found.json["included"]} == {
        "Lamp A",
        "Lamp B",
    }


def test_lists_are_cut_and_asked_by_the_new_rules(client: Any, shop: Any, json_api: Any) -> None:
    """Pages have the project's size; who sorts by the new name has the reader asked by the old."""
    found = client.simulate_get("/abstract-products?sort=-title", headers=json_api)

    assert [each["id"] for each in found.json["data"]] == ["B"]
    (_, query, _) = shop.catalog.calls[-1]
    assert (query.limit, [each.field for each in query.sorts]) == (1, ["name"])
    refused = client.simulate_get(
        "/abstract-products?page[offset]=0&page[limit]=3", headers=json_api
    )
    assert refused.status_code == 400


def test_sparse_fields_use_the_new_names(client: Any, json_api: Any, attributes_of: Any) -> None:
    """``fields`` knows what was added and renamed."""
    found = client.simulate_get(
        "/abstract-products/A?fields[abstract-products]=title,brand", headers=json_api
    )

    assert attributes_of(found) == {"title": "Lamp A", "brand": "Lumo"}


@pytest.mark.parametrize(
    ("query", "headers", "is_shown"),
    [
        ("_store=DE", {}, True),
        ("", {"Store": "DE"}, True),
        ("_store=CH", {"Store": "DE"}, False),
        ("", {}, False),
    ],
)
def test_attribute_of_one_store(
    client: Any, json_api: Any, query: str, headers: dict[str, str], is_shown: bool
) -> None:
    """The store is the one that the plugin of stores chooses: parameter, header, then default."""
    alone = client.simulate_get(
        "/abstract-products/A", query_string=query, headers={**json_api, **headers}
    )
    related = client.simulate_get(
        "/concrete-products",
        query_string=f"{query}&include=abstract-products".lstrip("&"),
        headers={**json_api, **headers},
    )

    data = alone.json["data"]
    shown = [data if isinstance(data, dict) else data[0], *related.json["included"]]
    assert [("energyLabel" in each["attributes"]) for each in shown] == [is_shown] * 3


def test_unknown_store_is_refused_as_ever(client: Any, json_api: Any, codes_of: Any) -> None:
    """A store that is not there is refused where declarations vary, too."""
    found = client.simulate_get("/abstract-products/A?_store=XX", headers=json_api)

    assert codes_of(found) == ["601"]


def test_handler_is_swapped(client: Any, json_api: Any, codes_of: Any) -> None:
    """The project's handler answers at the shipped place."""
    found = client.simulate_get("/concrete-products/A-1", headers=json_api)

    assert (found.status_code, codes_of(found)) == (404, ["1302"])


class Address(Schema):
    """What the example of the page says of addresses is about."""

    zip_code = fields.String(data_key="zipCode")


def keep(request: GlueRequest) -> GlueResponse:
    """Take an address."""
    return GlueResponse.of({"id": "1", **request.attributes})


ADDRESSES = in_memory(
    "glue.plugins.storefront_api",
    "addresses",
    distribution="acme-addresses",
    glue_resources=lambda: [
        Operation("post", keep, "addresses", Resource("addresses", Address)),
    ],
)


@pytest.mark.parametrize("word", ["EnergyAttributes", "LabelAttributes"])
def test_examples_of_the_page_are_served(
    shop: Any, glue_deployment: Callable[..., Deployment], word: str, json_api: Any
) -> None:
    """The shipped handlers serve all that the page's examples let clients ask for."""
    deployment = glue_deployment(
        [
            *installed("storefront_api", "json_api", "stores_api", "products_api"),
            in_memory("glue.features", "shop", shop),
            ADDRESSES,
            example_with(word),
        ]
    )
    client = falcon.testing.TestClient(documented(deployment.applications["storefront_api"]))
    listed = [
        each.value
        for each in deployment.registry.applications["storefront_api"].operations
        if each.value.place == "abstract-products" and each.value.method == "getCollection"
    ]

    for sort in {"", *(name for operation in listed for name in operation.sorts)}:
        found = client.simulate_get(
            "/abstract-products",
            params={"_store": "DE", **({"sort": sort} if sort else {})},
            headers=json_api,
        )
        assert found.status_code == 200, found.text
        assert len(found.json["data"]) == 2
