"""Documents of the old application: shape, links, includes, pages, and its quirks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    GlueRequest,
    GlueResponse,
    Operation,
    Pagination,
    Protection,
    Relationship,
    Resource,
)
from glue_core.testing import Client

BASE = "http://localhost"
PUBLIC = Protection(())


def test_one_resource_behind_an_id_is_an_object(client: Client) -> None:
    """A path that ends in an id answers with an object, every attribute in it, without links."""
    response = client.get("/boxes/2")

    assert response.status_code == 200
    assert response.json == {
        "data": {
            "type": "boxes",
            "id": "2",
            "attributes": {
                "name": "box 2",
                "width": None,
                "labels": [],
                "inner": {"depth": 2},
                "serial": 102,
            },
            "links": {"self": f"{BASE}/boxes/2"},
        }
    }
    assert list(response.json["data"]) == ["type", "id", "attributes", "links"]


def test_created_resource_is_an_object(client: Client) -> None:
    """POST answers 201 with an object, though its path has no id."""
    body = {"data": {"type": "boxes", "attributes": {"name": "a"}}}

    response = client.post("/boxes", json=body)

    assert response.status == "201 Created"
    assert response.json["data"]["id"] == "9"
    assert "links" not in response.json


def test_status_by_method(client: Client) -> None:
    """GET and PATCH answer 200, POST 201, DELETE 204 without a body."""
    body = {"data": {"type": "boxes", "attributes": {"name": "a"}}}

    assert client.patch("/boxes/1", json=body).status_code == 200
    deleted = client.delete("/boxes/1")
    assert (deleted.status_code, deleted.content) == (204, b"")


def test_single_child_is_a_list_of_one(client: Client) -> None:
    """A nested resource without an id of its own is a list; its own link repeats no query."""
    response = client.get("/boxes/2/lids?include=&x=1")

    assert response.json == {
        "data": [
            {
                "type": "lids",
                "id": "2",
                "attributes": {"colour": "red"},
                "links": {"self": f"{BASE}/boxes/2/lids"},
            }
        ],
        "links": {"self": f"{BASE}/boxes/2/lids?include=&x=1"},
    }


def test_list_links_to_itself_with_the_query_as_it_reads(client: Client) -> None:
    """The link of a list, and of the resources of its type, repeats the query, decoded."""
    response = client.get("/boxes?fields%5Bboxes%5D=name&q=two%20words&page%5Blimit%5D=3")

    query = "fields[boxes]=name&q=two words&page[limit]=3"
    assert response.json["links"]["self"] == f"{BASE}/boxes?{query}"
    first = response.json["data"][0]
    assert first["links"] == {"self": f"{BASE}/boxes/1?{query}"}
    assert first["attributes"] == {"name": "box 1"}


def test_empty_results(client: Client) -> None:
    """An empty list links to itself; an empty answer behind an id has empty links."""
    assert client.get("/things").json == {"data": [], "links": {"self": f"{BASE}/things"}}
    assert client.get("/failures/1").json == {"data": [], "links": []}


def test_health_check_has_no_id(serve: Callable[..., Client]) -> None:
    """A singleton without an id is a list of one whose resource has a null id."""
    client = serve(settings={"applications": {"legacy_api": {"health_check": True}}})

    response = client.get("/health-check?services=")

    (shown,) = response.json["data"]
    assert response.status_code == 200
    assert shown["id"] is None
    assert shown["attributes"]["status"] == "healthy"
    assert shown["links"] == {"self": f"{BASE}/health-check?services="}


def test_refused_health_check_is_a_resource(client: Client) -> None:
    """Where it is switched off it is 403 with a document, not with errors."""
    response = client.get("/health-check")

    assert response.status_code == 403
    (shown,) = response.json["data"]
    assert shown["attributes"]["message"] == (
        "HealthCheck endpoints are disabled for all applications."
    )


def identifiers(held: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what a relationship links to."""
    return [(each["type"], each["id"]) for each in held["data"]]


def test_include_links_by_type(client: Client) -> None:
    """Relationships are called after the type they lead to, and are lists, of one too."""
    response = client.get("/boxes/2?include=lids,things")

    linked = response.json["data"]["relationships"]
    assert {name: identifiers(held) for name, held in linked.items()} == {
        "lids": [("lids", "2")],
        "things": [("things", "2-1"), ("things", "all")],
    }
    shown = {(each["type"], each["id"]) for each in response.json["included"]}
    # The things lead to another box, which has a lid.
    assert shown == {
        ("boxes", "5"),
        ("lids", "2"),
        ("lids", "5"),
        ("things", "2-1"),
        ("things", "all"),
    }


