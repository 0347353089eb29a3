"""Documents of success: resources, collections, relationships, included resources."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    GlueRelationship,
    GlueResource,
    GlueResponse,
    Model,
    Operation,
    Relationship,
    Resource,
)
from glue_core.security.lens import ModelType
from glue_json_api import STRICT
from glue_json_api.document import write_documents

Ask = Callable[..., Any]


def linkage(data: Any) -> dict[str, Any]:
    """Return what the relationships of a resource object hold, those that say it."""
    return {
        name: each["data"] for name, each in data.get("relationships", {}).items() if "data" in each
    }


def test_one_resource(ask: Ask) -> None:
    """A single resource is an object with type, id, attributes and links."""
    answer = ask("GET", "/articles/7?fields[articles]=title,teaser,reads,open")

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/vnd.api+json"
    assert answer.document == {
        "data": {
            "type": "articles",
            "id": "7",
            "attributes": {"title": "Title 7", "teaser": None, "reads": 0, "open": False},
            "links": {"self": "http://glue.example/articles/7"},
        },
        "links": {
            "self": "http://glue.example/articles/7?fields%5Barticles%5D=title,teaser,reads,open"
        },
        "jsonapi": {"version": "1.1"},
    }


def test_falsy_values_are_shown(ask: Ask) -> None:
    """An id '0' and attributes that are null, 0 or false are values like any other."""
    data = ask("GET", "/articles/0").document["data"]

    assert data["id"] == "0"
    assert data["attributes"] == {"title": "Title 0", "teaser": None, "reads": 0, "open": False}


def test_collection(ask: Ask) -> None:
    """A collection is a list with the number of all resources in its meta."""
    answer = ask("GET", "/articles?page[limit]=3")

    assert [each["id"] for each in answer.document["data"]] == ["0", "1", "2"]
    assert answer.document["meta"] == {"total": 25}


@pytest.mark.parametrize("matches", [0, 1])
def test_collection_is_a_list_whatever_its_size(ask: Ask, matches: int) -> None:
    """None or one found resource is still a list."""
    title = "Title%207" if matches else "nothing"
    document = ask("GET", f"/articles?filter[articles.title]={title}").document

    assert len(document["data"]) == matches
    assert document["meta"] == {"total": matches}


def test_singleton(ask: Ask) -> None:
    """A place of one resource shows it as an object, with the place as its link."""
    document = ask("GET", "/articles/0/prices").document

    assert document["data"] == {
        "type": "prices",
        "id": "0",
        "attributes": {"cents": 0},
        "links": {"self": "http://glue.example/articles/0/prices"},
    }


def test_absent_singleton_is_null(ask: Ask) -> None:
    """A place of one resource that is absent shows null."""
    answer = ask("GET", "/articles/1/prices")

    assert (answer.status, answer.document["data"]) == (200, None)


def test_two_resources_where_one_is_shown(ask: Ask) -> None:
    """A controller that answers one too many is a failure, not a silent loss or a list."""
    answer = ask("GET", "/pairs/1")

    assert answer.status == 500
    assert answer.document["errors"][0]["status"] == "500"


def test_included(ask: Ask, magazine: Any) -> None:
    """A compound document links to each included resource and contains it once."""
    document = ask("GET", "/articles?page[limit]=3&include=author,comments.by").document

    first, second, third = document["data"]
    assert linkage(first) == {"author": None, "comments": []}
    assert linkage(second) == {
        "author": {"type": "people", "id": "p"},
        "comments": [{"type": "comments", "id": "c1"}],
    }
    assert third["relationships"]["comments"]["data"] == [{"type": "comments", "id": "c2"}]
    assert [(each["type"], each["id"]) for each in document["included"]] == [
        ("people", "p"),
        ("comments", "c1"),
        ("comments", "c2"),
    ]
    assert document["included"][1]["relationships"] == {
        "by": {"data": {"type": "people", "id": "p"}}
    }
    assert magazine.calls == ["author", "comments", "by"]


def test_included_is_told_even_when_empty(ask: Ask) -> None:
    """Where the client sends ``include`` the member is there; where it does not, it is not."""
    assert ask("GET", "/articles/0?include=author").document["included"] == []
    assert ask("GET", "/articles/0?include=").document["included"] == []
    assert "included" not in ask("GET", "/articles/0").document


def test_unknown_include_is_refused(ask: Ask) -> None:
    """A relationship that does not exist is a 400 that names the parameter."""
    answer = ask("GET", "/articles/1?include=autor")

    assert answer.status == 400
    (error,) = answer.document["errors"]
    assert error["source"] == {"parameter": "include"}
    assert error["detail"] == "'articles' has no relationship 'autor'. Did you mean 'author'?"


def test_flat_names_are_no_paths(ask: Ask) -> None:
    """By the specification a name is a relationship of the type shown, not a type."""
    assert ask("GET", "/articles/1?include=people").status == 400
    assert ask("GET", "/articles/1?include=by").status == 400


def test_include_in_a_write(ask: Ask) -> None:
    """The answer of a write is a compound document as well."""
    new = {"data": {"type": "articles", "attributes": {"title": "T"}}}
    document = ask("POST", "/articles?include=author", new).document

    assert [each["id"] for each in document["included"]] == ["p"]


def test_filled_relationships_show_their_linkage(ask: Ask) -> None:
    """A relationship that the controller filled is linked to, and included only when asked for."""
    plain = ask("GET", "/filled/3").document
    asked = ask("GET", "/filled/3?include=author").document

    assert linkage(plain["data"]) == {"author": {"type": "people", "id": "p9"}}
    assert linkage(asked["data"]) == linkage(plain["data"])
    assert "included" not in plain
    assert asked["included"][0]["attributes"] == {"name": "Zoe"}


def test_sparse_fieldsets(ask: Ask) -> None:
    """A fieldset cuts attributes and relationships, null values stay when asked for."""
    query = "fields[articles]=teaser,author&fields[people]=&include=author,comments"
    document = ask("GET", f"/articles/1?{query}").document

    assert document["data"]["attributes"] == {"teaser": None}
    assert list(document["data"]["relationships"]) == ["author"]
    person = next(each for each in document["included"] if each["type"] == "people")
    assert "attributes" not in person


@pytest.mark.parametrize("value", ["teaser,", ",", ",teaser", "teaser,,author"])
def test_fieldset_with_an_empty_name(ask: Ask, value: str) -> None:
    """No name at all is no field; an empty one among others is a field that nobody has."""
    answer = ask("GET", f"/articles/1?fields[articles]={value}")

    assert answer.status == 400
    assert answer.document["errors"][0]["source"] == {"parameter": "fields[articles]"}


def test_sparse_fieldset_of_a_created_resource(ask: Ask) -> None:
    """A fieldset counts for the answer of a write too."""
    new = {"data": {"type": "articles", "attributes": {"title": "T", "reads": 3}}}
    answer = ask("POST", "/articles?fields[articles]=title", new)

    assert (answer.status, answer.document["data"]["attributes"]) == (201, {"title": "T"})


def test_links_and_facts_of_a_resource(ask: Ask) -> None:
    """What a controller says about a resource stands beside what the convention adds."""
    data = ask("GET", "/people/p").document["data"]

    assert data["links"] == {
        "self": "http://glue.example/people/p",
        "portrait": "http://glue.example/portraits/ann",
        "home": {"href": "https://ann.example/", "meta": {"language": "en"}},
    }
    assert data["meta"] == {"since": 1999}


def test_links_and_facts_of_a_document(ask: Ask) -> None:
    """What a controller says about the whole answer is at the top."""
    document = ask("GET", "/articles/1/comments").document

    assert document["meta"] == {"moderated": True}
    assert document["links"]["rules"] == "http://glue.example/rules"


def test_nothing_to_say(ask: Ask) -> None:
    """An answer without content has no document."""
    answer = ask("DELETE", "/articles/1")

    assert (answer.status, answer.text) == (204, "")


def test_head_has_no_body(ask: Ask) -> None:
    """HEAD runs as GET and answers without its document."""
    answer = ask("HEAD", "/articles/1")

    assert (answer.status, answer.text) == (200, "")


class TestGlueDialect:
    """What clients of an existing Glue shop expect."""

    def test_to_one_linkage_is_a_list(self, ask: Ask) -> None:
        """The linkage of every relationship is a list."""
        query = "/articles?page[offset]=0&page[limit]=2&include=author"
        first, second = ask("GET", query, glue=True).document["data"]

        assert first["relationships"] == {"author": {"data": []}}
        assert second["relationships"] == {"author": {"data": [{"type": "people", "id": "p"}]}}

    def test_singleton_is_a_list(self, ask: Ask) -> None:
        """A place of one resource answers with a list of one, or of none."""
        present = ask("GET", "/articles/0/prices", glue=True).document
        absent = ask("GET", "/articles/1/prices", glue=True).document

        assert [each["id"] for each in present["data"]] == ["0"]
        assert absent["data"] == []

    def test_flat_include_by_type(self, ask: Ask, magazine: Any) -> None:
        """Names are relationships or types, count at every depth, and unknown ones do nothing."""
        document = ask("GET", "/articles/1?include=comments,people,weather", glue=True).document

        assert [each["type"] for each in document["included"]] == ["people", "comments"]
        assert document["included"][1]["relationships"]["by"]["data"][0]["id"] == "p"
        assert magazine.calls == ["author", "comments", "by"]

    def test_include_by_path(self, ask: Ask) -> None:
        """Paths with dots work as well."""
        document = ask("GET", "/articles/1?include=comments.by", glue=True).document

        assert [each["type"] for each in document["included"]] == ["comments", "people"]

    def test_no_jsonapi_member(self, ask: Ask) -> None:
        """Neither documents nor errors have the ``jsonapi`` member."""
        assert "jsonapi" not in ask("GET", "/articles/1", glue=True).document
        assert "jsonapi" not in ask("GET", "/nothing", glue=True).document


def test_the_dialect_is_a_setting(deploy: Callable[..., Any], ask: Ask) -> None:
    """One setting turns an application to the other dialect, for reading and for writing."""
    deployed = deploy(
        {"plugins": {"json_api": {"dialect": {"storefront_api": "strict", "magazine_api": "glue"}}}}
    )

    strict = ask("GET", "/articles/1?include=people", glue=True, deployed=deployed)
    glue = ask("GET", "/articles/1?include=people", deployed=deployed)
    assert (strict.status, strict.document["errors"][0]["status"]) == (400, "400")
    assert isinstance(glue.document["data"]["relationships"]["author"]["data"], list)


class Secretive(Schema):
    """One attribute for everybody and one for some."""

    name = fields.String()
    salary = fields.Integer()


def test_what_the_caller_may_not_see_is_not_written() -> None:
    """Hidden attributes and linkage are left out, also where a controller filled them in."""
    resource = Resource("people", Secretive)
    friends = Relationship("friends", "people", lambda sources, request: {})
    model = Model(
        {"people": ModelType(resource, {"friends": friends})},
        [lambda grants, type_, name, action: name == "name" or "friend" in grants],
    )
    operation = Operation("get", GlueResponse.no_content, "people", resource, model=model)
    write = write_documents(operation, STRICT)

    def data(*grants: str) -> Any:
        request: Any = SimpleNamespace(
            base_url="",
            grants=frozenset(grants),
            parameters_string="",
            parent_resources=(),
            query_fields={},
            resource=GlueResource("people", "1"),
            selected=None,
            sparse_resources=(),
            version=None,
        )
        shown = GlueResource("people", "1", {"name": "Ann", "salary": 0})
        shown.relationships = {"friends": GlueRelationship([GlueResource("people", "2")])}
        response = GlueResponse([shown])
        write(response, request)
        assert isinstance(response.content, bytes)
        return json.loads(response.content)["data"]

    assert data("friend")["attributes"] == {"name": "Ann", "salary": 0}
    assert data("friend")["relationships"]["friends"]["data"] == [{"type": "people", "id": "2"}]
    assert data()["attributes"] == {"name": "Ann"}
    assert "relationships" not in data()
