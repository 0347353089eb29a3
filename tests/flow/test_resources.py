"""Resources: what handlers are given, what schemas say, and how resources live side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from marshmallow import EXCLUDE, Schema, fields, post_load, validate

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueRequestCustomer,
    GlueResource,
    GlueResponse,
    Operation,
    PageRules,
    Parameter,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
    SimpleResource,
    Step,
)
from glue_core.cli.routes import rows
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, assert_error, in_memory, installed

Serve = Callable[..., Client]


@dataclass(frozen=True)
class Lamp:
    """What the schema of lamps makes of a body."""

    name: str
    watts: int = 60


class LampAttributes(Schema):
    """Attributes of a lamp."""

    name = fields.String(required=True)
    watts = fields.Integer(strict=True)

    @post_load
    def make(self, values: dict[str, Any], **_: Any) -> Lamp:
        """Make the lamp."""
        return Lamp(**values)


LAMPS = Resource("lamps", LampAttributes, id="name")


class NoteAttributes(Schema):
    """Attributes of a note."""

    text = fields.String()


NOTES = Resource("notes", NoteAttributes)


def show(request: GlueRequest) -> GlueResponse:
    """Show the attributes as they came, under an id."""
    return GlueResponse.of({"id": "1", **request.attributes})


def test_handler_gets_the_object_of_its_schema(serve: Serve) -> None:
    """``attributes`` is what ``post_load`` made, plain and under a convention."""

    def create(attributes: Lamp) -> GlueResponse:
        assert isinstance(attributes, Lamp)
        return GlueResponse.of(attributes)

    client = serve(
        *installed("json_api"), glue_resources=lambda: [Operation("post", create, "lamps", LAMPS)]
    )
    document = {"data": {"type": "lamps", "attributes": {"name": "Lumo"}}}

    assert client.post("/lamps", json={"name": "Lumo"}).json == [{"name": "Lumo", "watts": 60}]
    shown = client.json_api.post("/lamps", json=document).json["data"]
    assert (shown["id"], shown["attributes"]["watts"]) == ("Lumo", 60)


def test_handler_gets_a_response_to_fill(serve: Serve) -> None:
    """A parameter that is a response gets an empty one, which the handler fills and returns."""

    def get(asked: GlueRequest, answer: GlueResponse, id: str) -> GlueResponse:  # noqa: A002
        answer.resources.append(GlueResource(attributes={"text": f"{asked.method} {id}"}, id=id))
        answer.meta["x-filled"] = "yes"
        return answer

    client = serve(glue_resources=lambda: [Operation("get", get, "notes", NOTES)])
    first, second = client.get("/notes/7"), client.get("/notes/8")

    assert (first.json, first.headers["x-filled"]) == ([{"text": "GET 7"}], "yes")
    assert second.json == [{"text": "GET 8"}]


def test_handler_gets_what_the_transport_knows(serve: Serve) -> None:
    """``http_request_attributes`` is the transport's side of the request, such as the peer."""

    def get(http_request_attributes: Mapping[str, Any]) -> GlueResponse:
        return GlueResponse(content=http_request_attributes["REMOTE_ADDR"].encode())

    client = serve(glue_resources=lambda: [Operation("get", get, "notes")])

    assert client.get("/notes/1", environ={"REMOTE_ADDR": "192.0.2.7"}).text == "192.0.2.7"


def test_handler_gets_an_id_where_the_path_has_one(serve: Serve) -> None:
    """One handler of both methods sees None for the id of a collection."""

    def read(id: str) -> GlueResponse:  # noqa: A002 - filled by name
        return GlueResponse(content=repr(id).encode())

    client = serve(
        glue_resources=lambda: [Operation(m, read, "notes") for m in ("get", "getCollection")]
    )

    assert (client.get("/notes/1").text, client.get("/notes").text) == ("'1'", "None")