def test_nothing_is_included_by_default(client: Client) -> None:
    """Without ``include``, and with an empty one, nothing is."""
    for path in ("/boxes/2", "/boxes/2?include=", "/boxes/2?include=unknown"):
        document = client.get(path).json
        assert "included" not in document
        assert "relationships" not in document["data"]


def test_eager_includes_are_a_switch(serve: Callable[..., Client]) -> None:
    """Switched on, everything is included where nothing is said; an empty ``include`` disables."""
    client = serve(settings={"plugins": {"legacy_api": {"eager_includes": True}}})

    everything = client.get("/boxes/2").json
    assert {each["type"] for each in everything["included"]} == {"boxes", "lids", "things"}
    assert set(everything["data"]["relationships"]) == {"lids", "things"}
    assert "included" not in client.get("/boxes/2?include=").json
    filtered = client.get("/boxes/2?include=lids").json
    assert {each["type"] for each in filtered["included"]} == {"lids"}


def test_included_is_depth_first_and_unique(client: Client) -> None:
    """What a resource links to comes before the resource itself, and each is there once."""
    response = client.get("/boxes?include=things,boxes&page[offset]=0&page[limit]=2")

    shown = [(each["type"], each["id"]) for each in response.json["included"]]
    assert shown == [("boxes", "5"), ("things", "1-1"), ("things", "all"), ("things", "2-1")]


def test_requested_type_counts_as_listed(client: Client) -> None:
    """What leads back to the requested type is included; the linkage to it is cut."""
    response = client.get("/boxes/2?include=things")

    included = {(each["type"], each["id"]): each for each in response.json["included"]}
    assert ("boxes", "5") in included
    assert all("relationships" not in each for each in included.values())

    listed = client.get("/boxes/2?include=things,boxes").json
    included = {(each["type"], each["id"]): each for each in listed["included"]}
    assert identifiers(included["things", "2-1"]["relationships"]["boxes"]) == [("boxes", "5")]


def test_own_type_is_not_followed_from_the_start(serve: Callable[..., Client]) -> None:
    """A relationship of the requested type to itself is followed only where it is listed."""
    resource = Resource(
        "nodes",
        Schema.from_dict({"name": fields.String()}),
        relationships=(
            Relationship(
                "next",
                "nodes",
                lambda nodes, request: {each.id: [{"id": f"{each.id}n"}] for each in nodes},
            ),
            Relationship(
                "lid",
                "lids",
                lambda nodes, request: {each.id: {"id": "1", "colour": "c"} for each in nodes},
                many=False,
            ),
        ),
    )

    def get(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({"id": request.resource.id, "name": "a"})

    client = serve(
        glue_resources=lambda: [Operation("get", get, "nodes", resource, protection=PUBLIC)]
    )

    assert set(client.get("/nodes/1?include=lids").json["data"]["relationships"]) == {"lids"}
    assert set(client.get("/nodes/1?include=nodes").json["data"]["relationships"]) == {"nodes"}


def test_sparse_fields_reach_included_resources(client: Client) -> None:
    """``fields`` keeps only what is named, in included resources too; unknown names do no harm."""
    query = "include=lids&fields[boxes]=name,nothing&fields[lids]=nothing&fields[none]=x"

    document = client.get(f"/boxes/2?{query}").json

    assert document["data"]["attributes"] == {"name": "box 2"}
    assert document["included"][0]["attributes"] == []
    assert set(document["data"]["relationships"]) == {"lids"}


def test_type_without_attributes_shows_none(serve: Callable[..., Client]) -> None:
    """A type that has no attributes at all has no such member."""
    bare = Resource("bare", Schema)

    def get(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({"id": "1"})

    client = serve(glue_resources=lambda: [Operation("get", get, "bare", bare, protection=PUBLIC)])

    assert "attributes" not in client.get("/bare/1").json["data"]


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (0, {"last": 4, "first": 0, "next": 2}),
        (2, {"last": 4, "first": 0, "prev": 0, "next": 4}),
        (4, {"last": 4, "first": 0, "prev": 2}),
        (1, {"last": 4, "first": 0, "prev": 0, "next": 3}),
    ],
)
def test_page_links(client: Client, offset: int, expected: dict[str, int]) -> None:
    """Pages are linked where the total is known; ``prev`` and ``next`` where they lead on."""
    response = client.get(f"/boxes?sort=name&page[offset]={offset}&page[limit]=2")

    links = dict(response.json["links"])
    assert links.pop("self") == f"{BASE}/boxes?sort=name&page[offset]={offset}&page[limit]=2"
    assert links == {
        name: f"{BASE}/boxes?sort=name&page[offset]={start}&page[limit]=2"
        for name, start in expected.items()
    }
    assert "meta" not in response.json
    shown = [each["id"] for each in response.json["data"]]
    assert shown == [str(number) for number in range(offset + 1, min(offset + 2, 5) + 1)]


