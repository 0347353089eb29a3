"""The flow under JSON:API: the convention that is a distribution of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import GlueRequest, GlueResource, GlueResponse, Operation, Relationship, Resource
from glue_core.testing import (
    JSON_API,
    Client,
    Deployment,
    assert_collection,
    assert_compound,
    assert_error,
    assert_included,
    assert_resource,
    installed,
)

Serve = Callable[..., Client]


@pytest.fixture
def client(serve: Serve) -> Client:
    """The application with ``things``, speaking JSON:API."""
    return serve(*installed("json_api")).json_api


def test_one_resource(client: Client) -> None:
    """A resource has type, id and attributes."""
    response = client.get("/things/1")

    assert_resource(response, "things", "1", {"name": "one", "size": 1}, status=200)
    assert response.headers["content-type"] == JSON_API


def test_collection(client: Client) -> None:
    """A collection is a list, even of few."""
    assert_collection(client.get("/things"), ["1", "2"], "things")


def test_create(client: Client) -> None:
    """A body is a document; the answer is 201 with the resource."""
    document = {"data": {"type": "things", "attributes": {"name": "new"}}}

    assert_resource(
        client.post("/things", json=document), "things", "9", {"name": "new"}, status=201
    )


def test_violations_point_into_the_document(client: Client) -> None:
    """The pointers of violations start at the document."""
    document = {"data": {"type": "things", "attributes": {"size": "x"}}}
    response = client.post("/things", json=document)

    assert_error(response, 422, "901", pointer="/data/attributes/size")
    assert_error(response, 422, "901", pointer="/data/attributes/name")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "007"),
        ("PUT", "/things/1", 405, "008"),
        ("GET", "/things?sort=colour", 400, "012"),
        ("GET", "/things?colour=red", 400, "018"),
        ("GET", "/things/%FF", 400, "017"),
    ],
)
def test_refusals(client: Client, method: str, path: str, status: int, code: str) -> None:
    """Refusals are error documents."""
    response = client.request(method, path)

    assert_error(response, status, code)
    assert response.headers["content-type"] == JSON_API


class PersonAttributes(Schema):
    """Attributes of a person."""

    name = fields.String()


def _friends(resources: Sequence[GlueResource], request: GlueRequest) -> dict[str, Any]:
    return {
        str(each.id): [{"id": f"{each.id}{mark}", "name": mark} for mark in "ab"]
        for each in resources
    }


@pytest.mark.parametrize("ids", [2, 20])
def test_include_is_loaded_once_for_each_level(deploy: Callable[..., Deployment], ids: int) -> None:
    """Three levels make three loads, however many resources a level has."""
    loads: list[int] = []

    def load(resources: Sequence[GlueResource], request: GlueRequest) -> dict[str, Any]:
        loads.append(len(resources))
        return _friends(resources, request)

    people = Resource("people", PersonAttributes)

    def page(request: GlueRequest) -> GlueResponse:
        return GlueResponse.page({"id": str(number), "name": "x"} for number in range(ids))

    deployment = deploy(
        *installed("json_api"),
        glue_resources=lambda: [Operation("getCollection", page, "people", people)],
        glue_relationships=lambda: [Relationship("friends", "people", load, source="people")],
    )
    client = Client(deployment.applications["shop"]).json_api
    response = client.get("/people?include=friends.friends.friends")

    assert len(loads) == 3
    assert_compound(response.json)
    assert len(response.json["included"]) == ids * (2 + 4 + 8)


def test_included_resources(deploy: Callable[..., Deployment]) -> None:
    """What is asked for is included, and linked to."""
    deployment = deploy(
        *installed("json_api"),
        glue_relationships=lambda: [Relationship("friends", "things", _friends, source="things")],
    )
    client = Client(deployment.applications["shop"]).json_api
    response = client.get("/things/1?include=friends")

    assert_included(response, [("things", "1a"), ("things", "1b")])
