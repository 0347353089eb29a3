"""Comparing: where two answers differ, and which of it is expected."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
import pytest

from glue_core.comparing import (
    MOST,
    Difference,
    Expected,
    compare,
    compare_documents,
    path_of,
    pattern_of,
)
from glue_core.recording import Answer

JSON = "application/vnd.api+json"


def answer(body: Any, status: int = 200, format_: str = JSON, *, kept: bool = True) -> Answer:
    """Make an answer of a document, or of bytes."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    digest = hashlib.blake2b(content).digest()
    headers = {"content-type": format_, "content-language": "de-DE"}
    return Answer(status, headers, digest, len(content), content if kept else None)


def told(differences: list[Difference]) -> list[tuple[str, str]]:
    """Return paths and kinds."""
    return [(each.path, each.kind) for each in differences]


def test_equal_documents() -> None:
    """The order of members does not matter."""
    one = b'{"data": {"type": "a", "id": "1", "attributes": {"x": 1, "y": [1, 2]}}}'
    other = b'{"data":{"attributes":{"y":[1,2],"x":1},"id":"1","type":"a"}}'

    assert compare(answer(one), answer(other)) == []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({"a": {"b": 1}}, {"a": {"b": 2}}, [("a.b", "changed")]),
        ({"a": [1, 2]}, {"a": [2, 1]}, [("a[0]", "changed"), ("a[1]", "changed")]),
        ({"a": [1, 2]}, {"a": [1]}, [("a[1]", "missing")]),
        ({"a": [1]}, {"a": [1, 2]}, [("a[1]", "added")]),
        ({"a": 1, "b": 2}, {"b": 2}, [("a", "missing")]),
        ({"b": 2}, {"a": None, "b": 2}, [("a", "added")]),
        ({"a": {}}, {"a": []}, [("a", "changed")]),
        ({"a": None}, {"a": {}}, [("a", "changed")]),
        ({"a": 1}, {"a": True}, [("a", "changed")]),
        ({"a": 1}, {"a": 1.0}, [("a", "changed")]),
        ({"a": 1}, {"a": "1"}, [("a", "changed")]),
        ([{"a": 1}], [{"a": 2}], [("[0].a", "changed")]),
        ({"a b": {"c.d": 1}}, {"a b": {"c.d": 2}}, [('["a b"]["c.d"]', "changed")]),
        (1, 2, [("body", "changed")]),
    ],
)
def test_differences_of_documents(one: Any, other: Any, expected: list[tuple[str, str]]) -> None:
    """What differs is named by its path, down to the member that does."""
    assert told(compare_documents(one, other)) == expected


def test_values_of_a_difference() -> None:
    """A difference has both values as JSON, and nothing for what is not there."""
    (changed,) = compare_documents({"a": {"price": 100}}, {"a": {"price": "x"}})
    (missing,) = compare_documents({"a": None}, {})

    assert changed.values == ("100", '"x"')
    assert missing.values == ("null", None)


def test_positions_are_no_part_of_a_pattern() -> None:
    """Differences at one member of several resources have one pattern."""
    one = {"data": [{"attributes": {"tags": ["a"]}}, {"attributes": {"tags": ["b"]}}]}
    other = {"data": [{"attributes": {"tags": ["c"]}}, {"attributes": {"tags": ["d"]}}]}

    found = compare_documents(one, other)

    assert [each.path for each in found] == [
        "data[0].attributes.tags[0]",
        "data[1].attributes.tags[0]",
    ]
    assert {each.pattern for each in found} == {"data[].attributes.tags[]"}
    assert path_of(("data", 0, "x")) == "data[0].x"
    assert pattern_of(("data", 0, "x")) == "data[].x"


def test_ids_are_compared_where_they_count() -> None:
    """Ids of resources differ or not as the caller says; a member of that name elsewhere does."""
    one = {"data": {"type": "a", "id": "1", "attributes": {"id": 1}}}
    other = {"data": {"type": "a", "id": None, "attributes": {"id": 2}}}

    assert told(compare_documents(one, other)) == [
        ("data.id", "changed"),
        ("data.attributes.id", "changed"),
    ]
    assert told(compare_documents(one, other, ids=False)) == [("data.attributes.id", "changed")]


def test_deep_documents_are_compared() -> None:
    """A document that is nested deeper than functions may be is compared like any other."""
    one: Any = 1
    other: Any = 2
    for _ in range(5000):
        one, other = [one], [other]

    assert [each.pattern for each in compare_documents(one, other)] == ["[]" * 5000]


def test_differences_are_bounded() -> None:
    """Of a document in which everything differs, a bounded number of differences is told."""
    assert len(compare_documents(list(range(5000)), list(range(1, 5001)))) == MOST


def test_status_and_headers() -> None:
    """Status and the given headers are compared, and others are not."""
    one = answer({"a": 1}, 200)
    other = answer({"a": 1}, 201, "application/json")

    found = compare(one, other, ["content-type", "content-language", "etag"])

    assert told(found) == [("status", "changed"), ("header:content-type", "changed")]
    assert found[0].values == ("200", "201")
    assert found[1].values == (JSON, "application/json")
    assert told(compare(one, other)) == [("status", "changed")]


def test_error_and_success_differ_in_the_status_alone() -> None:
    """Where one answer is an error and the other is none, nothing else is compared."""
    found = compare(answer({"data": {}}), answer({"errors": []}, 404, "x"), ["content-type"])

    assert told(found) == [("status", "changed")]


