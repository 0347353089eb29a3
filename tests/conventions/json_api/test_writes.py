"""Documents of writes: ids that clients choose, relationships, and what is passed over."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

Ask = Callable[..., Any]

PERSON = {"type": "people", "id": "p"}


def article(**members: object) -> dict[str, Any]:
    """Return the document of a new article with these members."""
    return {"data": {"type": "articles", "attributes": {"title": "T"}, **members}}


def person(**members: object) -> dict[str, Any]:
    """Return the document of a new person with these members."""
    return {"data": {"type": "people", "attributes": {"name": "Ann"}, **members}}


def errors(answer: Any) -> list[tuple[str, str | None]]:
    """Return status and pointer of each error."""
    return [(each["status"], each["source"]["pointer"]) for each in answer.document["errors"]]


def test_id_of_the_client(ask: Ask, magazine: Any) -> None:
    """Where the type allows it, the client's id reaches the handler and is the resource's."""
    answer = ask("POST", "/people", person(id="chosen"))

    assert (answer.status, answer.document["data"]["id"]) == (201, "chosen")
    assert answer.headers["location"].endswith("/people/chosen")
    assert magazine.named.id == "chosen"


def test_id_is_left_to_the_server(ask: Ask) -> None:
    """An allowed id is not required."""
    assert ask("POST", "/people", person()).document["data"]["id"] == "p1"


def test_required_id(ask: Ask) -> None:
    """A type whose ids clients make takes no new resource without one."""
    price: dict[str, Any] = {"data": {"type": "prices", "attributes": {"cents": 1}}}
    without = ask("POST", "/prices", price)
    price["data"]["id"] = "mine"

    assert (without.status, errors(without)) == (400, [("400", "/data")])
    assert ask("POST", "/prices", price).document["data"]["id"] == "mine"


def test_refused_id(ask: Ask) -> None:
    """A type that makes its own ids refuses others."""
    answer = ask("POST", "/articles", article(id="mine"))

    assert (answer.status, errors(answer)) == (403, [("403", "/data/id")])


def test_id_in_use(ask: Ask) -> None:
    """The handler says that an id is taken."""
    answer = ask("POST", "/people", person(id="p"))

    assert (answer.status, errors(answer)) == (409, [("409", "/data/id")])


@pytest.mark.parametrize("id_", ["", 1, None, ["a"], "x" * 256])
def test_id_that_is_none(ask: Ask, id_: object) -> None:
    """An id is a text of limited length."""
    answer = ask("POST", "/people", person(id=id_))

    assert (answer.status, errors(answer)) == (400, [("400", "/data/id")])


def test_relationships_reach_the_handler(ask: Ask, magazine: Any) -> None:
    """What may be written is on the request, with types and ids; the rest is not there."""
    comments = [{"type": "comments", "id": each} for each in ("c1", "c2", "c1")]
    sent = {"author": {"data": PERSON}, "comments": {"data": comments}}
    answer = ask("POST", "/articles", article(relationships=sent))

    assert answer.status == 201
    held = magazine.named.relationships
    assert [(each.type, each.id) for each in held["author"].resources] == [("people", "p")]
    assert [each.id for each in held["comments"].resources] == ["c1", "c2"]
    assert (held["author"].many, held["comments"].many) == (False, True)


def test_empty_relationships_reach_the_handler(ask: Ask, magazine: Any) -> None:
    """Null and the empty list are values; a relationship that is not sent is none."""
    document = article(id="1", relationships={"author": {"data": None}})
    assert ask("PATCH", "/articles/1", document).status == 200

    assert magazine.named.relationships["author"].resources == []
    assert "comments" not in magazine.named.relationships


def test_resource_without_relationships(ask: Ask, magazine: Any) -> None:
    """A document that says nothing about relationships changes none."""
    assert ask("PATCH", "/articles/1", article(id="1")).status == 200
    assert magazine.named.relationships is None


@pytest.mark.parametrize(
    ("relationships", "status", "pointer"),
    [
        ([], "400", "/data/relationships"),
        (None, "400", "/data/relationships"),
        ({"weather": {"data": None}}, "422", "/data/relationships/weather"),
        ({"price": {"data": None}}, "403", "/data/relationships/price"),
        ({"author": None}, "400", "/data/relationships/author"),
        ({"author": {}}, "400", "/data/relationships/author"),
        ({"author": {"data": []}}, "400", "/data/relationships/author/data"),
        (
            {"author": {"data": {"type": "comments", "id": "c"}}},
            "409",
            "/data/relationships/author/data/type",
        ),
        (
            {"comments": {"data": [{"type": "comments"}]}},
            "400",
            "/data/relationships/comments/data/0",
        ),
        (
            {"author": {"data": {"type": "people", "lid": "none"}}},
            "400",
            "/data/relationships/author/data/lid",
        ),
    ],
)
def test_wrong_relationships(
    ask: Ask, magazine: Any, relationships: object, status: str, pointer: str
) -> None:
    """Each mistake is answered with its place, and nothing is created."""
    answer = ask("POST", "/articles", article(relationships=relationships))

    assert (str(answer.status), errors(answer)) == (status, [(status, pointer)])
    assert magazine.named is None


def test_wrong_type_in_the_glue_dialect(ask: Ask) -> None:
    """Existing clients expect 400 for a wrong type, of the document or of an identifier."""
    wrong = {"data": {"type": "things", "attributes": {"title": "T"}}}
    linked = {"author": {"data": {"type": "comments", "id": "c"}}}

    assert ask("POST", "/articles", wrong, glue=True).status == 400
    assert ask("POST", "/articles", article(relationships=linked), glue=True).status == 400
    assert ask("POST", "/articles", wrong).status == 409


def test_local_ids(ask: Ask, magazine: Any) -> None:
    """A new resource may have an id for the length of its document."""
    assert ask("POST", "/people", person(lid="me")).status == 201
    assert (magazine.named.lid, magazine.named.id) == ("me", None)


def test_members_that_are_passed_over(ask: Ask, magazine: Any) -> None:
    """Members of extensions, @-members and unknown ones of the document do no harm."""
    document = article(
        **{"@comment": 1, "ext:x": {}, "unknown": None, "meta": {}, "links": {}},
        relationships={"@context": 1, "ext:y": {}, "author": {"data": PERSON, "@x": 1, "e:y": 2}},
    )
    document["data"]["attributes"].update({"@context": {}, "ext:z": 1})
    document.update({"@x": 1, "ext:operations": [], "jsonapi": {"version": "1.1"}, "other": 1})

    assert ask("POST", "/articles", document).status == 201
    assert magazine.received == {"title": "T"}
    assert list(magazine.named.relationships) == ["author"]


def test_all_errors_together(ask: Ask) -> None:
    """Mistakes in different members are told at once."""
    document = {
        "data": {
            "type": "things",
            "id": "x",
            "attributes": [],
            "relationships": {"weather": {"data": None}, "author": {}},
        }
    }

    assert errors(ask("POST", "/articles", document)) == [
        ("409", "/data/type"),
        ("403", "/data/id"),
        ("400", "/data/attributes"),
        ("422", "/data/relationships/weather"),
        ("400", "/data/relationships/author"),
    ]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["articles", "people", "comments", "p", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("data", "type", "id", "lid", "attributes", "relationships", "author"),
                    *("comments", "title", "reads", "meta", "@x", "a:b", "", "price"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/articles"),
        ("PATCH", "/articles/1"),
        ("PATCH", "/articles/1/relationships/author"),
        ("POST", "/articles/1/relationships/comments"),
    ],
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON.map(json.dumps).map(str.encode) | st.binary(max_size=40), glue=st.booleans())
@example(value=b'{"data":' * 100, glue=False)
@example(value=b'{"data": {"type": "articles", "attributes": {"reads": 1e400}}}', glue=False)
@example(value=b'{"data": {"type": "articles", "attributes": {"title": "\\ud800"}}}', glue=True)
def test_any_body_is_answered(ask: Ask, method: str, path: str, value: bytes, glue: bool) -> None:
    """No body is a failure of the server, and every refusal says what was wrong."""
    headers = {"Content-Type": "application/vnd.api+json"}
    answer = ask(method, path, body=value, glue=glue, headers=headers)

    assert answer.status < 500
    if answer.status >= 400:
        assert answer.document["errors"]
