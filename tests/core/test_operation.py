"""Operations: what a place and a method mean, and resources in the short form."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import ConfigurationError, GlueResponse, Operation, PageRules, SimpleResource
from glue_core.messages import PageStrategy
from glue_core.operation import Method


def answer() -> GlueResponse:
    """Answer with nothing."""
    return GlueResponse()


@pytest.mark.parametrize(
    ("method", "place", "singleton", "path"),
    [
        ("get", "things", False, "/things/{things_id}"),
        ("getCollection", "things", False, "/things"),
        ("post", "carts/items", False, "/carts/{carts_id}/items"),
        ("patch", "carts/items", False, "/carts/{carts_id}/items/{items_id}"),
        ("get", "carts/profile", True, "/carts/{carts_id}/profile"),
        ("put", "/c/{sku}", False, "/c/{sku}"),
    ],
)
def test_path(method: Method, place: str, singleton: bool, path: str) -> None:
    """The path follows from method and place."""
    assert Operation(method, answer, place, singleton=singleton).path == path


def test_name_for_disable() -> None:
    """Without a name of its own an operation is called after place and method."""
    assert Operation("get", answer, "things").contribution_name == "things.get"
    assert Operation("get", answer, "things", name="x").contribution_name == "x"


class Attributes(Schema):
    """Attributes."""

    name = fields.String()


def test_short_form() -> None:
    """Each method that the class defines is an operation; sorts belong to the collection."""

    class Things(SimpleResource):
        """Things of all kinds.

        And more.
        """

        type = "things"
        attributes = Attributes
        sorts = ("name",)

        def get(self) -> GlueResponse:
            return GlueResponse()

        def get_collection(self) -> GlueResponse:
            return GlueResponse()

    operations = {each.method: each for each in Things().operations()}

    assert set(operations) == {"get", "getCollection"}
    assert operations["getCollection"].sorts == ("name",)
    assert (operations["get"].sorts, operations["get"].page) == ((), None)
    assert operations["get"].resource is operations["getCollection"].resource
    assert operations["get"].resource is not None
    assert operations["get"].resource.description == "Things of all kinds."


def test_short_form_with_a_computed_id() -> None:
    """An id may be computed by a function in the class."""

    class Things(SimpleResource):
        type = "things"
        attributes = Attributes
        id = staticmethod(lambda shown: f"#{shown['name']}")  # type: ignore[assignment]

        def get(self) -> GlueResponse:
            return GlueResponse()

    (operation,) = Things().operations()

    assert operation.resource is not None
    assert callable(operation.resource.id)
    assert operation.resource.id({"name": "a"}) == "#a"


@pytest.mark.parametrize("missing", ["type", "attributes"])
def test_short_form_that_lacks_something(missing: str) -> None:
    """A class without a type or a schema is told what to set."""
    members = {"type": "things", "attributes": Attributes, "get": lambda self: GlueResponse()}
    del members[missing]

    with pytest.raises(ConfigurationError, match=f"has no '{missing}'"):
        list(type("Things", (SimpleResource,), members)().operations())


@pytest.mark.parametrize(
    ("strategies", "told"),
    [
        (("number", "cursor"), "List 'cursor' before 'number'"),
        (("offset", "number", "cursor"), "List 'cursor' before 'number'"),
        ((), "List at least one"),
        (("cursor", "cursor"), "each once"),
        (("pages",), "List at least one"),
    ],
)
def test_strategies_of_pages_that_contradict_each_other(
    strategies: tuple[PageStrategy, ...], told: str
) -> None:
    """The first page of a walk by cursor must not be read as one by number, so the start stops."""
    with pytest.raises(ConfigurationError, match=told):
        PageRules(strategies=strategies)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"maximum": -1, "default": -3}, "has -3 for 'default'"),
        ({"maximum": 0}, "has 0 for 'maximum'"),
        ({"default": "5"}, "has '5' for 'default'"),
        ({"default": True}, "has True for 'default'"),
        ({"default": 200}, "of 200 by default and of 100 at most"),
        ({"ranges": "no"}, "has 'no' for 'ranges'"),
        ({"strategies": "offset"}, "has 'offset' for 'strategies'"),
    ],
)
def test_pages_that_cannot_be_cut(rules: dict[str, Any], told: str) -> None:
    """Sizes are whole numbers from 1, and the default one is not above the largest one."""
    with pytest.raises(ConfigurationError, match=told):
        PageRules(**rules)