def test_request_knows_its_resource(serve: Serve) -> None:
    """The resource of a request has type, id, logical method and the template that matched."""

    def get(request: GlueRequest) -> GlueResponse:
        asked = request.resource
        said = f"{asked.type} {asked.id} {asked.method} {asked.route}"
        return GlueResponse(content=said.encode())

    client = serve(glue_resources=lambda: [Operation("get", get, "boxes/notes")])

    assert client.get("/boxes/1/notes/2").text == "notes 2 get /boxes/{boxes_id}/notes/{notes_id}"


FIELDS_OF_A_REQUEST = {
    "application": "shop",
    "convention": None,
    "locale": None,
    "method": "POST",
    "host": "shop.example",
    "path": "/notes",
    "parameters_string": "a=1",
    "query_fields": {"a": "1"},
    "content": b'{"text": "x"}',
    "attributes": {"text": "x"},
    "requested_format": "application/json",
    "accepted_format": "application/json",
    "filters": (),
    "sortings": (),
    "pagination": None,
    "sparse_resources": (),
    "included_relationships": (),
    "request_user": None,
    "request_customer": None,
    "request_warehouse": None,
    "version": None,
}


@pytest.mark.parametrize("name", sorted(FIELDS_OF_A_REQUEST))
def test_request_has_every_field(serve: Serve, name: str) -> None:
    """A controller reads every field of the request, filled in or empty."""
    seen: list[Any] = []

    def create(request: GlueRequest) -> GlueResponse:
        seen.append(getattr(request, name))
        return GlueResponse.no_content()

    any_a = (Parameter("a", "Any."),)
    operation = Operation("post", create, "notes", NOTES, parameters=any_a, status=204)
    answer = serve(glue_resources=lambda: [operation]).post(
        "/notes?a=1",
        body=b'{"text": "x"}',
        headers={"host": "Shop.example:81", "content-type": "application/json"},
    )

    assert (answer.status_code, seen) == (204, [FIELDS_OF_A_REQUEST[name]])


def test_placeholders_reach_the_handler(serve: Serve) -> None:
    """The placeholders of a custom route are on the request's resource, and serve any callable."""

    class Teaser:
        def __call__(self, request: GlueRequest) -> GlueResponse:
            assert request.resource.parameters is not None
            return GlueResponse(content="/".join(request.resource.parameters.values()).encode())

    route = Operation("get", Teaser(), "/catalog/{sku}/teaser/{size}")

    assert serve(glue_route_providers=lambda: [route]).get("/catalog/7/teaser/xl").text == "7/xl"


