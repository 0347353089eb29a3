"""The document of a write: what is taken, and what is refused where."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glue_json_api import GLUE, STRICT
from glue_json_api.body import read_document

Ask = Callable[..., Any]


def errors_of(answer: Any) -> list[tuple[str, str, str]]:
    """Return status, code and pointer of each error."""
    return [
        (each["status"], each["code"], each["source"]["pointer"])
        for each in answer.document["errors"]
    ]


def test_attributes_of_a_new_resource(ask: Ask, magazine: Any) -> None:
    """The attributes of the document reach the controller."""
    new = {"data": {"type": "articles", "attributes": {"title": "T", "reads": 2}}}
    answer = ask("POST", "/articles", new)

    assert answer.status == 201
    assert magazine.received == {"title": "T", "reads": 2}
    assert answer.document["data"]["id"] == "new one"


def test_attributes_of_a_change(ask: Ask, magazine: Any) -> None:
    """A change carries some of the attributes, and type and id of the resource."""
    change = {"data": {"type": "articles", "id": "7", "attributes": {"teaser": None}}}
    answer = ask("PATCH", "/articles/7", change)

    assert answer.status == 200
    assert magazine.received == {"teaser": None}


def test_members_nobody_knows_are_ignored(ask: Ask) -> None:
    """Members that the specification does not define do not matter."""
    new = {
        "data": {"type": "articles", "attributes": {"title": "T"}, "x:y": 1, "@note": ""},
        "jsonapi": {"version": "9.9"},
        "@trace": [],
    }

    assert ask("POST", "/articles", new).status == 201


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", ("400", "014", "")),
        (b"{", ("400", "014", "")),
        (b"null", ("400", "014", "")),
        (b'{"data": {}, "data": {}}', ("400", "014", "")),
        (b'{"data": {"type": "\\u0000"}}', ("400", "014", "/data/type")),
        (b"[]", ("400", "022", "")),
        (b'"data"', ("400", "022", "")),
        (b"{}", ("400", "022", "")),
        (b'{"data": null}', ("400", "022", "/data")),
        (b'{"data": []}', ("400", "022", "/data")),
        (b'{"data": {"attributes": {"title": "T"}}}', ("400", "022", "/data")),
        (b'{"data": {"type": 1}}', ("400", "022", "/data/type")),
        (b'{"data": {"type": "people"}}', ("409", "023", "/data/type")),
        (b'{"data": {"type": "articles", "id": "x"}}', ("403", "024", "/data/id")),
        (
            b'{"data": {"type": "articles", "attributes": []}}',
            ("400", "022", "/data/attributes"),
        ),
        (
            b'{"data": {"type": "articles", "attributes": null}}',
            ("400", "022", "/data/attributes"),
        ),
    ],
)
def test_refused_when_creating(
    ask: Ask, magazine: Any, body: bytes, expected: tuple[str, str, str]
) -> None:
    """A document that is none is refused with a pointer, and no controller runs."""
    answer = ask("POST", "/articles", body=body)

    assert errors_of(answer) == [expected]
    assert answer.status == int(expected[0])
    assert magazine.received is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"type": "articles"}, ("400", "022", "/data")),
        ({"type": "articles", "id": 7}, ("400", "022", "/data/id")),
        ({"type": "articles", "id": "8"}, ("409", "023", "/data/id")),
        ({"type": "people", "id": "7"}, ("409", "023", "/data/type")),
    ],
)
def test_refused_when_changing(
    ask: Ask, magazine: Any, data: object, expected: tuple[str, str, str]
) -> None:
    """A change of another resource than the path names is refused."""
    answer = ask("PATCH", "/articles/7", {"data": data})

    assert errors_of(answer) == [expected]
    assert magazine.received is None


def test_all_that_is_wrong_is_told_at_once(ask: Ask) -> None:
    """Everything wrong with the resource object is in one answer; its status fits them all."""
    wrong = {"data": {"type": "people", "id": "8", "attributes": 1}}
    answer = ask("PATCH", "/articles/7", wrong)

    assert [pointer for _, _, pointer in errors_of(answer)] == [
        "/data/type",
        "/data/id",
        "/data/attributes",
    ]
    assert answer.status == 400


def test_attributes_against_the_schema(ask: Ask) -> None:
    """What the schema refuses points to the attribute in the document."""
    wrong = {"data": {"type": "articles", "attributes": {"reads": "many", "colour": "red"}}}
    answer = ask("POST", "/articles", wrong)

    assert answer.status == 422
    assert {pointer for _, _, pointer in errors_of(answer)} == {
        "/data/attributes/title",
        "/data/attributes/reads",
        "/data/attributes/colour",
    }


def test_change_without_id_in_the_glue_dialect(ask: Ask, magazine: Any) -> None:
    """Clients of an existing shop send no id with a change; another one is refused even so."""
    data = {"type": "articles", "attributes": {"reads": 1}}

    assert ask("PATCH", "/articles/7", {"data": data}, glue=True).status == 200
    assert magazine.received == {"reads": 1}
    assert ask("PATCH", "/articles/7", {"data": {**data, "id": "8"}}, glue=True).status == 409


def test_nothing_is_read_where_nothing_is_written(deployment: Any) -> None:
    """Reading operations have no body to read, nor have refusals."""
    operation = deployment.registry.applications["magazine_api"].operations[0].value

    assert operation.method == "get"
    assert read_document(operation, STRICT) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["articles", "7", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "type", "id", "attributes", "title", "reads"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=JSON, glue=st.booleans())
def test_no_document_is_a_failure(ask: Ask, document: object, glue: bool) -> None:
    """Whatever document comes, it is taken or refused by a 4xx with errors."""
    answer = ask("PATCH", "/articles/7", {"data": document}, glue=glue)

    assert answer.status == 200 or 400 <= answer.status < 500
    assert ("errors" in answer.document) == (answer.status != 200)


def test_dialects_differ_where_they_say_so() -> None:
    """The strict dialect demands the id of a change, the other does not."""
    assert STRICT.patch_needs_id
    assert not GLUE.patch_needs_id
