"""What the answers of different frameworks must agree on."""

import json
from typing import Any

import pytest

from benchmarks.contestants.adapting import adapted
from benchmarks.contestants.normalising import normalised
from benchmarks.requests import REQUESTS


def answer(document: Any, status: str = "200 OK") -> tuple[str, bytes]:
    """Return an answer."""
    return status, json.dumps(document).encode()


def product(**more: Any) -> dict[str, Any]:
    """Return a resource object."""
    return {"type": "products", "id": "1", "attributes": {"sku": "1"}, **more}


def same(one: tuple[str, bytes], other: tuple[str, bytes], workload: str = "page") -> bool:
    """Say whether two answers agree."""
    return bool(normalised(workload, one) == normalised(workload, other))


def test_spelling_is_left_aside() -> None:
    """Links, meta, the reason phrase, and a list around one related resource mean nothing."""
    maker = {"type": "makers", "id": "m"}
    one = {
        "data": [product(links={"self": "/1"}, relationships={"makers": {"data": [maker]}})],
        "meta": {"total": 1},
    }
    other = {
        "data": [product(relationships={"makers": {"data": maker, "links": {}}})],
        "jsonapi": {"version": "1.0"},
        "included": [],
    }

    assert same(answer(one), answer(other, "200"))


def test_order_of_included_resources_is_left_aside() -> None:
    """Included resources are a set; the resources of a page are a list."""
    maker, label = product(type="makers"), product(type="labels")
    one = {"data": [product(), product(id="2")], "included": [maker, label]}
    turned = {**one, "included": [label, maker]}
    other_page = {**one, "data": [product(id="2"), product()]}

    assert same(answer(one), answer(turned))
    assert not same(answer(one), answer(other_page))


@pytest.mark.parametrize(
    "other",
    [
        product(id="2"),
        product(attributes={"sku": "2"}),
        product(attributes={"sku": "1", "price": 1}),
        product(relationships={"makers": {"data": {"type": "makers", "id": "m"}}}),
    ],
    ids=["id", "value", "attribute", "relationship"],
)
def test_content_is_not(other: dict[str, Any]) -> None:
    """Another id, value, attribute or relationship is another answer."""
    assert not same(answer({"data": product()}), answer({"data": other}))


def test_points_in_time_are_compared_as_such() -> None:
    """A zone may be spelled in several ways; another moment is another answer."""
    one, two, three = (
        answer({"data": product(attributes={"at": text})})
        for text in ("2026-01-01T10:00:00+01:00", "2026-01-01T09:00:00Z", "2026-01-01T10:00:00Z")
    )

    assert same(one, two)
    assert not same(one, three)


def test_refusals_are_compared_by_kind() -> None:
    """A mistake may be a 400 or a 422, but never a success or a failure."""
    ours, theirs = answer({"errors": []}, "422 X"), answer("no JSON:API", "400 Bad Request")

    assert same(ours, theirs, "create, invalid")
    assert not same(ours, answer({}, "201 Created"), "create, invalid")
    assert not same(ours, answer({}, "500 X"), "create, invalid")


def test_relationships_are_no_fields_of_one_framework() -> None:
    """FastAPI-JSONAPI gets requests without relationships in ``fields``, others as they are."""
    request = REQUESTS["compound"]()[3]

    assert request.target.endswith(",makers,labels")
    assert adapted("django_rest", request) is request
    assert adapted("fastapi_jsonapi", request).target + ",makers,labels" == request.target