def test_two_errors_are_compared() -> None:
    """Two errors are documents like others."""
    one = answer({"errors": [{"code": "301", "detail": "No."}]}, 404)
    other = answer({"errors": [{"code": "301", "message": "No."}]}, 404)

    assert told(compare(one, other)) == [
        ("errors[0].detail", "missing"),
        ("errors[0].message", "added"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (answer(b"<a/>", format_="text/xml"), answer(b"<b/>", format_="text/xml")),
        (answer({"a": 1}, kept=False), answer({"a": 2}, kept=False)),
        (answer({"a": 1}), answer({"a": 2}, kept=False)),
        (answer({"a": 1}), answer(b"no json")),
        (answer({"a": 1}), answer(b"")),
    ],
)
def test_other_bodies_are_compared_by_digest(one: Answer, other: Answer) -> None:
    """Bodies that are no JSON, or too large, are the same or not."""
    assert told(compare(one, other)) == [("body", "changed")]
    assert compare(one, one) == []


@pytest.mark.parametrize(
    ("pattern", "covered", "others"),
    [
        ("links", ["links", "links.self", "links[]"], ["linksx", "data.links", "header:links"]),
        ("errors[].message", ["errors[].message"], ["errors[]", "errors[].messages"]),
        ("data[].relationships", ["data[].relationships.a.data[]"], ["data.relationships"]),
        ("data[].*.price", ["data[].attributes.price", 'data[]["a b"].price'], ["data[].price"]),
        ('data["a.b"].c', ['data["a.b"].c.d'], ["data.a.b.c"]),
        ("[].name", ["[].name"], ["name"]),
        ("status", ["status"], ["data.status"]),
        ("header:content-type", ["header:content-type"], ["header:content-type-x"]),
        ("data.a-b@c", ["data.a-b@c"], ["data.a-b"]),
    ],
)
def test_expected_paths(pattern: str, covered: list[str], others: list[str]) -> None:
    """An expected path covers itself and all below it, and nothing else."""
    expected = Expected(["other", pattern])

    def is_covered(each: str) -> bool:
        return expected.covers(Difference(each, each, "changed", (None, None)))

    assert [each for each in covered if not is_covered(each)] == []
    assert [each for each in others if is_covered(each)] == []


def test_every_pattern_is_covered_by_itself() -> None:
    """Whatever the names of members are, a pattern as it was told can be written as expected."""
    one = {"a.b": [{'c"d': 1, "[]": 1, "*": 1, "x/y": 1, "ü": 1, "": 1, "a\\": 1, "e": {"f": 1}}]}

    for each in compare_documents(one, {"a.b": [{"e": {"f": 2}}]}):
        assert Expected([each.pattern]).covers(each), each


@pytest.mark.parametrize("pattern", ["", "data[0].x", "data..x", "data[", '["a"', "data."])
def test_what_is_no_path(pattern: str) -> None:
    """A pattern that names nothing is refused, with an example of one that does."""
    with pytest.raises(ValueError, match=r"is no path: write it as 'data\[\]\.attr"):
        Expected([pattern])


def test_nothing_is_expected_without_patterns() -> None:
    """Without patterns every difference counts."""
    assert not Expected([]).covers(Difference("a", "a", "changed", (None, None)))


def test_order_of_included_resources_says_nothing() -> None:
    """Included resources are held against those of the same type and id, wherever they stand."""
    lid, thing = ({"type": type_, "id": "1", "n": 1} for type_ in ("lids", "things"))

    assert compare_documents({"included": [lid, thing]}, {"included": [thing, lid]}) == []
    assert compare_documents({"data": [lid, thing]}, {"data": [thing, lid]}) != []
    changed = {"included": [{**thing, "n": 2}, lid]}
    (found,) = compare_documents({"included": [lid, thing]}, changed)
    assert found.path == "included[1].n"
    further = {"included": [{"type": "more", "id": "1"}, thing, lid]}
    found_paths = [each.path for each in compare_documents({"included": [lid, thing]}, further)]
    assert found_paths == ["included[2]"]


def test_missing_included_resource_shifts_nothing() -> None:
    """What one of two lists of included resources lacks is told alone."""
    one = [{"type": "lids", "id": str(number), "n": number} for number in (1, 2, 3)]

    (missing,) = compare_documents({"included": one}, {"included": [one[2], one[0]]})
    (added,) = compare_documents({"included": one[:2]}, {"included": one})

    assert (missing.path, missing.kind) == ("included[1]", "missing")
    assert (added.path, added.kind) == ("included[2]", "added")


def test_whole_documents_have_a_path() -> None:
    """Where two documents have nothing in common the difference is that of the body."""
    (found,) = compare_documents({"a": 1}, [1])

    assert (found.path, found.pattern) == ("body", "body")
    assert Expected(["body"]).covers(found)


def test_what_is_empty() -> None:
    """An empty list, an empty map and no member are three things where that counts."""
    one: dict[str, Any] = {"a": [], "b": {}, "c": []}
    other: dict[str, Any] = {"a": {}, "b": {}}

    assert [each.path for each in compare_documents(one, other)] == ["a", "c"]
    assert compare_documents(one, other, empty=False) == []
    assert len(compare_documents({"a": []}, {"a": None}, empty=False)) == 1
