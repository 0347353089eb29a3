"""Assertions on documents: what passes, and how a failure reads."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from glue_core.testing import (
    Response,
    assert_collection,
    assert_compound,
    assert_error,
    assert_included,
    assert_resource,
)


def response(document: Any, status: str = "200 OK") -> Response:
    """Make a response with a document."""
    return Response(status, [], orjson.dumps(document))


def one(type_: str = "a", id_: str = "1", *links: tuple[str, str], **attributes: Any) -> Any:
    """Make a resource object that links to others."""
    found: dict[str, Any] = {"type": type_, "id": id_, "attributes": attributes}
    if links:
        found["relationships"] = {"r": {"data": [{"type": t, "id": i} for t, i in links]}}
    return found


def test_resource() -> None:
    """A resource is compared by type, id and the attributes that are named."""
    document = {"data": one(name="x", size=1)}

    assert assert_resource(response(document), "a", "1", {"name": "x"}) == document["data"]


def test_failure_is_a_diff() -> None:
    """A failure shows expected and found values as a diff."""
    with pytest.raises(AssertionError) as caught:
        assert_resource(response({"data": one(name="x", size=1)}), "a", "1", {"name": "y"})

    lines = str(caught.value).splitlines()
    assert "--- expected" in lines
    assert '-    "name": "y",' in lines
    assert '+    "name": "x",' in lines


@pytest.mark.parametrize(
    "document", [{"data": []}, {"data": None}, {"data": one("b")}, {"data": one("a", "2")}, []]
)
def test_other_resource(document: Any) -> None:
    """Another resource, none, or a list is a failure."""
    with pytest.raises(AssertionError):
        assert_resource(response(document), "a", "1")


def test_resource_of_an_error() -> None:
    """An error is shown with its document."""
    with pytest.raises(AssertionError, match=r"(?s)'404 Not Found' came.*007"):
        assert_resource(response({"errors": [{"code": "007"}]}, "404 Not Found"), "a", "1")


def test_collection() -> None:
    """A collection is compared by ids, in order."""
    document = {"data": [one("a", "2"), one("a", "1")]}
    assert_collection(response(document), ["2", "1"], "a")

    with pytest.raises(AssertionError, match="Other resources"):
        assert_collection(response(document), ["1", "2"])
    with pytest.raises(AssertionError, match="All resources must be 'b'"):
        assert_collection(response(document), ["2", "1"], "b")
    with pytest.raises(AssertionError, match="no collection"):
        assert_collection(response({"data": one()}), ["1"])


def test_included() -> None:
    """Included resources are compared as a set, and the document must be whole."""
    document = {
        "data": one("a", "1", ("b", "1"), ("b", "2")),
        "included": [one("b", "2"), one("b")],
    }
    assert_included(response(document), [("b", "1"), ("b", "2")])

    with pytest.raises(AssertionError, match="Other resources must be included"):
        assert_included(response(document), [("b", "1")])


def test_compound_document_that_repeats() -> None:
    """A resource that is in a document twice is a failure, also among primary data."""
    document = {"data": one("a", "1", ("a", "1")), "included": [one("a", "1")]}

    with pytest.raises(AssertionError, match=r"(?s)more than once.*a 1"):
        assert_compound(document)


def test_compound_document_with_a_loose_resource() -> None:
    """An included resource must be reachable, by however many links."""
    chain = {"data": one("a", "1", ("b", "1")), "included": [one("b", "1", ("c", "1")), one("c")]}
    assert_compound(chain)

    loose = {
        "data": one("a", "1"),
        "included": [one("b", "1", ("c", "1")), one("c", "1", ("b", "1"))],
    }
    with pytest.raises(AssertionError, match=r"(?s)nothing links to.*b 1.*c 1"):
        assert_compound(loose)


@pytest.mark.parametrize(
    "document",
    [
        {"errors": [{"status": "400", "code": "012", "source": {"parameter": "sort"}}]},
        [{"status": 400, "code": "012", "message": "", "parameter": "sort"}],
    ],
)
def test_error_in_every_dialect(document: Any) -> None:
    """An error is found however the dialect spells it."""
    answer = response(document, "400 Bad Request")
    assert_error(answer, 400, "012", parameter="sort")

    for wrong in ((400, "013"), (404, "012")):
        with pytest.raises(AssertionError):
            assert_error(answer, *wrong)
    with pytest.raises(AssertionError, match="Another error"):
        assert_error(answer, 400, "012", parameter="page")
