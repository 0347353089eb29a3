"""The object that the entry point names, and how it fits into the core."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import glue_json_api
from glue_core import Convention
from glue_core.openapi.document import resolved
from glue_json_api import JSON_API, MEDIA_TYPE

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
    """The documentation has the documents of reads and of writes under the one media type."""
    documentation = deployment.registry.applications["magazine_api"].documentation
    paths = resolved(documentation.made(conventions=["json_api"]))["paths"]
    shown = paths["/articles"]["get"]["responses"]["200"]["content"]
    sent = paths["/articles"]["post"]["requestBody"]["content"]

    assert shown == {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ArticlesCollection"}}}
    assert sent == {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ArticlesCreateDocument"}}}
    assert "content" not in paths["/articles/{articlesId}"]["delete"]["responses"]["204"]
