"""The storefront and the old application in one process: who answers what, at which host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import ErrorCode, GlueRequest, GlueResponse, NotFound, Operation, Resource
from glue_core.host import Host
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory, installed

SHOP = {"host": "shop.example"}
OLD = {"host": "old.example"}
HOSTS: dict[str, dict[str, Any]] = {
    "storefront_api": {"hosts": ["shop.example"], "next": "legacy_api"},
    "legacy_api": {"hosts": ["old.example"], "protected_by_default": False},
}


NOT_HERE = ErrorCode(404, "301", "Not here.")


class Made(Schema):
    """Attributes that say who made them."""

    by = fields.String()


def saying(by: str, *types: str) -> Source:
    """Make a plugin of an application, with types that say whose they are."""

    def get(request: GlueRequest) -> GlueResponse:
        if request.resource.id == "absent":
            raise NotFound(NOT_HERE.code, NOT_HERE.message)
        return GlueResponse.of({"id": request.resource.id, "by": by})

    return in_memory(
        f"glue.plugins.{by}",
        f"{by}-{'-'.join(types)}",
        glue_resources=lambda: [
            Operation("get", get, each, Resource(each, Made), errors=(NOT_HERE,)) for each in types
        ],
    )


NEW_ONES = saying("storefront_api", "products", "carts")
OLD_CARTS = saying("legacy_api", "carts")
OLD_LISTS = saying("legacy_api", "lists")

Serve = Callable[..., Client]


@pytest.fixture
def serve(glue_deployment: Callable[..., Deployment]) -> Serve:
    """Serve both; keywords are settings beside those of the hosts."""

    def make(*plugins: Source, **settings: Any) -> Client:
        tables = {
            name: {**HOSTS[name], **settings.get("applications", {}).get(name, {})}
            for name in HOSTS
        }
        both = installed("storefront_api", "legacy_api", "json_api")
        deployment = glue_deployment(
            [*both, NEW_ONES, OLD_LISTS, *plugins],
            settings={**settings, "applications": tables},
        )
        return Client(Host(deployment)).json_api

    return make


def who(client: Client, path: str, headers: dict[str, str]) -> tuple[str, str]:
    """Return whose plugin answered, and by which application's rules."""
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer
    # Only the document of the new application says its version and has a link of its own.
    flow = "new" if "links" in answer.json else "old"
    return answer.json["data"]["attributes"]["by"], flow


def test_new_application_is_asked_first(serve: Serve) -> None:
    """At the storefront's host the new one answers what it has, the old one what it has alone."""
    client = serve(OLD_CARTS)

    assert who(client, "/products/1", SHOP) == ("storefront_api", "new")
    assert who(client, "/carts/1", SHOP) == ("storefront_api", "new")
    assert who(client, "/lists/1", SHOP) == ("legacy_api", "old")


def test_missing_resource_is_no_missing_path(serve: Serve) -> None:
    """A resource that is not there is the new one's answer; the old one is not asked."""
    errors = serve(OLD_CARTS).get("/carts/absent", headers=SHOP).json["errors"]

    assert (errors[0]["code"], errors[0]["message"]) == ("301", "Not here.")


def test_nobody_has_a_place(serve: Serve) -> None:
    """What neither has is refused by the one whose host it is."""
    client = serve()

    assert client.get("/nowhere/1", headers=SHOP).json["errors"][0]["code"] == "007"
    assert client.get("/nowhere/1", headers=OLD).json["errors"] == [
        {"status": 404, "detail": "Not Found"}
    ]


def test_old_application_answers_what_nobody_serves(serve: Serve) -> None:
    """At a host that nobody has, the old application is the last to be asked, and serves."""
    client = serve()

    assert who(client, "/products/1", {"host": "any.example"}) == ("storefront_api", "old")
    assert client.get("/nowhere", headers={"host": "any.example"}).status_code == 404


def test_old_host_is_that_of_the_old_application(serve: Serve) -> None:
    """At the old host the old application answers everything, by its own rules."""
    client = serve(OLD_CARTS)

    assert who(client, "/products/1", OLD) == ("storefront_api", "old")
    assert who(client, "/carts/1", OLD) == ("legacy_api", "old")


