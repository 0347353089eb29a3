"""The messages: lazily read requests, parents, pages."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from glue_core import (
    GlueRelationship,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Operation,
    Pagination,
    ParentResources,
)


class Source:
    """A transport that counts how often it is read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def header(self, name: str) -> str | None:
        return f"<{name}>"

    def headers(self) -> dict[str, list[str]]:
        self.read.append("headers")
        return {"content-type": [""]}

    def query_string(self) -> str:
        self.read.append("query")
        return "a=1"

    def attributes(self) -> dict[str, Any]:
        return {}

    def body(self) -> bytes:
        self.read.append("body")
        return b"body"


def request(source: Source | None = None, **options: Any) -> GlueRequest:
    """Make a request."""
    operation = Operation("get", lambda: GlueResponse(), "things")
    started = options.pop("start_work", lambda request: object())
    return GlueRequest(source or Source(), operation=operation, start_work=started, deadline=1.0)


def test_nothing_is_read_before_it_is_asked_for() -> None:
    """Making a request reads neither headers nor body."""
    source = Source()
    request(source)

    assert source.read == ["query"]


def test_what_was_read_is_kept() -> None:
    """The body is read once."""
    source = Source()
    asked = request(source)

    assert (asked.content, asked.content) == (b"body", b"body")
    assert source.read == ["query", "body"]


def test_fields_have_defaults() -> None:
    """What no builder filled in is empty, and of its type."""
    asked = request()

    assert (asked.attributes, asked.sortings, asked.filters, asked.notes) == ({}, (), (), {})
    assert asked.pagination is None
    assert asked.grants == frozenset()
    assert asked.query_fields == {"a": "1"}


def test_requests_share_no_state() -> None:
    """A mutable default belongs to one request."""
    one, other = request(), request()
    one.notes["a"] = 1

    assert other.notes == {}


def test_unknown_field() -> None:
    """A request has no other fields than those of the specification."""
    asked = request()

    with pytest.raises(AttributeError, match="colour"):
        asked.colour  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(AttributeError):
        asked.colour = "red"  # type: ignore[attr-defined]


def test_has_tells_what_was_read() -> None:
    """Asking whether something was read does not read it."""
    asked = request()
    before = asked.has("work")
    asked.work  # noqa: B018

    assert (before, asked.has("work")) == (False, True)


def test_parents_by_position_and_by_type() -> None:
    """Parents are read by position, and by type: the nearest of it."""
    one, two, three = GlueResource("a", "1"), GlueResource("b", "2"), GlueResource("a", "3")
    parents = ParentResources((one, two, three))

    assert (parents[0], parents[-1], parents["a"], parents["b"]) == (one, three, three, two)
    assert parents[1:] == (two, three)
    with pytest.raises(KeyError):
        parents["c"]


@pytest.mark.parametrize(
    ("offset", "limit", "total", "expected"),
    [
        (0, 10, 25, (20, None, 10)),
        (10, 10, 25, (20, 0, 20)),
        (20, 10, 25, (20, 10, None)),
        (5, 10, 25, (20, 0, 15)),
        (0, 10, 0, (0, None, None)),
        (0, 10, 10, (0, None, None)),
        (0, 10, 11, (10, None, 10)),
        (30, 10, 25, (20, 20, None)),
        (0, 10, None, (None, None, None)),
        (0, 0, 5, (None, None, 0)),
    ],
)
def test_pagination(
    offset: int, limit: int, total: int | None, expected: tuple[int | None, ...]
) -> None:
    """A page knows the last, the previous and the next one."""
    page = Pagination(offset, limit, total)

    assert (page.last_index, page.previous_first_index, page.next_first_index) == expected
    assert page.first_index == 0


def test_response_of_one() -> None:
    """An object becomes the attributes of a resource; a resource stays one."""
    resource = GlueResource("a", "1")

    assert GlueResponse.of("x").resources[0].attributes == "x"
    assert GlueResponse.of(resource).resources == [resource]


def test_response_of_a_page() -> None:
    """A page is a collection, even of one."""
    response = GlueResponse.page(["x"], Pagination(0, 1, 1))

    assert (response.is_collection, len(response.resources)) == (True, 1)


def test_resources_are_made_when_they_are_read() -> None:
    """Objects of a page stay what they are until somebody reads the resources."""
    response = GlueResponse.page([{"name": "a"}, {"name": "b"}])

    assert response.batch is not None
    assert response.resources is response.resources
    assert [each.attributes for each in response.resources] == [{"name": "a"}, {"name": "b"}]
    assert response.batch is None


def test_resources_of_a_page_stay_what_they_are() -> None:
    """A page may have resources among its objects; those are shown themselves."""
    own = GlueResource("things", "1")
    response = GlueResponse.page([own, {"name": "b"}])

    assert response.batch is None
    assert response.resources[0] is own
    assert response.resources[1].attributes == {"name": "b"}


def test_resources_may_be_replaced_unread() -> None:
    """Who sets the resources of a response need not have read them."""
    response = GlueResponse.page([{"name": "a"}])
    response.resources = [GlueResource("things", "1")]

    assert response.batch is None
    assert [each.id for each in response.resources] == ["1"]


def test_relationships_are_a_field_like_others() -> None:
    """They are given to a resource, read, set, told and copied as its other fields are."""
    held = {"parts": GlueRelationship()}
    resource = GlueResource("things", "1", relationships=held)
    other = replace(resource, id="2")
    resource.relationships = None

    assert other.relationships is held
    assert "relationships={'parts'" in repr(other)
    assert resource.relationships is None
    assert [each.name for each in fields(GlueResource)][:5] == [
        "type",
        "id",
        "attributes",
        "relationships",
        "links",
    ]


def test_a_dataclass_may_be_made_of_a_resource() -> None:
    """The fields of a resource have defaults, so one below it may have further ones."""

    @dataclass
    class Parcel(GlueResource):
        weight: int = 0

    parcel = Parcel("parcels", "1", weight=3)  # type: ignore[call-arg]

    assert (parcel.type, parcel.attributes, parcel.weight) == ("parcels", None, 3)
    assert parcel.relationships is None
    assert {each.default for each in fields(GlueResource)} == {None}


def test_a_resource_has_no_other_fields() -> None:
    """A misspelt field of a resource is an error, not a value that nobody reads."""
    with pytest.raises(AttributeError):
        GlueResource("things").relationship = {}  # type: ignore[attr-defined]