def test_put(serve: Serve) -> None:
    """PUT has its id, its body, its status and its place among the allowed methods."""

    def put(id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002 - filled by name
        return GlueResponse.of({"id": id, **attributes})

    client = serve(glue_resources=lambda: [Operation("put", put, "notes", NOTES)])
    answer = client.put("/notes/1", json={"text": "new"})

    assert (answer.status_code, answer.json) == (200, [{"text": "new"}])
    assert client.options("/notes/1").headers["allow"] == "PUT, OPTIONS"
    assert_error(client.put("/notes/1", json={"wrong": 1}), 422, "901")


def test_put_requires_everything(serve: Serve) -> None:
    """PUT replaces the whole resource, so that what is required must be there; PATCH needs none."""
    operations = [Operation(m, show, "lamps", LAMP_FORM) for m in ("put", "patch")]
    client = serve(glue_resources=lambda: operations)

    assert client.put("/lamps/1", json={}).json[0]["pointer"] == "/name"
    assert client.patch("/lamps/1", json={}).status_code == 200


class LampForm(Schema):
    """A lamp with everything a property can be."""

    name = fields.String(required=True, validate=validate.Length(max=5))
    created = fields.String(dump_only=True)
    secret = fields.String(load_only=True)
    colour = fields.String(load_default="white")
    shade = fields.String(allow_none=True)


LAMP_FORM = Resource("lamps", LampForm, id="name")


def test_flags_of_properties(serve: Serve) -> None:
    """A property is readable or writable or both, required, with a default, and may be null."""
    seen: list[Any] = []

    def create(attributes: dict[str, Any]) -> GlueResponse:
        seen.append(attributes)
        return GlueResponse.of({**attributes, "created": "now"})

    client = serve(
        *installed("json_api"),
        glue_resources=lambda: [Operation("post", create, "lamps", LAMP_FORM)],
    )
    body = {"name": "Lumo", "secret": "s", "shade": None}
    document = {"data": {"type": "lamps", "attributes": body}}
    shown = client.json_api.post("/lamps", json=document).json["data"]

    assert seen == [{"name": "Lumo", "secret": "s", "shade": None, "colour": "white"}]
    assert shown["id"] == "Lumo"
    assert shown["attributes"] == {
        "name": "Lumo",
        "created": "now",
        "colour": "white",
        "shade": None,
    }
    for wrong in ({}, {"name": None}, {"name": "L", "created": "then"}, {"name": "Luminous"}):
        assert_error(client.post("/lamps", json=wrong), 422, "901")


class Part(Schema):
    """A nested object."""

    text = fields.String(required=True, allow_none=True)


class Whole(Schema):
    """Attributes of every shape."""

    one = fields.Nested(Part, allow_none=True)
    several = fields.List(fields.Nested(Part))
    numbers = fields.List(fields.Integer(strict=True))
    by_name = fields.Dict(keys=fields.String(), values=fields.Float(allow_none=True))


def test_nested_values(serve: Serve) -> None:
    """Objects, lists of objects and values, and maps come in, are checked, and go out as sent."""
    operation = Operation("post", show, "wholes", Resource("wholes", Whole))
    client = serve(glue_resources=lambda: [operation])
    values = {
        "one": None,
        "several": [{"text": "a"}, {"text": None}],
        "numbers": [0, -1],
        "by_name": {"x": 0.5, "y": None},
    }

    assert client.post("/wholes", json=values).json == [values]
    wrong = client.post("/wholes", json={"several": [{"text": "a"}, {}], "numbers": [1, "2"]})
    assert {each["pointer"] for each in wrong.json} == {"/several/1/text", "/numbers/1"}


class Lenient(NoteAttributes):
    """Attributes of a client that sends more than anybody reads."""

    class Meta:
        """What marshmallow reads."""

        unknown = EXCLUDE


def test_schema_decides_about_unknown_members(serve: Serve) -> None:
    """Unknown members are refused, or left out where the schema says so."""
    operations = [
        Operation("post", show, "notes", NOTES),
        Operation("patch", show, "notes", NOTES, schema=Lenient),
    ]
    client = serve(glue_resources=lambda: operations)
    body = {"text": "x", "more": 1}

    assert client.post("/notes", json=body).json[0]["pointer"] == "/more"
    assert client.patch("/notes/1", json=body).json == [{"text": "x"}]


class Renaming(Schema):
    """What an update may send."""

    text = fields.String(required=True, validate=validate.Length(max=3))


def test_rules_by_operation(serve: Serve) -> None:
    """An operation may hold bodies against a schema of its own."""
    operations = [
        Operation("post", show, "notes", NOTES),
        Operation("put", show, "notes", NOTES, schema=Renaming),
    ]
    client = serve(glue_resources=lambda: operations)

    assert client.post("/notes", json={"text": "longer"}).status_code == 201
    assert_error(client.put("/notes/1", json={"text": "longer"}), 422, "901")
    assert_error(client.put("/notes/1", json={}), 422, "901")


def mine(operation: Operation) -> Any:
    """Let ``mine`` stand for the id of the customer who asks."""
    if operation.type != "customers" or not operation.has_id:
        return None

    def build(request: GlueRequest) -> None:
        if request.resource.id == "mine" and request.request_customer is not None:
            request.resource.id = request.request_customer.natural_identifier

    return build


def customer(operation: Operation) -> Any:
    """Read the customer of a request from a header."""

    def build(request: GlueRequest) -> None:
        if name := request.header("x-customer"):
            request.request_customer = GlueRequestCustomer(name, 7)

    return build


def test_alias_of_an_id(serve: Serve) -> None:
    """A request builder may put an id in the place of an alias; links show the id."""

    def get(id: str) -> GlueResponse:  # noqa: A002 - filled by name
        return GlueResponse.of({"id": id, "text": f"of {id}"})

    client = serve(
        *installed("json_api"),
        glue_resources=lambda: [
            Operation("get", get, "customers", Resource("customers", NoteAttributes))
        ],
        glue_request_builders=lambda: [
            Step("customer", customer),
            Step("mine", mine, after=("customer",)),
        ],
    ).json_api
    own = client.get("/customers/mine", headers={"x-customer": "DE--1"}).json

    assert (own["data"]["id"], own["data"]["attributes"]["text"]) == ("DE--1", "of DE--1")
    assert own["data"]["links"]["self"] == "http://localhost/customers/DE--1"
    assert client.get("/customers/mine").json["data"]["id"] == "mine"


def test_action_beside_a_resource(serve: Serve) -> None:
    """What is no reading or writing of a resource is a custom route with a method of its own."""

    def publish(request: GlueRequest) -> GlueResponse:
        assert request.resource.parameters is not None
        return GlueResponse.of({"id": request.resource.parameters["id"], "text": "published"})

    action = Operation("post", publish, "/notes/{id}/publish", NOTES, status=200, schema=Empty)
    client = serve(
        glue_resources=lambda: [Operation("get", show, "notes", NOTES)],
        glue_route_providers=lambda: [action],
    )

    answer = client.post("/notes/1/publish", json={})
    assert (answer.status_code, answer.json) == (200, [{"text": "published"}])
    assert client.get("/notes/1").status_code == 200
    assert_error(client.get("/notes/1/publish"), 405, "008")


class Empty(Schema):
    """No attributes."""


def test_pages_belong_to_the_resource(serve: Serve) -> None:
    """Each collection has its own default and largest page, or none that a client controls."""

    def page(request: GlueRequest) -> GlueResponse:
        asked = request.pagination
        said = "all" if asked is None else f"{asked.offset} {asked.limit}"
        return GlueResponse(content=said.encode())

    operations = [
        Operation("getCollection", page, place, page=rules)
        for place, rules in (
            ("small", PageRules(default=2, maximum=3)),
            ("large", PageRules(default=20, maximum=500)),
            ("whole", None),
        )
    ]
    client = serve(glue_resources=lambda: operations)

    assert [client.get(f"/{each}").text for each in ("small", "large", "whole")] == [
        "0 2",
        "0 20",
        "all",
    ]
    assert client.get("/large?page[limit]=500").text == "0 500"
    assert client.get("/small?page[limit]=500").status_code == 400
    assert client.get("/whole?page[limit]=5").status_code == 400


def test_sparse_fields_of_every_resource(serve: Serve) -> None:
    """A resource says nothing about sparse fieldsets, and has them."""
    client = serve()

    assert client.get("/things/1?fields[things]=size").json == [{"size": 1}]
    assert client.get("/things?fields[things]=size").json == [{"size": 1}, {"size": 2}]


class Short(SimpleResource):
    """Notes in the short form."""

    type = "notes"
    attributes = NoteAttributes

    def get(self) -> GlueResponse:
        """Return a note."""
        return GlueResponse.of({"id": "1", "text": "short"})


def test_short_form_beside_operations(serve: Serve) -> None:
    """A resource in the short form and operations that are written out live in one application."""
    client = serve(
        glue_resources=lambda: [Short(), Operation("get", show, "lamps", LAMP_FORM)],
        glue_route_providers=lambda: [Operation("get", show, "/own/{id}", LAMP_FORM)],
    )

    assert client.get("/notes/1").json == [{"text": "short"}]
    assert [client.get(path).status_code for path in ("/lamps/1", "/own/1", "/things/1")] == [
        200
    ] * 3


def test_type_in_two_forms_stops_the_start(serve: Serve) -> None:
    """One type has one declaration, whichever form each has."""
    with pytest.raises(ConfigurationError, match="notes"):
        serve(glue_resources=lambda: [Short(), Operation("post", show, "notes", NOTES)])


def test_resource_of_one_convention(serve: Serve) -> None:
    """A resource that names its conventions does not exist under the others."""

    def get() -> GlueResponse:
        return GlueResponse.of({"id": "1", "text": "x"})

    plain = Resource("plain-notes", NoteAttributes, conventions=(None,))
    spoken = Resource("spoken-notes", NoteAttributes, conventions=("json_api",))
    client = serve(
        *installed("json_api"),
        glue_resources=lambda: [Operation("get", get, each.type, each) for each in (plain, spoken)],
    )

    assert client.get("/plain-notes/1").status_code == 200
    assert client.json_api.get("/spoken-notes/1").status_code == 200
    assert_error(client.get("/spoken-notes/1"), 404, "007")
    assert_error(client.json_api.get("/plain-notes/1"), 404, "007")


def test_relationship_belongs_to_its_application(
    glue_deployment: Callable[..., Deployment],
) -> None:
    """Two applications show one type; only the one whose plugin says so relates it to another."""

    def get() -> GlueResponse:
        return GlueResponse.of({"id": "1", "text": "x"})

    def related(resources: Sequence[GlueResource], request: GlueRequest) -> dict[str, Any]:
        return {str(each.id): [{"id": "2", "text": "y"}] for each in resources}

    def source(name: str, **hooks: Any) -> Source:
        notes = Resource("notes", NoteAttributes)
        return in_memory(
            f"glue.plugins.{name}",
            f"{name}-notes",
            glue_resources=lambda: [Operation("get", get, "notes", notes)],
            **hooks,
        )

    relationship = Relationship("others", "notes", related, source="notes")
    applications = glue_deployment(
        [
            *installed("json_api"),
            in_memory("glue.applications", "one", RequestFlowAwareApiApplication("one")),
            in_memory("glue.applications", "two", RequestFlowAwareApiApplication("two")),
            source("one", glue_relationships=lambda: [relationship]),
            source("two"),
        ]
    ).applications
    path = "/notes/1?include=others"
    one, two = (Client(applications[name]).json_api.get(path) for name in ("one", "two"))

    assert [each["id"] for each in one.json["included"]] == ["2"]
    assert (two.status_code, two.json["errors"][0]["source"]) == (400, {"parameter": "include"})


def test_list_is_sorted_by_several_attributes(serve: Serve) -> None:
    """``sort`` names several attributes in their order, each in its direction."""
    asked: list[str] = []

    def page(request: GlueRequest) -> GlueResponse:
        asked.extend(f"{'' if e.is_ascending else '-'}{e.field}" for e in request.sortings)
        return GlueResponse.page([])

    operation = Operation("getCollection", page, "lamps", LAMP_FORM, sorts=("colour", "name"))
    client = serve(*installed("json_api"), glue_resources=lambda: [operation])

    for speaking in (client, client.json_api):
        asked.clear()
        assert speaking.get("/lamps?sort=-name,colour").status_code == 200
        assert asked == ["-name", "colour"]


def test_put_is_listed(deploy: Callable[..., Deployment]) -> None:
    """The list of what an application answers calls PUT by its name."""
    deployment = deploy(glue_resources=lambda: [Operation("put", show, "notes", NOTES)])
    listed = {
        each["path"]: each["methods"]
        for each in rows(deployment.registry.applications["shop"])
        if each["type"] == "notes"
    }

    assert listed == {"/notes/{notes_id}": ["PUT"]}