def test_one_line_hands_an_endpoint_over(serve: Serve) -> None:
    """A type that is handed over is the new application's at the old host too, with its links."""
    line = {"legacy_api": {"hand_over": {"carts": "storefront_api"}}}
    client = serve(OLD_CARTS, applications=line)

    assert who(client, "/carts/1", OLD) == ("storefront_api", "new")
    assert who(client, "/products/1", OLD) == ("storefront_api", "old")
    assert client.get("/carts/1", headers=OLD).json["links"] == {
        "self": "http://old.example/carts/1"
    }


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [(None, "http://old.example"), ("https://o.example", "https://o.example")],
)
def test_links_at_the_old_host(serve: Serve, base_url: str | None, expected: str) -> None:
    """Links start with the old host, though the new application has an address of its own."""
    tables = {
        "legacy_api": {"hand_over": {"carts": "storefront_api"}, "base_url": base_url},
        "storefront_api": {"base_url": "https://shop.example"},
    }
    client = serve(applications=tables)

    document = client.get("/carts/1", headers=OLD).json

    assert document["links"]["self"] == f"{expected}/carts/1"
    assert document["data"]["links"]["self"] == f"{expected}/carts/1"
    own = client.get("/carts/1", headers=SHOP).json
    assert own["links"]["self"] == "https://shop.example/carts/1"


def test_links_of_the_old_application_at_the_new_host(serve: Serve) -> None:
    """What the old application answers at the storefront's host links to that host."""
    tables = {
        "legacy_api": {"base_url": "https://old.example"},
        "storefront_api": {"base_url": "https://shop.example"},
    }
    document = serve(applications=tables).get("/lists/1", headers=SHOP).json

    assert document["data"]["links"]["self"] == "https://shop.example/lists/1"


def test_old_registration_goes(serve: Serve) -> None:
    """Once the old plugin of a type is gone, what the new one registered is served everywhere."""
    before, after = serve(OLD_CARTS), serve()

    assert who(before, "/carts/1", OLD) == ("legacy_api", "old")
    assert who(after, "/carts/1", OLD) == ("storefront_api", "old")


def test_handed_over_type_of_a_plugin_that_goes(serve: Serve) -> None:
    """A handed-over type needs its old plugin no more: taking that out changes nothing."""
    line = {"legacy_api": {"hand_over": {"carts": "storefront_api"}}}
    before, after = serve(OLD_CARTS, applications=line), serve(applications=line)

    for client in (before, after):
        assert who(client, "/carts/1", OLD) == ("storefront_api", "new")


def test_errors_of_a_handed_over_type_are_the_new_ones(serve: Serve) -> None:
    """Who hands a type over hands its errors over: they are told by the new rules."""
    line = {"legacy_api": {"hand_over": {"carts": "storefront_api"}}}
    client = serve(OLD_CARTS, applications=line)

    assert client.get("/carts/absent", headers=OLD).json["errors"][0]["message"] == "Not here."
    refused = client.delete("/carts/1", headers=OLD)
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (405, "008")


def test_what_the_new_one_has_not_yet_stays(serve: Serve) -> None:
    """Below a handed-over type the old application answers what the new one has no place for."""
    below = in_memory(
        "glue.plugins.legacy_api",
        "items",
        glue_resources=lambda: [
            Operation(
                "get",
                lambda: GlueResponse.of({"id": "1", "by": "legacy_api"}),
                "carts/items",
                Resource("items", Made),
            )
        ],
    )
    line = {"legacy_api": {"hand_over": {"carts": "storefront_api"}}}

    assert who(serve(below, applications=line), "/carts/1/items/1", OLD) == ("legacy_api", "old")


def test_body_passes_whole_to_whoever_answers(serve: Serve) -> None:
    """Asking the new application leaves the body to the old one."""

    def post(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({"id": "1", **request.attributes})

    plugin = in_memory(
        "glue.plugins.legacy_api",
        "notes",
        glue_resources=lambda: [Operation("post", post, "notes", Resource("notes", Made))],
    )
    body = {"data": {"type": "notes", "attributes": {"by": "me"}}}

    answer = serve(plugin).post("/notes", json=body, headers=SHOP)

    assert (answer.status_code, answer.json["data"]["attributes"]) == (201, {"by": "me"})
