"""The plain flow: attributes both ways, its switches, and errors in two forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields, validate

from glue_core import (
    ConfigurationError,
    Conflict,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Operation,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
    SimpleResource,
)
from glue_core.testing import Client, in_memory

PROBLEM = "application/problem+json"

Serve = Callable[..., Client]


class Detail(Schema):
    """A nested schema."""

    lineText = fields.String(required=True)


class Note(Schema):
    """Attributes of a note."""

    noteText = fields.String(required=True, validate=validate.Length(min=1))
    isRead = fields.Boolean()
    detailLines = fields.List(fields.Nested(Detail))
    extraData = fields.Dict()


NOTES = Resource("notes", Note)
NOTE: dict[str, Any] = {
    "id": "1",
    "noteText": "Hi",
    "isRead": False,
    "detailLines": [{"lineText": ""}],
    "extraData": {"freeKey": 0},
}
CAMEL = {name: value for name, value in NOTE.items() if name != "id"}
SNAKE: dict[str, Any] = {
    "note_text": "Hi",
    "is_read": False,
    "detail_lines": [{"line_text": ""}],
    "extra_data": {"freeKey": 0},
}


class Notes:
    """Controllers, and what they were given."""

    def __init__(self) -> None:
        self.received: dict[str, Any] | None = None

    def get(self) -> GlueResponse:
        """Return the note."""
        return GlueResponse.of(NOTE)

    def several(self) -> GlueResponse:
        """Return a collection of one."""
        return GlueResponse.page([NOTE])

    def post(self, attributes: dict[str, Any]) -> GlueResponse:
        """Create a note."""
        self.received = attributes
        if attributes["noteText"] == "twice":
            raise Conflict("409", "There is such a note.", pointer="/noteText")
        return GlueResponse.of({"id": "a/b", **attributes})

    def nothing(self) -> GlueResponse:
        """Return no resource."""
        return GlueResponse()

    def two(self) -> GlueResponse:
        """Return two where one is shown."""
        return GlueResponse([GlueResource(attributes=NOTE), GlueResource(attributes=NOTE)])

    def verbatim(self) -> GlueResponse:
        """Write the body itself."""
        return GlueResponse(content=b"as it is", format="text/plain")


@pytest.fixture
def notes() -> Notes:
    """Return the controllers."""
    return Notes()


@pytest.fixture
def serve(notes: Notes, glue_client: Callable[..., Client]) -> Serve:
    """Serve notes; ``options`` are those of every operation, ``singular`` is the switch."""

    def make(switch: str | None = None, **options: Any) -> Client:
        operations = [
            Operation("get", notes.get, "notes", NOTES, **options),
            Operation("getCollection", notes.several, "notes", NOTES, **options),
            Operation("post", notes.post, "notes", NOTES, **options),
            Operation("get", notes.nothing, "nothing", NOTES, singleton=True, **options),
            Operation("get", notes.two, "two", NOTES, singleton=True, **options),
            Operation("getCollection", notes.verbatim, "verbatim"),
        ]
        settings = {} if switch is None else {"plugins": {"plain": {"singular": switch}}}
        return glue_client(
            [
                in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
                in_memory("glue.plugins.shop", "notes", glue_resources=lambda: operations),
            ],
            settings=settings,
        )

    return make


def test_one_resource_is_a_list(serve: Serve) -> None:
    """An answer about one resource is a list of one, without type, id and links."""
    assert serve().get("/notes/1").json == [CAMEL]


def test_body_is_attributes_as_they_are(serve: Serve, notes: Notes) -> None:
    """The body is an object of attributes."""
    response = serve().post("/notes", json=CAMEL)

    assert (response.status_code, response.json, notes.received) == (201, [CAMEL], CAMEL)


def test_created_resource_has_a_place(serve: Serve) -> None:
    """201 says where the new resource is, its id encoded."""
    response = serve().post("/notes", json=CAMEL)

    assert response.headers["location"] == "http://localhost/notes/a%2Fb"


@pytest.mark.parametrize("body", [[], [CAMEL], "text", 1, True])
def test_body_that_is_no_object(serve: Serve, body: object) -> None:
    """A body that is JSON and no object is a 400 with the code 014."""
    response = serve().post("/notes", json=body)

    assert (response.status_code, response.json[0]["code"]) == (400, "014")


def test_controllers_content_is_verbatim(serve: Serve) -> None:
    """What a controller writes itself is sent as it is."""
    response = serve(switch="always").get("/verbatim")

    assert (response.text, response.headers["content-type"]) == ("as it is", "text/plain")


@pytest.mark.parametrize(
    ("switch", "declared", "expected"),
    [
        (None, True, [CAMEL]),
        ("never", True, [CAMEL]),
        ("declared", False, [CAMEL]),
        ("declared", True, CAMEL),
        ("always", False, CAMEL),
    ],
)
def test_singular(serve: Serve, switch: str | None, declared: bool, expected: Any) -> None:
    """One resource is the object where the switch is on and, if it asks, the operation says so."""
    assert serve(switch, singular=declared).get("/notes/1").json == expected


def test_collection_is_never_singular(serve: Serve) -> None:
    """The operation decides what a collection is, whatever the switch."""
    assert serve("always", singular=True).get("/notes").json == [CAMEL]


def test_nothing_is_null_where_one_is_an_object(serve: Serve) -> None:
    """No resource is an empty list, and null where one is the object."""
    assert serve().get("/nothing").json == []
    assert serve("always").get("/nothing").json is None


def test_two_resources_where_one_is_an_object(serve: Serve) -> None:
    """A handler that returns two resources for one is a mistake of ours, not half an answer."""
    assert serve("always").get("/two").status_code == 500
    assert len(serve().get("/two").json) == 2


def test_unknown_switch_stops_the_start(serve: Serve) -> None:
    """A value that the switch does not have is a clear error."""
    with pytest.raises(ConfigurationError, match=r"plugins\.plain\.singular"):
        serve("sometimes")


def test_snake_case(serve: Serve, notes: Notes) -> None:
    """Bodies and answers are in snake case at every depth; free-form keys are not touched."""
    client = serve(snake_case=True)

    assert client.get("/notes/1").json == [SNAKE]
    assert client.post("/notes", json=SNAKE).json == [SNAKE]
    assert notes.received == CAMEL


def test_snake_case_of_pointers(serve: Serve) -> None:
    """An error points to the name that the client wrote."""
    client = serve(snake_case=True)
    response = client.post("/notes", json={"is_read": "x", "detail_lines": [{}], "odd_name": 1})

    assert response.status_code == 422
    assert {each["pointer"] for each in response.json} == {
        "/note_text",
        "/is_read",
        "/detail_lines/0/line_text",
        "/odd_name",
    }


def test_snake_case_of_controllers_errors(serve: Serve) -> None:
    """A pointer that a controller gives is respelled as well."""
    response = serve(snake_case=True).post("/notes", json={"note_text": "twice"})

    assert (response.status_code, response.json[0]["pointer"]) == (409, "/note_text")


def test_name_in_both_spellings_is_refused(serve: Serve) -> None:
    """A name that is sent in both spellings is refused, not chosen from."""
    response = serve(snake_case=True).post("/notes", json={"note_text": "a", "noteText": "b"})

    assert response.status_code == 422


def test_query_is_not_in_snake_case(serve: Serve) -> None:
    """The query names attributes as the schema declares them."""
    client = serve(snake_case=True)

    assert client.get("/notes/1?fields[notes]=noteText").json == [{"note_text": "Hi"}]


def test_errors_are_a_list(serve: Serve) -> None:
    """Errors are a list of status, code and message."""
    response = serve().get("/nowhere")

    assert response.headers["content-type"] == "application/json"
    assert response.json == [{"status": 404, "code": "007", "message": "Not found"}]


@pytest.mark.parametrize(
    "accept",
    [PROBLEM, f"application/json, {PROBLEM}", f"*/*;q=0.1, {PROBLEM};q=0.2", PROBLEM.upper()],
)
def test_problem_document(serve: Serve, accept: str) -> None:
    """Errors are a problem document for a client that names its media type."""
    response = serve().post("/notes", json={}, headers={"accept": accept})

    assert response.headers["content-type"] == PROBLEM
    assert response.json["errors"]


@pytest.mark.parametrize("accept", [None, "*/*", "application/*", f"{PROBLEM};q=0, */*"])
def test_problem_document_must_be_asked_for(serve: Serve, accept: str | None) -> None:
    """Nobody gets one by a wildcard, or who refuses it."""
    response = serve().get("/nowhere", headers={"accept": accept})

    assert response.headers["content-type"] == "application/json"


def test_success_is_not_changed_by_problems(serve: Serve) -> None:
    """A success is what it would be without: JSON, or 406 where nothing else is accepted."""
    client = serve()

    both = client.get("/notes/1", headers={"accept": f"{PROBLEM}, application/json;q=0.1"})
    alone = client.get("/notes/1", headers={"accept": PROBLEM})

    assert (both.status_code, both.headers["content-type"]) == (200, "application/json")
    assert (alone.status_code, alone.headers["content-type"]) == (406, PROBLEM)
    assert alone.json["code"] == "010"


@pytest.mark.parametrize("parameter", ["filter[noteText]", "filter", "filter[]"])
def test_filter_without_a_dot(serve: Serve, parameter: str) -> None:
    """A filter without a dot is 400 with the code 011, where nothing can be filtered too."""
    response = serve().get(f"/notes?{parameter}=x")

    assert response.status_code == 400
    assert ("011", parameter) in {(each["code"], each.get("parameter")) for each in response.json}


def test_filter_with_a_dot_where_there_is_none(serve: Serve) -> None:
    """A filter of the right shape is not ignored where nothing can be filtered."""
    response = serve().get("/notes?filter[notes.noteText]=x")

    assert [each["code"] for each in response.json] == ["018"]


def test_filter_without_a_dot_where_one_is_possible(glue_client: Callable[..., Client]) -> None:
    """Where something can be filtered, the same wrong shape is one error."""

    def several(request: GlueRequest) -> GlueResponse:
        return GlueResponse.page([])

    operation = Operation("getCollection", several, "notes", NOTES, filters=("noteText",))
    client = glue_client(
        [
            in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
            in_memory("glue.plugins.shop", "notes", glue_resources=lambda: [operation]),
        ]
    )

    response = client.get("/notes?filter[noteText]=x")

    assert [(each["code"], each["parameter"]) for each in response.json] == [
        ("011", "filter[noteText]")
    ]


def test_short_form_has_the_switches(glue_client: Callable[..., Client]) -> None:
    """A resource in the short form says for all its methods how its names and answers look."""

    class Notebook(SimpleResource):
        type = "notebooks"
        attributes = Note
        singular = True
        snake_case = True

        def get(self) -> GlueResponse:
            return GlueResponse.of(NOTE)

    client = glue_client(
        [
            in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
            in_memory("glue.plugins.shop", "notes", glue_resources=lambda: [Notebook()]),
        ],
        settings={"plugins": {"plain": {"singular": "declared"}}},
    )

    assert client.get("/notebooks/1").json == SNAKE


def test_related_resources_look_as_their_source(glue_client: Callable[..., Client]) -> None:
    """The place of a relationship follows the ``get`` of the resource that it starts at."""
    owner = Relationship("owner", "notes", lambda sources, _: {"1": NOTE}, many=False)
    boxes = Resource("boxes", Note, relationships=(owner,))
    operations = [
        Operation("get", lambda: GlueResponse.of(NOTE), "boxes", boxes, snake_case=True),
        Operation("get", lambda: GlueResponse.of(NOTE), "notes", NOTES),
    ]
    client = glue_client(
        [
            in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
            in_memory("glue.plugins.shop", "notes", glue_resources=lambda: operations),
        ]
    )

    assert client.get("/boxes/1/owner").json == [SNAKE]
