"""The places of relationships: what they lead to, and the relationships themselves."""

from collections.abc import Callable
from typing import Any

import pytest

Ask = Callable[..., Any]
SITE = "http://glue.example"
PERSON = {"type": "people", "id": "p"}


def test_resources_link_to_their_relationships(ask: Ask) -> None:
    """A resource shows both places of every relationship, and linkage only where it is loaded."""
    data = ask("GET", "/articles/7?include=author").document["data"]

    assert data["relationships"] == {
        "author": {
            "links": {
                "self": f"{SITE}/articles/7/relationships/author",
                "related": f"{SITE}/articles/7/author",
            },
            "data": PERSON,
        },
        "comments": {
            "links": {
                "self": f"{SITE}/articles/7/relationships/comments",
                "related": f"{SITE}/articles/7/comments",
            }
        },
        "price": {
            "links": {
                "self": f"{SITE}/articles/7/relationships/price",
                "related": f"{SITE}/articles/7/price",
            }
        },
    }


def test_every_link_of_a_relationship_answers(ask: Ask) -> None:
    """What a resource links to can be fetched, and says of itself the same address."""
    data = ask("GET", "/articles/7").document["data"]

    for relationship in data["relationships"].values():
        for href in relationship["links"].values():
            answer = ask("GET", href.removeprefix(SITE))
            assert (answer.status, answer.document["links"]["self"]) == (200, href)


def test_glue_dialect_has_no_links_of_relationships(ask: Ask) -> None:
    """Existing clients find relationships only where something was included."""
    assert "relationships" not in ask("GET", "/articles/7", glue=True).document["data"]


def test_related_resource(ask: Ask) -> None:
    """What a to-one relationship leads to is one resource, with the link to its own place."""
    document = ask("GET", "/articles/7/author").document

    assert document["data"]["type"] == "people"
    assert document["data"]["attributes"] == {"name": "Ann"}
    assert document["data"]["links"] == {"self": f"{SITE}/people/p"}
    assert document["links"] == {"self": f"{SITE}/articles/7/author"}


def test_absent_related_resource_is_null(ask: Ask) -> None:
    """A to-one relationship that leads nowhere is null, and no error."""
    related = ask("GET", "/articles/0/author")
    itself = ask("GET", "/articles/0/relationships/author")

    assert (related.status, related.document["data"]) == (200, None)
    assert (itself.status, itself.document["data"]) == (200, None)


def test_related_collection(ask: Ask, magazine: Any) -> None:
    """What a to-many relationship leads to is a collection that includes and cuts as any other."""
    query = "include=author&fields[articles]=title"
    document = ask("GET", f"/people/p/articles?{query}").document

    assert [each["id"] for each in document["data"]] == ["1", "2"]
    assert document["data"][0]["attributes"] == {"title": "Title 1"}
    assert [each["id"] for each in document["included"]] == ["p"]
    assert magazine.calls == ["articles", "author"]


def test_child_place_is_what_the_relationship_leads_to(ask: Ask, magazine: Any) -> None:
    """Where a child has the path of a relationship, it answers: one path, one route."""
    document = ask("GET", "/articles/7/comments").document

    assert document["meta"] == {"moderated": True}
    assert magazine.calls == []


def test_a_relationship_itself(ask: Ask) -> None:
    """It is its identifiers, with links to itself and to what it leads to."""
    answer = ask("GET", "/articles/7/relationships/comments")

    assert answer.status == 200
    assert answer.document == {
        "data": [{"type": "comments", "id": "c7"}],
        "links": {
            "self": f"{SITE}/articles/7/relationships/comments",
            "related": f"{SITE}/articles/7/comments",
        },
        "jsonapi": {"version": "1.1"},
    }


def test_linkage_is_a_list_in_the_glue_dialect(ask: Ask) -> None:
    """The dialect's list is there in the document of a relationship, too."""
    document = ask("GET", "/articles/7/relationships/author", glue=True).document

    assert document["data"] == [PERSON]


