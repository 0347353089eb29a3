"""Atomic operations on the magazine: what they do, and that they do all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from marshmallow import Schema, fields

from glue_core import (
    Event,
    GlueRequest,
    GlueResponse,
    Operation,
    SimpleResource,
    Step,
    hookimpl,
)
from glue_core.testing import Client, assert_error, in_memory, installed

Magazine = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""
New = Callable[..., dict[str, Any]]

EXT = "https://jsonapi.org/ext/atomic"
JSON_API = "application/vnd.api+json"
NOBODY = "00000000-0000-4000-8000-000000000000"


def error_of(response: Any, status: int, pointer: str) -> dict[str, Any]:
    """Return the one error of an answer after checking its status and its pointer."""
    assert response.status_code == status, response
    assert len(response.json["errors"]) == 1
    error: dict[str, Any] = response.json["errors"][0]
    assert error["status"] == str(status)
    assert error["source"]["pointer"] == pointer
    return error


def author_is(lid: str) -> dict[str, Any]:
    """Return the relationships of an article whose author has a local id."""
    return {"author": {"data": {"type": "authors", "lid": lid}}}


def test_results_are_in_order_and_like_the_answers_alone(
    magazine: Magazine, new_author: New
) -> None:
    """Each result has the data that the same resource shows when it is read."""
    response = magazine.send(new_author("Ada"), new_author("Bob"))
    results = response.json["atomic:results"]

    assert response.status_code == 200
    assert response.headers["content-type"] == f'{JSON_API}; ext="{EXT}"'
    assert response.json["jsonapi"] == {"version": "1.1", "ext": [EXT]}
    assert [each["data"]["attributes"]["name"] for each in results] == ["Ada", "Bob"]
    for each in results:
        alone = magazine.client.get(f"/authors/{each['data']['id']}").json
        assert each["data"] == alone["data"]


def test_local_ids_name_what_was_created_before(
    magazine: Magazine, new_author: New, new_article: New
) -> None:
    """A lid works in linkage, in a ref and in data, in each operation that follows."""
    results = magazine.results(
        new_author("Ada", lid="ada"),
        new_article("One", lid="one", relationships=author_is("ada")),
        {
            "op": "update",
            "data": {"type": "articles", "lid": "one", "attributes": {"title": "Two"}},
        },
        new_author("Bob", lid="bob"),
        {
            "op": "update",
            "ref": {"type": "articles", "lid": "one", "relationship": "author"},
            "data": {"type": "authors", "lid": "bob"},
        },
        {"op": "remove", "ref": {"type": "authors", "lid": "ada"}},
    )
    article, bob = results[1]["data"]["id"], results[3]["data"]["id"]

    assert results[2]["data"]["attributes"]["title"] == "Two"
    assert results[4:] == [{}, {}]
    assert magazine.author_of(article) == bob
    assert magazine.client.get(f"/authors/{results[0]['data']['id']}").status_code == 404


def test_to_many_relationships_are_added_to_replaced_and_removed_from(magazine: Magazine) -> None:
    """Each code means POST, PATCH or DELETE at the relationship; without results it is 204."""
    ada, one, two = magazine.author(), magazine.article("One"), magazine.article("Two")
    ref = {"type": "authors", "id": ada, "relationship": "articles"}

    def link(*ids: str) -> list[dict[str, str]]:
        return [{"type": "articles", "id": each} for each in ids]

    added = magazine.send({"op": "add", "ref": ref, "data": link(one, two)})
    assert (added.status_code, added.text) == (204, "")
    assert magazine.author_of(one) == magazine.author_of(two) == ada
    magazine.send({"op": "remove", "ref": ref, "data": link(one)})
    assert (magazine.author_of(one), magazine.author_of(two)) == (None, ada)
    magazine.send({"op": "update", "ref": ref, "data": link(one)})
    assert (magazine.author_of(one), magazine.author_of(two)) == (ada, None)


def test_targets_may_be_addresses(magazine: Magazine, new_article: New) -> None:
    """An href is resolved as a link is; the fields that it asks for are those of the result."""
    results = magazine.results({**new_article("One"), "href": "/articles?fields[articles]=title"})
    id_ = results[0]["data"]["id"]
    data = {"type": "articles", "id": id_, "attributes": {"title": "Two"}}
    magazine.results({"op": "update", "href": f"http://localhost/articles/{id_}", "data": data})

    assert results[0]["data"]["attributes"] == {"title": "One"}
    assert magazine.titles() == ["Two"]
    assert magazine.send({"op": "remove", "href": f"articles/{id_}"}).status_code == 204
    assert magazine.titles() == []


def test_the_first_failure_undoes_everything(
    magazine: Magazine, new_author: New, new_article: New
) -> None:
    """All errors of the failing operation come with its index; no write of the others stays."""
    kept = magazine.article("Kept")
    change = {
        "op": "update",
        "data": {"type": "articles", "id": kept, "attributes": {"title": "X"}},
    }

    response = magazine.send(change, new_article("New"), new_article(""), new_author(""))

    error = error_of(response, 422, "/atomic:operations/2/data/attributes/title")
    assert error["code"] == "901"
    assert response.headers["content-type"] == f'{JSON_API}; ext="{EXT}"'
    assert magazine.titles() == ["Kept"]


@pytest.mark.parametrize(
    ("operation", "status", "pointer"),
    [
        ({"op": "remove", "ref": {"type": "articles", "id": NOBODY}}, 404, "/ref"),
        ({"op": "remove", "ref": {"type": "nothing", "id": "1"}}, 404, "/ref/type"),
        ({"op": "remove", "href": "/nothing/1"}, 404, "/href"),
        ({"op": "remove", "href": "/articles"}, 422, "/href"),
        ({"op": "remove", "href": "http://elsewhere.example/articles/1"}, 404, "/href"),
        ({"op": "add", "href": "/operations", "data": []}, 404, "/href"),
        ({"op": "add", "href": "/articles?include=author", "data": {}}, 400, "/href"),
        ({"op": "add", "href": "/articles?nonsense=1", "data": {"type": "articles"}}, 400, "/href"),
        ({"op": "add", "data": {"type": "authors", "lid": "new"}}, 400, "/data/lid"),
        ({"op": "remove", "ref": {"type": "articles", "lid": "x"}}, 400, "/ref/lid"),
        (
            {
                "op": "update",
                "ref": {"type": "authors", "lid": "new"},
                "data": {"type": "articles", "id": NOBODY},
            },
            409,
            "/data/type",
        ),
    ],
)
def test_an_operation_that_means_nothing_says_where(
    magazine: Magazine, new_author: New, operation: dict[str, Any], status: int, pointer: str
) -> None:
    """A target or a local id that does not exist is pointed at, and what came before is undone."""
    response = magazine.send(new_author("Ada", lid="new"), operation)
    errors = response.json["errors"]

    assert response.status_code == status, response
    assert f"/atomic:operations/1{pointer}" in [each["source"]["pointer"] for each in errors]
    assert "allow" not in response.headers
    assert magazine.client.get("/authors").json["data"] == []


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        ([], [""]),
        ({}, [""]),
        ({"atomic:operations": []}, ["/atomic:operations"]),
        ({"atomic:operations": {}, "data": None}, ["/data", "/atomic:operations"]),
        ({"atomic:operations": [1]}, ["/atomic:operations/0"]),
        (
            {"atomic:operations": [{"op": "patch"}, {"op": "add"}, {"op": "remove", "data": {}}]},
            ["/atomic:operations/0/op", "/atomic:operations/1", "/atomic:operations/2"],
        ),
        (
            {"atomic:operations": [{"op": "remove", "ref": {"type": 1, "id": "1", "lid": "1"}}]},
            ["/atomic:operations/0/ref/type", "/atomic:operations/0/ref"],
        ),
        (
            {"atomic:operations": [{"op": "remove", "ref": {}, "href": "/a"}]},
            ["/atomic:operations/0/href"],
        ),
        (
            {"atomic:operations": [{"op": "update", "data": {"type": "articles"}}]},
            ["/atomic:operations/0/data"],
        ),
        (
            {"atomic:operations": [{"op": "add", "ref": {"type": "a", "id": "1"}, "data": {}}]},
            ["/atomic:operations/0/ref"],
        ),
        (
            {"atomic:operations": [{"op": "update", "ref": {"type": "a", "id": "1"}}]},
            ["/atomic:operations/0"],
        ),
    ],
)
def test_all_that_is_wrong_with_the_document_is_said_at_once(
    magazine: Magazine, document: Any, pointers: list[str]
) -> None:
    """A document that the extension does not know is refused before anything runs."""
    response = magazine.atomic.post("/operations", json=document)

    assert response.status_code == 400, response
    assert [each["source"]["pointer"] for each in response.json["errors"]] == pointers


@pytest.mark.parametrize(
    ("sent", "accept", "status", "header"),
    [
        (JSON_API, f'{JSON_API}; ext="{EXT}"', 415, "Content-Type"),
        (f'{JSON_API}; ext="https://example.org/other"', "*/*", 415, "Content-Type"),
        (f'{JSON_API}; ext="{EXT}"', JSON_API, 406, "Accept"),
        (f'{JSON_API}; ext="{EXT}"', f'{JSON_API}; ext="https://example.org/other"', 406, "Accept"),
    ],
)
def test_both_media_types_name_the_extension(
    magazine: Magazine, new_author: New, sent: str, accept: str, status: int, header: str
) -> None:
    """A body without it is 415, a client that does not take it gets 406, and nothing happens."""
    client = Client(magazine.client.wsgi, {"accept": accept}, json_type=sent)
    response = client.post("/operations", json={"atomic:operations": [new_author()]})

    assert response.status_code == status, response
    assert response.json["errors"][0]["source"] == {"header": header}
    assert magazine.client.get("/authors").json["data"] == []


@pytest.mark.parametrize("accept", ["*/*", f'{JSON_API}, {JSON_API}; ext="{EXT}"'])
def test_any_entry_of_accept_may_name_the_extension(
    magazine: Magazine, new_author: New, accept: str
) -> None:
    """A wildcard, and an entry after one without it, let the answer have it."""
    client = Client(magazine.client.wsgi, {"accept": accept}, json_type=f'{JSON_API}; ext="{EXT}"')
    response = client.post("/operations", json={"atomic:operations": [new_author()]})

    assert response.status_code == 200, response
    assert response.headers["content-type"] == f'{JSON_API}; ext="{EXT}"'


def test_only_post_is_taken(magazine: Magazine) -> None:
    """Any other method on the route is 405, and plain requests find no route."""
    response = magazine.client.get("/operations")

    assert response.status_code == 405
    assert response.headers["allow"] == "POST, OPTIONS"
    assert Client(magazine.client.wsgi).post("/operations", json={}).status_code == 404


def test_number_of_operations_and_path_are_settings(
    open_magazine: Callable[..., Magazine], new_author: New
) -> None:
    """One operation more than the setting allows is 413 at the path of the setting."""
    magazine = open_magazine({"operations": 1, "path": "/bulk/operations"})

    refused = magazine.send(new_author("Ada"), new_author("Bob"), path="/bulk/operations")
    assert error_of(refused, 413, "/atomic:operations")["code"] == "016"
    assert magazine.send(new_author("Ada"), path="/bulk/operations").status_code == 200


def test_each_operation_goes_through_the_steps_of_its_target(
    open_magazine: Callable[..., Magazine], new_author: New, new_article: New
) -> None:
    """A wrapper around the creation of articles runs for operations; a crash is 500 and undone."""

    class Guard:
        @hookimpl
        def glue_controller_wrappers(self) -> list[Step[Any]]:
            def bind(operation: Operation) -> Any:
                def wrap(handler: Any) -> Any:
                    def guarded(request: GlueRequest) -> GlueResponse:
                        response: GlueResponse = handler(request)
                        request.work.publish(Event("seen", "1"))
                        if response.resources[0].attributes.title == "Crash":
                            return GlueResponse(http_status=503)
                        return response

                    return guarded

                is_creation = operation.method == "post" and operation.type == "articles"
                return wrap if is_creation else None

            return [Step("guard", bind)]

    magazine = open_magazine(None, in_memory("glue.plugins.magazine_api", "guard", Guard()))

    assert magazine.send(new_article("Fine")).status_code == 200
    response = magazine.send(new_author("Ada"), new_article("Crash"))
    error_of(response, 503, "/atomic:operations/1")
    assert magazine.titles() == ["Fine"]
    assert magazine.client.get("/authors").json["data"] == []


def test_preconditions_of_the_request_are_refused(magazine: Magazine, new_article: New) -> None:
    """If-Match speaks of the route, which has no state: nobody may believe that it was held."""
    id_ = magazine.article("One")
    change = {"op": "update", "data": {"type": "articles", "id": id_, "attributes": {"title": "B"}}}
    body = {"atomic:operations": [change]}

    response = magazine.atomic.post("/operations", json=body, headers={"if-match": '"9"'})

    assert_error(response, 400, "021")
    assert magazine.titles() == ["One"]


def test_every_application_that_speaks_the_convention_has_the_route(
    glue_deployment: Callable[..., Any],
) -> None:
    """The route is there for every application that speaks JSON:API, and only under it."""
    sources = installed("storefront_api", "json_api", "json_api_atomic", "stores", "stores_api")
    deployment = glue_deployment(sources)
    kind = f'{JSON_API}; ext="{EXT}"'
    client = Client(deployment.applications["storefront_api"], {"accept": kind}, json_type=kind)
    remove = {"op": "remove", "ref": {"type": "stores", "id": "DE"}}

    response = client.post("/operations", json={"atomic:operations": [remove]})

    assert response.status_code == 422, response
    assert response.json["errors"][0]["source"]["pointer"] == "/atomic:operations/0/ref"
    without = glue_deployment(
        installed("storefront_api", "json_api_atomic", "stores", "stores_api")
    )
    plain = Client(without.applications["storefront_api"])
    assert plain.post("/operations", json={}).status_code == 404


def change_of(id_: str, title: str, **meta: object) -> dict[str, Any]:
    """Return the operation that gives an article another title, with facts of its own."""
    data = {"type": "articles", "id": id_, "attributes": {"title": title}}
    return {"op": "update", "data": data, "meta": meta}


def tag_of(magazine: Magazine, id_: str) -> str:
    """Return the entity tag of an article."""
    return str(magazine.client.get(f"/articles/{id_}").headers["etag"])


def test_precondition_of_an_operation(magazine: Magazine) -> None:
    """Operations with the tag that is current do what they do without one."""
    changed, removed = magazine.article("One"), magazine.article("Two")
    response = magazine.send(
        change_of(changed, "Changed", **{"if-match": tag_of(magazine, changed)}),
        {
            "op": "remove",
            "ref": {"type": "articles", "id": removed},
            "meta": {"if-match": f'"x", {tag_of(magazine, removed)}'},
        },
        change_of(changed, "Again", **{"if-match": "*"}),
    )

    assert response.status_code == 200, response
    assert magazine.titles() == ["Again"]


@pytest.mark.parametrize(
    ("name", "header", "message"),
    [
        ("if-match", '"9-x"', "If-Match"),
        ("if-match", "no tag", "If-Match"),
        ("If-Match", '"9-x"', "If-Match"),
        ("IF-NONE-MATCH", "*", "If-None-Match"),
        ("if-none-match", "*", "If-None-Match"),
    ],
)
def test_precondition_that_fails(
    magazine: Magazine, new_author: New, name: str, header: str, message: str
) -> None:
    """A tag that is not current is a 412 that points to it, and nothing of the request stays."""
    id_ = magazine.article("One")

    response = magazine.send(new_author("Ada"), change_of(id_, "Two", **{name: header}))

    error = error_of(response, 412, f"/atomic:operations/1/meta/{name}")
    assert error["code"] == "006"
    assert message in error["detail"]
    assert magazine.titles() == ["One"]
    assert magazine.client.get("/authors").json["data"] == []


def test_precondition_is_held_against_the_operations_before(magazine: Magazine) -> None:
    """A tag is that of the state that the operations before have left, not of the start."""
    id_ = magazine.article("One")
    tag = tag_of(magazine, id_)

    response = magazine.send(
        change_of(id_, "Two", **{"if-match": tag}), change_of(id_, "Three", **{"if-match": tag})
    )

    error_of(response, 412, "/atomic:operations/1/meta/if-match")
    assert magazine.titles() == ["One"]


@pytest.mark.parametrize("value", [1, None, ['"1"'], {}])
def test_precondition_that_is_no_text(magazine: Magazine, value: object) -> None:
    """A precondition has the form of its header; anything else is told before the first runs."""
    id_ = magazine.article("One")

    response = magazine.send(change_of(id_, "Two", **{"if-match": value}))

    error_of(response, 400, "/atomic:operations/0/meta/if-match")


def test_precondition_in_two_spellings(magazine: Magazine) -> None:
    """Names of headers are the same in any case, so two spellings say one thing twice."""
    id_ = magazine.article("One")

    response = magazine.send(change_of(id_, "Two", **{"if-match": "*", "If-Match": "*"}))

    error_of(response, 400, "/atomic:operations/0/meta/If-Match")
    assert magazine.titles() == ["One"]


def test_precondition_of_something_new(magazine: Magazine, new_article: New) -> None:
    """What does not exist yet has no state; the client is told that nobody holds the tag."""
    response = magazine.send({**new_article("Two"), "meta": {"if-match": "*"}})

    error_of(response, 400, "/atomic:operations/0/meta/if-match")


class Sealed(Schema):
    """Attributes of a sealed letter."""

    text = fields.String()


class Letters(SimpleResource):
    """Letters that nobody changes without their tag."""

    type = "letters"
    attributes = Sealed
    requires_match = True

    def __init__(self) -> None:
        self.texts = {"1": "old"}
        self.seen: list[bytes] = []

    def get(self, id: str) -> GlueResponse:  # noqa: A002 - filled by name
        """Return a letter."""
        return GlueResponse.of({"id": id, "text": self.texts[id]})

    def patch(self, request: GlueRequest, id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002
        """Change a letter."""
        self.seen.append(request.content)
        self.texts[id] = attributes["text"]
        return GlueResponse.of({"id": id, "text": self.texts[id]})


def test_precondition_that_the_type_requires(open_magazine: Callable[..., Magazine]) -> None:
    """Without it the answer is a 428 that points to the operation; with it the target is changed.

    The rest of the operation's ``meta`` is that of the target's document.
    """
    letters = Letters()
    plugin = in_memory("glue.plugins.magazine_api", "letters", glue_resources=lambda: [letters])
    magazine = open_magazine(None, plugin)
    data = {"type": "letters", "id": "1", "attributes": {"text": "new"}}
    tag = magazine.client.get("/letters/1").headers["etag"]

    missing = magazine.send({"op": "update", "data": data})
    given = magazine.send({"op": "update", "data": data, "meta": {"if-match": tag, "by": "me"}})

    assert error_of(missing, 428, "/atomic:operations/0")["code"] == "005"
    assert given.status_code == 200, given
    assert letters.texts == {"1": "new"}
    assert orjson.loads(letters.seen[0])["meta"] == {"by": "me"}
