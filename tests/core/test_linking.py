"""Addresses of requests, resources and pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from marshmallow import Schema

from glue_core import (
    GlueResource,
    GlueResponse,
    Operation,
    Pagination,
    ParentResources,
    Places,
    Resource,
    page_addresses,
    path_of,
    query_of,
)

BASE = "https://api.example/v1"
LINES = Resource("lines", Schema)


@dataclass
class Asked:
    """What addresses are made of."""

    resource: GlueResource = field(default_factory=GlueResource)
    parent_resources: ParentResources = field(default_factory=ParentResources)
    base_url: str = BASE
    parameters_string: str = ""
    pagination: Pagination | None = None


def request(
    id_: str | None = None,
    *parents: str,
    parameters: Mapping[str, str] | None = None,
    query: str = "",
) -> Any:
    """Make a request for an id below parents."""
    above = ParentResources(GlueResource("orders", each) for each in parents)
    return Asked(GlueResource(id=id_, parameters=parameters), above, parameters_string=query)


def operation(method: Any, place: str, **options: Any) -> Operation:
    """Make an operation that shows lines."""
    return Operation(method, GlueResponse, place, LINES, **options)


@pytest.mark.parametrize(
    ("made", "asked", "expected"),
    [
        (operation("get", "lines"), request("a/b"), "/lines/a%2Fb"),
        (operation("getCollection", "lines"), request(), "/lines"),
        (operation("post", "lines"), request(), "/lines"),
        (operation("get", "orders/lines"), request("1", "é ?"), "/orders/%C3%A9%20%3F/lines/1"),
        (operation("get", "orders/lines", singleton=True), request(None, "0"), "/orders/0/lines"),
        (
            operation("get", "/desks/{desk}/lines/{id:int}"),
            request(parameters={"desk": "a b", "id": "7"}),
            "/desks/a%20b/lines/7",
        ),
    ],
)
def test_path_of_a_request(made: Operation, asked: Any, expected: str) -> None:
    """A path is made of types and encoded ids, or of a template and its values."""
    assert path_of(made)(asked) == expected


def places(made: Operation, canonical: Mapping[str, str], *related: tuple[str, str]) -> Places:
    """Make places under a model that knows these."""
    model: Any = SimpleNamespace(canonical=canonical, related=frozenset(related))
    return Places(replace(made, model=model))


def test_resource_is_found_at_the_place_of_its_type() -> None:
    """The place of a type is the same address from everywhere."""
    known = places(operation("get", "orders/lines"), {"lines": "/lines/{id}"})
    line = GlueResource("lines", "a/b")

    for is_primary in (True, False):
        found = known.address_of(line, request("a/b", "1"), is_primary=is_primary)
        assert found == f"{BASE}/lines/a%2Fb"


def test_resource_without_a_place_is_below_its_parents() -> None:
    """What the operation is about is below the parents of the request; what it includes is not."""
    known = places(operation("getCollection", "orders/lines"), {})
    asked = request(None, "0")

    assert known.address_of(GlueResource("lines", "1"), asked, is_primary=True) == (
        f"{BASE}/orders/0/lines/1"
    )
    assert known.address_of(GlueResource("lines", "1"), asked, is_primary=False) is None
    assert known.address_of(GlueResource("other", "1"), asked, is_primary=True) is None
    assert known.address_of(GlueResource("lines", None), asked, is_primary=True) is None


def test_singleton_is_the_place_itself() -> None:
    """A place that holds one resource has no id in its address."""
    known = places(operation("get", "orders/lines", singleton=True), {})

    assert known.address_of(GlueResource("lines"), request(None, "0"), is_primary=True) == (
        f"{BASE}/orders/0/lines"
    )


def test_resource_at_a_route_without_a_place() -> None:
    """A custom route says nothing of the places of single resources."""
    known = places(operation("get", "/latest"), {})

    assert known.address_of(GlueResource("lines", "1"), request(), is_primary=True) is None


def test_place_without_an_id() -> None:
    """A resource without an id has no address at the place of its type."""
    known = places(operation("get", "lines"), {"lines": "/lines/{id}"})

    assert known.address_of(GlueResource("lines"), request(), is_primary=True) is None


@pytest.mark.parametrize(
    ("query", "expected"), [("", "/health"), ("a=b c&x[y]=1", "/health?a=b%20c&x%5By%5D=1")]
)
def test_type_without_ids_is_where_it_was_asked_for(query: str, expected: str) -> None:
    """What has no ids is found by the address of the request, query included."""
    health = Resource("health", Schema, id=None)
    known = places(Operation("getCollection", GlueResponse, "health", health), {})
    asked = request(query=query)

    found = known.address_of(GlueResource("health"), asked, is_primary=True)

    assert found == f"{BASE}{expected}"
    assert known.address_of(GlueResource("health"), asked, is_primary=False) is None


def test_places_of_relationships() -> None:
    """Only a relationship whose place answers is one to link to."""
    known = places(operation("get", "lines"), {}, ("lines", "order"))

    assert known.has_related("lines", "order")
    assert not known.has_related("lines", "other")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (Pagination(0, 2, 5), {"first": 0, "next": 2, "last": 4}),
        (Pagination(2, 2, 5), {"first": 0, "prev": 0, "next": 4, "last": 4}),
        (Pagination(4, 2, 5), {"first": 0, "prev": 2, "last": 4}),
        (Pagination(90, 2, 5), {"first": 0, "prev": 4, "last": 4}),
        (Pagination(0, 2, 0), {"first": 0, "last": 0}),
        (Pagination(2, 2, None), {"first": 0, "prev": 0}),
    ],
)
def test_pages(page: Pagination, expected: dict[str, int]) -> None:
    """A page links to the first, the one before, the next and the last, where there are such."""
    found = page_addresses(f"{BASE}/lines", request(query="sort=-a&page[offset]=2"), page)

    assert found == {
        name: f"{BASE}/lines?sort=-a&page%5Boffset%5D={offset}&page%5Blimit%5D=2"
        for name, offset in expected.items()
    }


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (
            Pagination(2, 2, 5, "number"),
            {
                "first": "page%5Bnumber%5D=1",
                "prev": "page%5Bnumber%5D=1",
                "next": "page%5Bnumber%5D=3",
                "last": "page%5Bnumber%5D=3",
            },
        ),
        (
            Pagination(0, 2, None, "cursor", "b c", "a"),
            {
                "first": "",
                "prev": "page%5Bbefore%5D=a",
                "next": "page%5Bafter%5D=b%20c",
            },
        ),
        (Pagination(0, 2, None, "cursor"), {"first": ""}),
    ],
)
def test_pages_of_other_kinds(page: Pagination, expected: dict[str, str]) -> None:
    """Other pages are named as the client named this one, by number or by cursor."""
    found = page_addresses(f"{BASE}/lines", request(), page)

    assert found == {
        name: f"{BASE}/lines?{named}{'&' if named else ''}page%5Bsize%5D=2"
        for name, named in expected.items()
    }


def test_query_is_encoded_anew() -> None:
    """Names and values are encoded, commas are not, and the page can be left out."""
    text = "filter[a.b]=x y&include=c,d&page[limit]=1&e="

    assert query_of(text, with_page=True) == (
        "filter%5Ba.b%5D=x%20y&include=c,d&page%5Blimit%5D=1&e="
    )
    assert query_of(text, with_page=False) == "filter%5Ba.b%5D=x%20y&include=c,d&e="


@given(st.lists(st.text(alphabet="ab[]=%+&0é,./2C5Bpage", max_size=14), max_size=5).map("&".join))
@example("page[offset]=1&page%5Blimit%5D=2&a=%2C%41%5b&é=%ff&b&=c")
def test_a_query_is_encoded_anew_part_by_part(text: str) -> None:
    """What is left as it is would not become another text."""
    pairs = parse_qsl(text, keep_blank_values=True)
    for with_page in (True, False):
        kept = [each for each in pairs if with_page or not each[0].startswith("page[")]

        assert query_of(text, with_page=with_page) == urlencode(kept, quote_via=quote, safe=",")


def test_a_long_parameter_is_encoded_anew() -> None:
    """What is too long to be remembered is encoded all the same."""
    assert query_of(f"a={' ' * 300}", with_page=True) == f"a={'%20' * 300}"