def test_a_relationship_includes_what_it_links_to(ask: Ask) -> None:
    """Paths start at the resource and lead through the relationship alone."""
    path = "/people/p/relationships/articles"
    document = ask("GET", f"{path}?include=articles.author").document

    assert [each["id"] for each in document["data"]] == ["1", "2"]
    assert [(each["type"], each["id"]) for each in document["included"]] == [
        ("articles", "1"),
        ("articles", "2"),
        ("people", "p"),
    ]
    assert ask("GET", "/articles/7/relationships/comments?include=author").status == 400


@pytest.mark.parametrize("path", ["author", "relationships/author"])
def test_parent_that_does_not_exist(ask: Ask, path: str) -> None:
    """Where the resource is absent its own ``get`` says so."""
    answer = ask("GET", f"/articles/none/{path}")

    assert (answer.status, answer.document["errors"][0]["code"]) == (404, "301")


@pytest.mark.parametrize(
    "path",
    [
        "/articles/7/weather",
        "/articles/7/relationships/weather",
        "/articles/7/relationships",
        "/articles/7/relationships/author/p",
        "/articles//relationships/author",
        "/author",
        "/relationships/author",
    ],
)
def test_places_that_are_none(ask: Ask, path: str) -> None:
    """Other paths around relationships are unknown."""
    answer = ask("GET", path)

    assert (answer.status, answer.document["errors"][0]["code"]) == (404, "007")


def test_replace_a_to_one_relationship(ask: Ask, magazine: Any) -> None:
    """PATCH sets it, and null clears it; there is nothing to say about it."""
    path = "/articles/7/relationships/author"
    one = ask("PATCH", path, {"data": {"type": "people", "id": "p2"}})
    none = ask("PATCH", path, {"data": None})

    assert [(each.status, each.text) for each in (one, none)] == [(204, ""), (204, "")]
    assert magazine.changes == [("replace", "7", ["p2"]), ("replace", "7", [])]


def test_list_of_one_in_the_glue_dialect(ask: Ask, magazine: Any) -> None:
    """Existing clients may write a to-one relationship as they read it: a list of one or none."""
    path = "/articles/7/relationships/author"
    one = ask("PATCH", path, {"data": [PERSON]}, glue=True)
    none = ask("PATCH", path, {"data": []}, glue=True)
    two = ask("PATCH", path, {"data": [PERSON, {**PERSON, "id": "p2"}]}, glue=True)

    assert [one.status, none.status, two.status] == [204, 204, 400]
    assert magazine.changes == [("replace", "7", ["p"]), ("replace", "7", [])]


@pytest.mark.parametrize(("method", "change"), [("POST", "add"), ("DELETE", "remove")])
def test_change_a_to_many_relationship(ask: Ask, magazine: Any, method: str, change: str) -> None:
    """POST adds and DELETE removes; an identifier that is sent twice counts once."""
    sent = [{"type": "comments", "id": each} for each in ("c1", "c2", "c1")]
    answer = ask(method, "/articles/7/relationships/comments", {"data": sent})

    assert (answer.status, answer.text) == (204, "")
    assert magazine.changes == [(change, "7", ["c1", "c2"])]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/articles/7/relationships/comments"),
        ("PATCH", "/articles/7/relationships/price"),
        ("DELETE", "/people/p/relationships/articles"),
    ],
)
def test_unsupported_change_is_forbidden(ask: Ask, method: str, path: str) -> None:
    """A change that the specification has, and the relationship does not take, is a 403."""
    answer = ask(method, path, {"data": []})

    assert (answer.status, answer.document["errors"][0]["code"]) == (403, "025")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/articles/7/relationships/author", "GET, HEAD, PATCH, OPTIONS"),
        ("PUT", "/articles/7/relationships/comments", "GET, HEAD, POST, DELETE, OPTIONS"),
        ("POST", "/articles/7/author", "GET, HEAD, OPTIONS"),
    ],
)
def test_other_methods_are_not_allowed(ask: Ask, method: str, path: str, allowed: str) -> None:
    """A method that means nothing there is a 405 that names those which do."""
    answer = ask(method, path, {"data": []})

    assert (answer.status, answer.headers["allow"]) == (405, allowed)


