"""A deployment: made without a connection, closed as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from glue_core import (
    ConfigurationError,
    GlueResponse,
    Importer,
    Migrations,
    Operation,
    Publisher,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
    RowImporter,
)
from glue_core.testing import Deployment, in_memory

Make = Callable[..., Deployment]


def test_making_one_opens_nothing(glue_deployment: Make, tmp_path: Path) -> None:
    """No service is opened by making a deployment: processes are forked later."""
    deployment = glue_deployment(
        [in_memory("glue.applications", "a", RequestFlowAwareApiApplication("a"))]
    )

    assert list(tmp_path.iterdir()) == []
    assert list(deployment.applications) == ["a"]


def test_unknown_scheme_stops_the_start(glue_deployment: Make) -> None:
    """A URL that no engine opens stops the start, and the engines are listed."""
    with pytest.raises(ConfigurationError) as caught:
        glue_deployment(settings={"services": {"storage": "redis://localhost"}})

    assert "the service 'storage': its scheme is 'redis'" in str(caught.value)
    assert "Installed engines: postgresql" in str(caught.value)


def test_served_applications_are_in_the_order_of_the_settings(glue_deployment: Make) -> None:
    """``serve`` names the applications and their order."""
    sources = [
        in_memory("glue.applications", name, RequestFlowAwareApiApplication(name))
        for name in ("a", "b", "c")
    ]

    assert list(glue_deployment(sources).applications) == ["a", "b", "c"]
    assert list(glue_deployment(sources, settings={"serve": ["c", "a"]}).applications) == ["c", "a"]


def test_agnostic_application_gets_the_deployment(glue_deployment: Make) -> None:
    """An agnostic application makes its callable of the deployment."""
    seen: list[Deployment] = []

    def make(deployment: Deployment) -> Any:
        seen.append(deployment)
        return lambda environ, start_response: []

    application = RequestFlowAgnosticApiApplication("old", make=make)
    deployment = glue_deployment([in_memory("glue.applications", "old", application)])

    assert seen == [deployment]


def _importer(entity: str) -> Importer:
    return Importer(entity, entity, (), RowImporter)


def test_two_importers_of_one_entity(glue_deployment: Make) -> None:
    """Two importers of one entity are a conflict that names both."""
    deployment = glue_deployment(
        [
            in_memory(
                "glue.features",
                name,
                glue_importers=lambda: [_importer("store")],
                distribution=f"glue-{name}",
            )
            for name in ("one", "two")
        ]
    )

    with pytest.raises(ConfigurationError) as caught:
        deployment.importers  # noqa: B018
    assert "Two importers of 'store'." in str(caught.value)
    assert "glue-one 0" in str(caught.value)
    assert "glue-two 0" in str(caught.value)


def test_two_branches_of_one_name(glue_deployment: Make, tmp_path: Path) -> None:
    """Two branches of migrations with one name stop the start."""
    sources = [
        in_memory("glue.features", name, glue_migrations=lambda: [Migrations("same", tmp_path)])
        for name in ("one", "two")
    ]

    with pytest.raises(ConfigurationError, match="Two branches of migrations named 'same'"):
        glue_deployment(sources)


def test_publishers_of_one_event_are_all_there(glue_deployment: Make) -> None:
    """One event may have several publishers."""
    sources = [
        in_memory(
            "glue.features",
            name,
            glue_publishers=lambda: [
                Publisher("e", lambda events, work: None, lambda work: iter(()), "p")
            ],
        )
        for name in ("one", "two")
    ]

    assert [each.event for each in glue_deployment(sources).publishers] == ["e", "e"]


def test_one_only(glue_deployment: Make) -> None:
    """``only`` serves one application whatever the settings say."""
    sources = [
        in_memory("glue.applications", name, RequestFlowAwareApiApplication(name))
        for name in ("a", "b")
    ]
    deployment = glue_deployment(sources, only="b", settings={"serve": ["a"]})

    assert list(deployment.applications) == ["b"]


def test_handler_is_not_called_by_making_a_deployment(glue_deployment: Make) -> None:
    """Everything is checked at start-up without running a controller."""

    def handle() -> GlueResponse:
        raise AssertionError("It was called.")

    glue_deployment(
        [
            in_memory("glue.applications", "a", RequestFlowAwareApiApplication("a")),
            in_memory(
                "glue.plugins.a", "p", glue_resources=lambda: [Operation("get", handle, "things")]
            ),
        ]
    )
