"""Whole requests: a small application, a convention of the tests' own, and what they record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    Answer,
    Build,
    Fragment,
    GlueRequest,
    GlueResponse,
    Operation,
    PageRules,
    RequestFlowAwareApiApplication,
    Settings,
    SimpleResource,
    Step,
    View,
    Writer,
    hookimpl,
    read_page,
)
from glue_core.building import PAGE
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory

LINES = "text/x-lines"


class Lines:
    """A convention that nobody else has: a line of text for each resource or error."""

    name = "lines"
    media_types = (LINES,)
    priority = 5
    attributes_pointer = "/attributes"

    @hookimpl
    def glue_request_builders(self) -> Sequence[Step[Build]]:
        """Read pages, and a body of ``name=value`` lines."""
        return [
            Step("page", read_page, reads=PAGE),
            Step("body", lambda operation: _read if operation.method == "post" else None),
        ]

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Write ``status code message`` for an error and ``type id attributes`` for a resource."""
        model = operation.model

        def write(response: GlueResponse, request: GlueRequest) -> None:
            lines = [f"{each.status} {each.code} {each.message}" for each in response.errors]
            for each in () if response.errors else response.resources:
                shown: dict[str, Any] = {}
                if model is not None and each.type in model and each.attributes is not None:
                    shown = model.lens(each.type or "").attributes_of(each.attributes)
                lines.append(f"{each.type} {each.id} {shown}")
            response.format = LINES
            response.content = "\n".join(lines).encode()

        return write

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Say that everything is lines."""
        lines = {LINES: {"type": "string"}}
        return Fragment(answers=(Answer(content=lines),), errors_as=lines)


def _read(request: GlueRequest) -> None:
    request.attributes = dict(
        line.split("=", 1) for line in request.content.decode().splitlines() if "=" in line
    )


class ThingAttributes(Schema):
    """Attributes of a thing."""

    name = fields.String(required=True)
    size = fields.Integer(strict=True)


THINGS = {"1": {"id": "1", "name": "one", "size": 1}, "2": {"id": "2", "name": "two", "size": 2}}


class Things(SimpleResource):
    """Things, with every method but PUT."""

    type = "things"
    attributes = ThingAttributes
    sorts = ("name",)
    filters = ("name",)
    page = PageRules(default=2, maximum=5)

    def get(self, request: GlueRequest, id: str) -> GlueResponse:  # noqa: A002 - filled by name
        """Return one thing, whose name is its id where nobody knows it."""
        return GlueResponse.of(THINGS.get(id, {"id": id, "name": id}))

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return all things."""
        return GlueResponse.page(THINGS.values())

    def post(self, attributes: dict[str, Any]) -> GlueResponse:
        """Return what was sent."""
        return GlueResponse.of({"id": "9", **attributes})

    def patch(self, id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002
        """Return what was sent over what there is."""
        return GlueResponse.of({**THINGS[id], **attributes})

    def delete(self, request: GlueRequest) -> GlueResponse:
        """Return nothing."""
        return GlueResponse()


Serve = Callable[..., Client]


@pytest.fixture
def application() -> Source:
    """An application called ``shop`` that may reach every service."""
    shop = RequestFlowAwareApiApplication(
        "shop", services=("database", "storage", "search", "broker")
    )
    return in_memory("glue.applications", "shop", shop)


@pytest.fixture
def lines() -> Source:
    """The tests' own convention."""
    return in_memory("glue.conventions", "lines", Lines())


@pytest.fixture
def things() -> Source:
    """A plugin with the resource ``things``."""
    return in_memory("glue.plugins.shop", "things", glue_resources=lambda: [Things()])


@pytest.fixture
def deploy(
    glue_deployment: Callable[..., Deployment], application: Source, lines: Source, things: Source
) -> Callable[..., Deployment]:
    """Deploy the application with ``things``, the tests' convention and further hooks.

    ``deploy(source, ..., settings={...}, glue_resources=lambda: [...])``
    """

    def make(*plugins: Source, settings: dict[str, Any] | None = None, **hooks: Any) -> Deployment:
        own = [in_memory("glue.plugins.shop", "own", **hooks)] if hooks else []
        return glue_deployment(
            [application, lines, things, *plugins, *own], settings=settings or {}
        )

    return make


@pytest.fixture
def serve(deploy: Callable[..., Deployment]) -> Serve:
    """Make a client of the application; arguments as for ``deploy``."""

    def make(*plugins: Source, **options: Any) -> Client:
        return Client(deploy(*plugins, **options).applications["shop"])

    return make


@pytest.fixture
def by_line() -> dict[str, str]:
    """Headers that select the tests' convention."""
    return {"accept": LINES}
