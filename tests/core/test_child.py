"""A resource that every parent has one of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from marshmallow import Schema, fields

from glue_core import (
    ErrorCode,
    GlueRequest,
    GlueResponse,
    OnlyChild,
    RequestFlowAwareApiApplication,
    Resource,
    SimpleResource,
)
from glue_core.testing import Client, in_memory


class Attributes(Schema):
    """One attribute."""

    name = fields.String()


class Lamps(SimpleResource):
    """Parents."""

    type = "lamps"
    attributes = Attributes

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return any lamp."""
        return GlueResponse.of({"id": request.resource.id, "name": "lamp"})

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return two lamps."""
        return GlueResponse.page([{"id": "1", "name": "a"}, {"id": "2", "name": "b"}])


def client_of(glue_client: Callable[..., Client], asked: list[list[str]]) -> Client:
    """Serve lamps; only the first has a shade."""

    def read(ids: Sequence[str], request: GlueRequest) -> Mapping[str, Any]:
        asked.append(list(ids))
        return {id_: {"id": id_, "name": "shade"} for id_ in ids if id_ == "1"}

    missing = ErrorCode(404, "9301", "No shade.")
    shade = OnlyChild("lamps", Resource("shades", Attributes), read, missing)
    return glue_client(
        [
            in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
            in_memory(
                "glue.plugins.shop",
                "lamps",
                glue_resources=lambda: [Lamps(), shade.operation()],
                glue_relationships=lambda: [shade.relationship()],
            ),
        ]
    )


def test_child_is_shown_below_its_parent(glue_client: Callable[..., Client]) -> None:
    """The place below the parent shows the child, read by the parent's id."""
    asked: list[list[str]] = []

    assert client_of(glue_client, asked).get("/lamps/1/shades").json == [{"name": "shade"}]
    assert asked == [["1"]]


def test_missing_child_is_told_in_its_own_words(glue_client: Callable[..., Client]) -> None:
    """A parent without the child answers the declared error."""
    response = client_of(glue_client, []).get("/lamps/2/shades")

    assert (response.status_code, response.json[0]["code"]) == (404, "9301")
    assert response.json[0]["message"] == "No shade."


def test_children_of_many_parents_are_one_read() -> None:
    """The relationship reads the children of all parents at once."""
    from glue_core import GlueResource

    asked: list[list[str]] = []

    def read(ids: Sequence[str], request: GlueRequest) -> Mapping[str, Any]:
        asked.append(list(ids))
        return {}

    child = OnlyChild("lamps", Resource("shades", Attributes), read, ErrorCode(404, "1", "x"))
    child.relationship().load([GlueResource("lamps", "1"), GlueResource("lamps", "2")], None)  # type: ignore[arg-type]

    assert asked == [["1", "2"]]
    assert not child.relationship().many
