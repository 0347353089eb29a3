"""What the rules for every convention leave open: this one's own documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields

from {{ cookiecutter.__package }} import {{ cookiecutter.__constant }}
from glue_core import (
    GlueLink,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Operation,
    RequestFlowAwareApiApplication,
    Resource,
    Pagination,
    PageRules,
)
from glue_core.testing import Client, in_memory


class Named(Schema):
    """Attributes of a lamp."""

    name = fields.String()


def lamp() -> dict[str, str]:
    """Return what is shown."""
    return {"id": "1", "name": "Lamp"}


def one() -> GlueResponse:
    """Return a lamp with a link and a fact of its own."""
    links = {"shop": GlueLink("/shop")}
    shown = GlueResource(attributes=lamp(), links=links, meta={"is_on": False})
    response = GlueResponse([shown])
    response.document_links["rules"] = GlueLink("https://rules.example/")
    response.document_meta["moderated"] = True
    return response


def page(request: GlueRequest) -> GlueResponse:
    """Return the one lamp there is."""
    asked = request.pagination or Pagination(0, 10)
    return GlueResponse.page([lamp()], Pagination(asked.offset, asked.limit, 1))


def created(attributes: dict[str, Any]) -> GlueResponse:
    """Return a new lamp."""
    return GlueResponse.of({"id": "new one", **attributes})


def two() -> GlueResponse:
    """Return two lamps where one is shown: a mistake."""
    return GlueResponse([GlueResource(attributes=lamp()), GlueResource(attributes=lamp())])


def nothing() -> GlueResponse:
    """Return no lamp where one could be."""
    return GlueResponse()


def operations() -> Sequence[Operation]:
    """Declare the lamps."""
    lamps = Resource("lamps", Named)
    return [
        Operation("get", one, "lamps", lamps),
        Operation("getCollection", page, "lamps", lamps, page=PageRules(10, 50)),
        Operation("post", created, "lamps", lamps),
        Operation("get", two, "pairs", lamps),
        Operation("get", nothing, "nothing", lamps, singleton=True),
    ]


@pytest.fixture
def client(glue_client: Callable[..., Client]) -> Client:
    """Call a shop of lamps in the convention."""
    [media_type] = {{ cookiecutter.__constant }}.media_types
    convention = in_memory(
        "glue.conventions",
        {{ cookiecutter.__constant }}.name,
        {{ cookiecutter.__constant }},
    )
    application = in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))
    lamps = in_memory("glue.plugins.shop", "lamps", glue_resources=lambda: operations())
    return glue_client(
        [convention, application, lamps],
        headers={"accept": media_type, "content-type": media_type},
    )


def test_resource_is_an_object(client: Client) -> None:
    """One resource has its identity, its address, its attributes, links and facts."""
    response = client.get("/lamps/1")

    [media_type] = {{ cookiecutter.__constant }}.media_types
    assert response.headers["content-type"] == media_type
    assert response.json == {
        "type": "lamps",
        "id": "1",
        "href": "http://localhost/lamps/1",
        "attributes": {"name": "Lamp"},
        "links": {"shop": "http://localhost/shop", "rules": "https://rules.example/"},
        "meta": {"is_on": False, "moderated": True},
    }


def test_collection_says_which_page_it_is(client: Client) -> None:
    """A collection has its resources in ``items``, and the page beside them."""
    document = client.get("/lamps?page[limit]=5").json

    assert [each["id"] for each in document["items"]] == ["1"]
    assert {name: document["page"][name] for name in ("offset", "limit", "total")} == {
        "offset": 0,
        "limit": 5,
        "total": 1,
    }
    assert document["page"]["links"]["self"] == "http://localhost/lamps?page%5Blimit%5D=5"


def test_new_resource_has_a_location(client: Client) -> None:
    """What was created is found at the address in ``Location``."""
    response = client.post("/lamps", body=b'{"attributes": {"name": "Lantern"}}')

    assert response.status_code == 201
    assert response.headers["location"] == "http://localhost/lamps/new%20one"


def test_nothing_is_an_empty_object(client: Client) -> None:
    """Where nothing is to be shown the document is an empty object."""
    response = client.get("/nothing")

    assert response.status_code == 200
    assert response.json == {}


def test_two_where_one_is_shown_is_a_failure(client: Client) -> None:
    """A handler that returns two resources where one is shown is at fault, not the client."""
    assert client.get("/pairs/1").status_code == 500
