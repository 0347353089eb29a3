"""Names of attributes and relationships that JSON:API has no place for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    AttributeChange,
    ConfigurationError,
    GlueResponse,
    Operation,
    Relationship,
    Resource,
    ResourceChange,
)
from glue_core.testing import in_memory, installed

GROUP = "glue.plugins.magazine_api"

Start = Callable[..., Any]


def read() -> GlueResponse:
    """Show nothing."""
    return GlueResponse.page([])


def lamps(name: str, **options: Any) -> Any:
    """Return a plugin whose type has an attribute of a name."""
    attributes = Schema.from_dict({"field": fields.String(data_key=name)})
    resource = Resource("lamps", attributes, **options)
    operation = Operation("getCollection", read, "lamps", resource)
    return in_memory(GROUP, "lamps", glue_resources=lambda: [operation])


@pytest.fixture
def start(glue_deployment: Start) -> Start:
    """Start the magazine with JSON:API and plugins."""

    def make(*plugins: Any) -> Any:
        return glue_deployment([*installed("magazine_api", "json_api"), *plugins])

    return make


@pytest.mark.parametrize("name", ["type", "id", "a b/c", "-a", "a_", "a.b", "@a", "a+b", "["])
def test_attribute_that_cannot_be_called_so(start: Start, name: str) -> None:
    """A resource object has the name itself, or no member may have it: the start stops."""
    with pytest.raises(ConfigurationError) as caught:
        start(lamps(name))

    text = str(caught.value)
    assert f"The attribute {name!r} of 'lamps' in 'magazine_api' cannot be called so" in text
    assert "in-memory" in text


@pytest.mark.parametrize("name", ["types", "ID", "a b", "a_b", "a-b", "ä", "1", "links"])
def test_attribute_that_can_be_called_so(start: Start, name: str) -> None:
    """Every other name is one."""
    assert start(lamps(name)).applications


def test_relationship_that_cannot_be_called_so(start: Start) -> None:
    """Relationships have names as attributes do, whoever contributes them."""
    relationship = Relationship("type", "lamps", lambda parents, request: {}, source="lamps")
    plugin = in_memory(GROUP, "types", glue_relationships=lambda: [relationship])

    with pytest.raises(ConfigurationError, match="The relationship 'type' of 'lamps'") as caught:
        start(lamps("name"), plugin)

    assert "test_relationship_that_cannot_be_called_so" in str(caught.value)


def test_change_that_renames(start: Start) -> None:
    """A change that gives such a name stops the start, and is named beside the declaration."""
    change = ResourceChange("lamps", changes={"name": AttributeChange(rename="id")})
    plugin = in_memory(GROUP, "other", glue_declaration_changes=lambda: [change])

    with pytest.raises(ConfigurationError, match="changed by in-memory") as caught:
        start(lamps("name"), plugin)

    assert "The attribute 'id' of 'lamps'" in str(caught.value)


def test_other_conventions_have_such_names(start: Start) -> None:
    """A type that JSON:API does not show has the names that it likes."""
    assert start(lamps("type", conventions=(None,))).applications
