"""The object that the entry point names, and how it fits into the core."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import glue_json_api
from glue_core import Convention
from glue_json_api import JSON_API

HERE = Path(__file__).parents[3]


def test_it_is_a_convention() -> None:
    """The object has everything that the core asks of a convention."""
    assert isinstance(JSON_API, Convention)
    assert JSON_API.media_types == ("application/vnd.api+json",)
    assert JSON_API.attributes_pointer == "/data/attributes"


def test_entry_point() -> None:
    """The entry point is named as the convention and names its object."""
    text = (HERE / "conventions/json_api/pyproject.toml").read_text(encoding="utf-8")
    points = tomllib.loads(text)["project"]["entry-points"]["glue.conventions"]

    assert points == {JSON_API.name: "glue_json_api:JSON_API"}
    assert glue_json_api.JSON_API is JSON_API


def test_steps_in_the_flow(deployment: Any) -> None:
    """The convention's steps are in the stack of its requests, and in no other."""
    registry = deployment.registry.applications["magazine_api"]

    def names(convention: str | None) -> set[str]:
        return {
            placed.contribution.id
            for hook in ("glue_request_builders", "glue_response_formatters")
            for placed in registry.stack(hook, convention)
            if "json_api" in placed.contribution.id
        }

    steps = ("attributes", "fields", "filter", "include", "page", "sort", "relationships")
    assert names("json_api") == {f"in-memory:json_api.{step}" for step in steps}
    assert names(None) == set()


@pytest.mark.parametrize("query", ["sort=title", "page[limit]=1", "filter[articles.title]=a"])
def test_parameters_belong_to_collections(ask: Callable[..., Any], query: str) -> None:
    """A parameter is known where the operation has a use for it."""
    assert ask("GET", f"/articles?{query}").status == 200
    assert ask("GET", f"/articles/1?{query}").status == 400


def test_describe(deployment: Any) -> None:
    """The documentation learns the media type and the names of the documents."""
    operations = deployment.registry.applications["magazine_api"].operations
    described = {
        each.value.method: JSON_API.describe(each.value)
        for each in operations
        if each.value.place == "articles"
    }

    assert described["post"] == {
        "mediaType": "application/vnd.api+json",
        "request": "articles.request",
        "response": "articles.resource",
        "errors": "errors",
    }
    assert described["getCollection"]["response"] == "articles.collection"
    assert described["getCollection"]["request"] is None
    assert described["delete"]["response"] is None
