"""A library in two conventions: what its document says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from glue_core import RequestFlowAwareApiApplication
from glue_core.openapi.document import resolved
from glue_core.registry.discovery import Source
from glue_core.testing import Deployment, in_memory, installed
from tests.openapi.library import operations

Document = dict[str, Any]
Describe = Callable[..., Document]


@pytest.fixture
def deploy(glue_deployment: Callable[..., Deployment]) -> Callable[..., Deployment]:
    """Deploy the library with hooks in the place of its own: ``deploy(glue_resources=...)``."""

    def make(
        *more: Source,
        settings: dict[str, Any] | None = None,
        conventions: str = "json_api",
        application: str = "library",
        **hooks: Any,
    ) -> Deployment:
        library = RequestFlowAwareApiApplication(application, description="Books to lend.")
        whole = {"glue_resources": operations, **hooks}
        return glue_deployment(
            [
                in_memory("glue.applications", application, library, version="2.5"),
                in_memory(f"glue.plugins.{application}", "books", **whole),
                *(installed(*conventions.split()) if conventions else ()),
                *more,
            ],
            settings=settings or {},
        )

    return make


@pytest.fixture
def describe(deploy: Callable[..., Deployment]) -> Describe:
    """Return the document of the library, shared parts in their places; arguments as ``deploy``."""

    def make(
        *more: Source,
        grants: frozenset[str] | None = None,
        spoken: Sequence[str | None] | None = None,
        application: str = "library",
        **options: Any,
    ) -> Document:
        deployment = deploy(*more, application=application, **options)
        documentation = deployment.registry.applications[application].documentation
        assert documentation is not None
        return resolved(documentation.made(grants, conventions=spoken))

    return make
