"""Paths: types and ids in pairs, parents, custom routes, and what is no path at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import GlueRequest, GlueResponse, Operation, Resource
from glue_core.testing import Client, assert_error

Serve = Callable[..., Client]


class TraceAttributes(Schema):
    """What a request knew about its path."""

    ids = fields.Raw()
    by_type = fields.Raw()


TRACE = Resource("traces", TraceAttributes)


def trace(request: GlueRequest) -> GlueResponse:
    """Answer with the chain of the path."""
    chain = [*request.parent_resources, request.resource]
    by_type = {
        each.type: request.parent_resources[each.type or ""].id for each in request.parent_resources
    }
    return GlueResponse.of(
        {"id": "1", "ids": [[each.type, each.id] for each in chain], "by_type": by_type}
    )


def at(place: str, method: Any = "get", **options: Any) -> Operation:
    """Make an operation that traces its path."""
    return Operation(method, trace, place, TRACE, **options)


def test_depth_of_three(serve: Serve) -> None:
    """A child of a child knows all its parents, outermost first."""
    client = serve(glue_resources=lambda: [at("a/b/c")])

    assert client.get("/a/1/b/2/c/3").json[0]["ids"] == [["a", "1"], ["b", "2"], ["c", "3"]]


def test_parents_by_type(serve: Serve) -> None:
    """Parents are read by their types."""
    client = serve(glue_resources=lambda: [at("a/b/c")])

    assert client.get("/a/1/b/2/c/3").json[0]["by_type"] == {"a": "1", "b": "2"}


def test_one_type_twice_in_a_path(serve: Serve) -> None:
    """Of two parents of one type both are there by position, the nearest by type."""
    client = serve(glue_resources=lambda: [at("a/a/b")])
    shown = client.get("/a/1/a/2/b/3").json[0]

    assert shown["ids"] == [["a", "1"], ["a", "2"], ["b", "3"]]
    assert shown["by_type"] == {"a": "2"}


def test_collection_below_a_parent(serve: Serve) -> None:
    """A path that ends in a type has no id for it."""
    client = serve(glue_resources=lambda: [at("a/b", "getCollection")])

    assert client.get("/a/1/b").json[0]["ids"] == [["a", "1"], ["b", None]]


@pytest.mark.parametrize("path", ["/b/1", "/x/1/b/2", "/a/1/a/2/b/3"])
def test_wrong_parent(serve: Serve, path: str) -> None:
    """A known type below the wrong parents, or none: 404 with the code 009."""
    client = serve(glue_resources=lambda: [at("a"), at("a/b")])

    assert_error(client.get(path), 404, "009")


def test_parent_need_not_declare_anything(serve: Serve) -> None:
    """A child place needs no operation at its parent's."""
    client = serve(glue_resources=lambda: [at("a/b")])

    assert client.get("/a/1/b/2").status_code == 200
    assert_error(client.get("/a/1"), 404, "007")


def test_singleton(serve: Serve) -> None:
    """A singleton takes no id at its end, and none is there."""
    client = serve(glue_resources=lambda: [at("a/profile", singleton=True)])

    assert client.get("/a/1/profile").json[0]["ids"] == [["a", "1"], ["profile", None]]
    assert_error(client.get("/a/1/profile/2"), 404, "007")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/things/1/", 200),
        ("/things/", 200),
        ("/things/1//", 404),
        ("//things/1", 404),
        ("/things//1", 404),
        ("/things//", 404),
    ],
)
def test_slashes(serve: Serve, path: str, status: int) -> None:
    """One trailing slash is ignored; any other empty segment is not found."""
    assert serve().get(path).status_code == status


def test_encoded_id(serve: Serve) -> None:
    """Ids are decoded as UTF-8."""
    assert serve().get("/things/%C3%A4%20b").json == [{"name": "ä b"}]


def test_encoded_id_of_the_raw_path(serve: Serve) -> None:
    """Ids are decoded the same where the server gives the raw path."""
    response = serve().get("/things/%C3%A4%20b", raw_path="/things/%C3%A4%20b?x=1")

    assert response.json == [{"name": "ä b"}]


def test_bytes_in_the_raw_path(serve: Serve) -> None:
    """A raw path holds a character for each byte that was sent, encoded or not."""
    raw = "/things/ä%41".encode().decode("latin-1")

    assert serve().get("/things/äA", raw_path=raw).json == [{"name": "äA"}]