def test_limit_alone_is_ignored(client: Client) -> None:
    """``page[limit]`` without an offset changes nothing."""
    assert len(client.get("/boxes?page[limit]=1").json["data"]) == 5


def test_hard_limit_cuts_pages(serve: Callable[..., Client]) -> None:
    """A larger limit than the largest page is cut off, not refused."""
    seen: list[int] = []

    def many(request: GlueRequest) -> GlueResponse:
        assert request.pagination is not None
        seen.append(request.pagination.limit)
        return GlueResponse.page([])

    def declared() -> list[Operation]:
        kinds = Resource("kinds", Schema.from_dict({"name": fields.String()}))
        return [Operation("getCollection", many, "kinds", kinds, protection=PUBLIC)]

    path = "/kinds?page[offset]=0&page[limit]=9999"
    serve(glue_resources=declared).get(path)
    smaller = serve(
        settings={"plugins": {"legacy_api": {"largest_page": 7}}}, glue_resources=declared
    )
    smaller.get(path)

    assert seen == [500, 7]


def test_page_of_one_object_has_links(client: Client) -> None:
    """Page parameters on an answer of one object add links, empty where no total is known."""
    response = client.get("/boxes/2?page[offset]=0&page[limit]=2")

    assert response.json["links"] == []


def test_page_of_one_object_with_a_total(serve: Callable[..., Client]) -> None:
    """Where the endpoint knows a total the links of such an answer lead to the pages."""

    def get(request: GlueRequest) -> GlueResponse:
        return GlueResponse.page([{"id": request.resource.id}], Pagination(0, 1, 3))

    kinds = Resource("kinds", Schema.from_dict({"name": fields.String()}))
    client = serve(
        glue_resources=lambda: [Operation("get", get, "kinds", kinds, protection=PUBLIC)]
    )

    links = client.get("/kinds/1?page[offset]=0&page[limit]=1").json["links"]

    assert set(links) == {"first", "last", "next"}


def test_id_is_written_as_it_is(client: Client) -> None:
    """Ids in links are not encoded."""
    response = client.get("/things/a%20b+c")

    assert response.json["data"]["id"] == "a b+c"
    assert response.json["data"]["links"]["self"] == f"{BASE}/things/a b+c"


def test_repeated_parameter_counts_once(client: Client) -> None:
    """Of a query parameter that is sent twice the last one counts."""
    response = client.get("/boxes/2?fields[boxes]=width&fields[boxes]=name")

    assert response.json["data"]["attributes"] == {"name": "box 2"}


def test_unknown_parameters_do_no_harm(client: Client) -> None:
    """Unknown parameters, sorts and filters are ignored."""
    assert client.get("/boxes?unknown=1&sort=nothing&filter[boxes.nothing]=1").status_code == 200


def test_head_is_a_get_without_its_body(client: Client) -> None:
    """HEAD answers as GET does, without the body."""
    response = client.head("/boxes/2")

    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == "application/vnd.api+json"


def test_security_headers(client: Client) -> None:
    """The headers of every answer are those that the old clients know."""
    headers = client.get("/boxes/2").headers

    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["content-security-policy"] == "frame-ancestors 'self'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-xss-protection"] == "1; mode=block"
    assert headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers


def test_configured_origin_may_read(serve: Callable[..., Client]) -> None:
    """Pages of a configured origin may read answers."""
    origin = "https://shop.example.com"
    client = serve(settings={"applications": {"legacy_api": {"cors_origins": [origin]}}})

    response = client.get("/boxes/2", headers={"origin": origin})

    assert response.headers["access-control-allow-origin"] == origin


def test_collection_id_mine_is_a_list(serve: Callable[..., Client]) -> None:
    """``mine`` at the end of a path stands for a collection, so the answer is a list."""

    def get(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({"id": "DE--1", "name": "Anna"})

    people = Resource("people", Schema.from_dict({"name": fields.String()}))
    client = serve(
        glue_resources=lambda: [Operation("get", get, "people", people, protection=PUBLIC)]
    )

    assert isinstance(client.get("/people/mine").json["data"], list)
    assert isinstance(client.get("/people/DE--1").json["data"], dict)


def test_empty_maps_are_lists_at_every_depth(serve: Callable[..., Client]) -> None:
    """An empty map is a list, also inside a list."""
    deep = Resource("deep", Schema.from_dict({"parts": fields.Raw()}))

    def get(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({"id": "1", "parts": [{}, {"a": {}}, [{}]]})

    client = serve(glue_resources=lambda: [Operation("get", get, "deep", deep, protection=PUBLIC)])

    parts = client.get("/deep/1").json["data"]["attributes"]["parts"]
    assert parts == [[], {"a": []}, [[]]]
