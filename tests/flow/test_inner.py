"""Requests inside a request, and the plugins of a convention that may contribute routes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueResponse,
    Operation,
    Step,
    hookimpl,
)
from glue_core.migrating import migrate
from glue_core.testing import Client, in_memory, installed

MAGAZINE = ("magazine_api", "json_api", "magazine", "articles_api", "authors_api")


def document(title: str) -> bytes:
    """Return the document that creates an article."""
    attributes = {"title": title, "body": "B"}
    return orjson.dumps({"data": {"type": "articles", "attributes": attributes}})


class Twice:
    """A route that creates two articles; a title ``fails`` is refused after it was written."""

    def __init__(self) -> None:
        self.statuses: list[int | None] = []
        self.headers: list[str | None] = []

    def post(self, request: GlueRequest) -> GlueResponse:
        """Create an article that fails and one that does not, and one that is not valid."""
        for title in ("fails", "stays", ""):
            run = request.inside("POST", "/articles", document(title))
            self.statuses.append(run.run().http_status)
            self.headers.append(run.request.header("if-match"))
        return GlueResponse(content=b"done", format="text/plain")

    @hookimpl
    def glue_route_providers(self) -> Sequence[Operation]:
        """Contribute the route."""
        return [Operation("post", self.post, "/twice", status=200)]

    @hookimpl
    def glue_controller_wrappers(self) -> Sequence[Step[Any]]:
        """Refuse a title once the article was written."""

        def wrap(handler: Any) -> Any:
            def guarded(request: GlueRequest) -> GlueResponse:
                response: GlueResponse = handler(request)
                if response.resources[0].attributes.title == "fails":
                    return GlueResponse(http_status=409)
                return response

            return guarded

        def bind(operation: Operation) -> Any:
            return wrap if (operation.method, operation.type) == ("post", "articles") else None

        return [Step("guard", bind)]


def magazine_with(glue_deployment: Callable[..., Any], group: str, plugin: object) -> Client:
    """Return a client of the magazine with one more plugin."""
    deployment = glue_deployment((*installed(*MAGAZINE), in_memory(group, "twice", plugin)))
    migrate(deployment.services.database, deployment.migrations)
    return Client(deployment.applications["magazine_api"])


def test_an_inner_request_that_fails_is_undone_alone(glue_deployment: Callable[..., Any]) -> None:
    """What a refused inner request wrote is gone, and that of the others is committed."""
    plugin = Twice()
    client = magazine_with(glue_deployment, "glue.conventions.json_api", plugin).json_api

    response = client.post("/twice", json={}, headers={"if-match": '"1"'})
    listed = client.get("/articles").json["data"]

    assert response.status_code == 200, response
    assert plugin.statuses == [409, 201, 422]
    assert plugin.headers == [None, None, None]
    assert [each["attributes"]["title"] for each in listed] == ["stays"]


def test_extension_is_part_of_its_convention_alone(glue_deployment: Callable[..., Any]) -> None:
    """Neither its routes nor its steps are there for requests that select another convention."""
    client = magazine_with(glue_deployment, "glue.conventions.json_api", Twice())
    attributes = {"title": "fails", "body": "B"}

    assert client.post("/twice", json={}).status_code == 404
    assert client.post("/articles", json=attributes).status_code == 201
    body = {"data": {"type": "articles", "attributes": attributes}}
    assert client.json_api.post("/articles", json=body).status_code == 409


@pytest.mark.parametrize("group", ["glue.plugins", "glue.conventions.json_api"])
def test_resources_belong_to_applications(glue_deployment: Callable[..., Any], group: str) -> None:
    """A plugin that several applications load contributes no resource, and is told where to go."""

    class Resources:
        @hookimpl
        def glue_resources(self) -> Sequence[Operation]:
            return []

    with pytest.raises(ConfigurationError, match=r"put it into 'glue.plugins.<application>'"):
        magazine_with(glue_deployment, group, Resources())


def test_common_plugins_contribute_no_routes(glue_deployment: Callable[..., Any]) -> None:
    """A route for every application, whatever it speaks, stops the start."""
    with pytest.raises(ConfigurationError, match="which every application"):
        magazine_with(glue_deployment, "glue.plugins", Twice())


class Headers:
    """A route whose handler asks for a thing with headers of its own, and tells what it had."""

    def __init__(self) -> None:
        self.seen: list[dict[str, list[str]]] = []

    def post(self, request: GlueRequest) -> GlueResponse:
        """Ask for an article that is not there."""
        own = {"if-match": '"2"', "x-both": "inner"}
        run = request.inside("GET", "/articles/1", headers=own)
        self.seen.append(run.request.meta)
        assert {name: run.request.header(name) for name in own} == own
        return GlueResponse(content=b"done", format="text/plain")

    @hookimpl
    def glue_route_providers(self) -> Sequence[Operation]:
        """Contribute the route."""
        return [Operation("post", self.post, "/headers", status=200)]


def test_an_inner_request_has_headers_of_its_own(glue_deployment: Callable[..., Any]) -> None:
    """They come over those of the outer request, of which some are not handed down."""
    plugin = Headers()
    client = magazine_with(glue_deployment, "glue.conventions.json_api", plugin).json_api
    sent = {"if-match": '"1"', "if-none-match": '"1"', "x-both": "outer", "x-outer": "o"}

    assert client.post("/headers", json={}, headers=sent).status_code == 200

    (seen,) = plugin.seen
    assert (seen["if-match"], seen["x-both"], seen["x-outer"]) == (['"2"'], ["inner"], ["o"])
    assert "if-none-match" not in seen