@pytest.mark.parametrize("raw", ["/things/a%2Fb", "http://localhost/things/a%2Fb?x=%2F"])
def test_encoded_slash(serve: Serve, raw: str) -> None:
    """An encoded slash stays inside its id where the server gives the raw path."""
    assert serve().get("/things/a%2Fb", raw_path=raw).json == [{"name": "a/b"}]


def test_encoded_slash_below_a_mount_point(serve: Serve) -> None:
    """The raw path still has the mount point that the server took from the path."""
    response = serve().get(
        "/things/a%2Fb", raw_path="/m/n/things/a%2Fb", environ={"SCRIPT_NAME": "/m/n"}
    )

    assert response.json == [{"name": "a/b"}]


def test_encoded_slash_without_the_raw_path(serve: Serve) -> None:
    """Where the server tells decoded paths only, an encoded slash is a slash."""
    assert_error(serve().get("/things/a%2Fb"), 404, "007")


@pytest.mark.parametrize("path", ["/things/%FF", "/things/%C3", "/things/a%00b", "/%00", "/%FF"])
@pytest.mark.parametrize("raw", [True, False])
def test_path_that_is_no_text(serve: Serve, path: str, raw: bool) -> None:
    """A path that is not UTF-8, or contains NUL: 400."""
    assert_error(serve().get(path, raw_path=path if raw else None), 400, "017")


def test_custom_route(serve: Serve) -> None:
    """A custom route gives its placeholders; ``id`` is the resource's id as well."""

    def handle(request: GlueRequest) -> GlueResponse:
        parameters = dict(request.resource.parameters or {})
        return GlueResponse(content=f"{parameters} {request.resource.id}".encode(), format="text/x")

    client = serve(glue_route_providers=lambda: [Operation("get", handle, "/c/{sku}/t/{id}")])

    assert client.get("/c/1/t/2").text == "{'sku': '1', 'id': '2'} 2"
    assert client.get("/c/1/t/2/").text == "{'sku': '1', 'id': '2'} 2"
    assert_error(client.get("/c/1/t"), 404, "007")


def test_custom_route_keeps_an_encoded_slash(serve: Serve) -> None:
    """An encoded slash does not make a path match the template of another."""

    def handle(request: GlueRequest) -> GlueResponse:
        return GlueResponse(content=repr(dict(request.resource.parameters or {})).encode())

    client = serve(
        glue_route_providers=lambda: [
            Operation("get", handle, "/c/{one}"),
            Operation("get", handle, "/c/{one}/{two}"),
        ]
    )

    assert client.get("/c/a%2Fb", raw_path="/c/a%2Fb").text == "{'one': 'a/b'}"


def fixed(text: str) -> Callable[[], GlueResponse]:
    """Make a handler that says always the same."""

    def handle() -> GlueResponse:
        return GlueResponse(content=text.encode(), format="text/plain")

    return handle


def test_custom_route_wins_over_a_resource(serve: Serve) -> None:
    """Where both answer a method, the custom route does."""
    client = serve(glue_route_providers=lambda: [Operation("get", fixed("route"), "/things/{sku}")])

    assert client.get("/things/1").text == "route"


def test_custom_route_leaves_other_methods_to_the_resource(serve: Serve) -> None:
    """A custom route hides no method that it does not declare."""
    client = serve(glue_route_providers=lambda: [Operation("get", fixed("route"), "/things/{sku}")])

    assert client.delete("/things/1").status_code == 204
    assert_error(client.put("/things/1", json={}), 405, "008")


def test_routes_of_one_path_by_method(serve: Serve) -> None:
    """A template answers each method that is declared for it, and tells the others so."""
    client = serve(
        glue_route_providers=lambda: [
            Operation("get", fixed("got"), "/c/{sku}"),
            Operation("post", fixed("posted"), "/c/{sku}"),
        ]
    )

    assert client.post("/c/1", json={}).text == "posted"
    assert client.delete("/c/1").headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_route_at_the_root(serve: Serve) -> None:
    """The root may be a custom route."""
    client = serve(glue_route_providers=lambda: [Operation("get", fixed("home"), "/")])

    assert client.get("/").text == "home"