def test_options_and_head(ask: Ask) -> None:
    """The places answer OPTIONS and HEAD as every place does."""
    path = "/articles/7/relationships/author"

    assert ask("OPTIONS", path).headers["allow"] == "GET, HEAD, PATCH, OPTIONS"
    assert (ask("HEAD", path).status, ask("HEAD", path).text) == (200, "")


@pytest.mark.parametrize(
    ("name", "data", "status", "pointer"),
    [
        ("author", [], 400, "/data"),
        ("author", "p", 400, "/data"),
        ("author", {"id": "p"}, 400, "/data"),
        ("author", {"type": "people"}, 400, "/data"),
        ("author", {"type": "comments", "id": "p"}, 409, "/data/type"),
        ("author", {"type": 1, "id": "p"}, 400, "/data/type"),
        ("author", {"type": "people", "id": 1}, 400, "/data/id"),
        ("author", {"type": "people", "id": ""}, 400, "/data/id"),
        ("author", {"type": "people", "id": "x" * 256}, 400, "/data/id"),
        ("author", {"type": "people", "lid": "l"}, 400, "/data/lid"),
        ("author", {"type": "people", "id": "p", "meta": 1}, 400, "/data/meta"),
        ("comments", None, 400, "/data"),
        ("comments", {"type": "comments", "id": "c"}, 400, "/data"),
        ("comments", [{"type": "comments", "id": "c"}, {"type": "comments"}], 400, "/data/1"),
        ("comments", [{"type": "people", "id": "c"}], 409, "/data/0/type"),
    ],
)
def test_wrong_linkage(
    ask: Ask, magazine: Any, name: str, data: object, status: int, pointer: str
) -> None:
    """Each mistake in an identifier is answered with its place, and nothing is changed."""
    method = "POST" if name == "comments" else "PATCH"
    answer = ask(method, f"/articles/7/relationships/{name}", {"data": data})

    (error,) = answer.document["errors"]
    assert (answer.status, error["source"]) == (status, {"pointer": pointer})
    assert magazine.changes == []


def test_mistakes_are_told_together(ask: Ask) -> None:
    """Two wrong identifiers are two errors."""
    sent = [{"type": "comments"}, {"id": "c"}]
    answer = ask("POST", "/articles/7/relationships/comments", {"data": sent})

    assert [each["source"]["pointer"] for each in answer.document["errors"]] == [
        "/data/0",
        "/data/1",
    ]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"null", b'"a"', b"{"])
def test_document_without_linkage(ask: Ask, body: bytes) -> None:
    """A change without primary data is a 400."""
    headers = {"Content-Type": "application/vnd.api+json"}
    answer = ask("PATCH", "/articles/7/relationships/author", body=body, headers=headers)

    assert answer.status == 400


def test_related_resource_that_does_not_exist(ask: Ask, magazine: Any) -> None:
    """The handler of the change says what is not there, and the parent's ``get`` likewise."""
    person = {"data": {"type": "people", "id": "nobody"}}

    assert ask("PATCH", "/articles/7/relationships/author", person).status == 404
    assert ask("PATCH", "/articles/none/relationships/author", person).status == 404
    assert magazine.changes == []


def test_plain_flow(deployment: Any, ask: Ask) -> None:
    """Plain JSON shows what a relationship leads to, and has no documents for linkage."""
    plain = {"Accept": "application/json"}

    assert ask("GET", "/articles/7/author", headers=plain).document == [{"name": "Ann"}]
    assert ask("GET", "/articles/7/relationships/author", headers=plain).status == 404


def test_operations_can_be_disabled(deploy: Callable[..., Any], ask: Ask) -> None:
    """One id takes a place of a relationship away, and the links to it."""
    deployed = deploy({"disable": ["in-memory:magazine.articles/relationships/author.get"]})
    data = ask("GET", "/articles/7", deployed=deployed).document["data"]

    assert data["relationships"]["author"]["links"] == {"related": f"{SITE}/articles/7/author"}
