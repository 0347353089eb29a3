"""Deployments of in-memory plugins, and the messages of those that do not start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueResponse,
    Operation,
    RequestFlowAwareApiApplication,
    Resource,
)
from glue_core.registry.discovery import Source
from glue_core.testing import Deployment, in_memory


class ThingAttributes(Schema):
    """Attributes of a thing."""

    name = fields.String()


def answer(request: GlueRequest) -> GlueResponse:
    """Answer with nothing."""
    return GlueResponse()


@pytest.fixture
def application() -> Source:
    """An application called ``shop``."""
    return in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop"))


@pytest.fixture
def get() -> Callable[..., Operation]:
    """Make operations: ``get(place, type=..., method="get", handler=...)``."""

    def make(
        place: str,
        type: str | None = None,  # noqa: A002 - the member's name
        method: Any = "get",
        handler: Callable[..., GlueResponse] = answer,
        **options: Any,
    ) -> Operation:
        resource = Resource(type, ThingAttributes) if type is not None else None
        return Operation(method, handler, place, resource, **options)

    return make


@pytest.fixture
def start(
    glue_deployment: Callable[..., Deployment], application: Source
) -> Callable[..., Deployment]:
    """Start the application ``shop`` with plugins and settings."""

    def make(*plugins: Source, **settings: Any) -> Deployment:
        return glue_deployment([application, *plugins], settings=settings)

    return make


@pytest.fixture
def refusal(start: Callable[..., Deployment]) -> Callable[..., str]:
    """Start the application ``shop`` in vain, and return the message."""

    def make(*plugins: Source, **settings: Any) -> str:
        with pytest.raises(ConfigurationError) as caught:
            start(*plugins, **settings)
        return str(caught.value)

    return make
