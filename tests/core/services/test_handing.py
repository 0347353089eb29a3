"""Handing: an application without the database passes its unit of work to features."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

import pytest
from sqlalchemy import text

from glue_core import (
    Features,
    GlueRequest,
    GlueResponse,
    Operation,
    Provider,
    RequestFlowAwareApiApplication,
    Work,
)
from glue_core.testing import Client, Deployment, assert_error, in_memory


class Notes(Protocol):
    """Keeps notes."""

    limit: int

    def add(self, name: str, work: Work) -> int:
        """Add a note and return how many there are."""

    def shout(self, name: str) -> str:
        """Return a name in capital letters."""


class SqlNotes:
    """Keeps notes in a table."""

    limit = 7

    def add(self, name: str, work: Work) -> int:
        """Add a note."""
        work.session.execute(text("INSERT INTO notes VALUES (:name)"), {"name": name})
        return int(work.session.execute(text("SELECT count(*) FROM notes")).scalar_one())

    def shout(self, name: str) -> str:
        """Return a name in capital letters."""
        return name.upper()


@pytest.fixture
def serve(glue_deployment: Callable[..., Deployment]) -> Callable[..., tuple[Client, Deployment]]:
    """Serve a handler in an application that reaches storage alone."""

    def make(handle: Callable[[Features], Any]) -> tuple[Client, Deployment]:
        front = RequestFlowAwareApiApplication("front", services=("storage",))

        def resources(features: Features) -> list[Operation]:
            return [Operation("post", handle(features), "notes")]

        deployment = glue_deployment(
            [
                in_memory("glue.applications", "front", front),
                in_memory("glue.plugins.front", "notes", glue_resources=resources),
                in_memory(
                    "glue.features",
                    "notes_feature",
                    glue_features=lambda: [Provider(Notes, lambda features: SqlNotes())],
                ),
            ]
        )
        with deployment.services.database.work() as work:
            work.session.execute(text("CREATE TABLE notes (name TEXT)"))
        return Client(deployment.applications["front"]), deployment

    return make


def test_feature_of_a_key_takes_the_work(glue_deployment: Callable[..., Deployment]) -> None:
    """What stands behind a Protocol for a key takes the unit of work, and stays the same."""
    front = RequestFlowAwareApiApplication("front", services=("storage",))
    asked: list[Any] = []

    def resources(features: Features) -> list[Operation]:
        notes = features.keyed(Notes)["sql"]
        asked.extend((notes, features.keyed(Notes)["sql"]))

        def handle(request: GlueRequest, work: Work) -> GlueResponse:
            return GlueResponse(content=str(notes.add("a", work)).encode(), format="text/plain")

        return [Operation("post", handle, "notes")]

    deployment = glue_deployment(
        [
            in_memory("glue.applications", "front", front),
            in_memory("glue.plugins.front", "notes", glue_resources=resources),
            in_memory(
                "glue.features",
                "notes_feature",
                glue_features=lambda: [Provider(Notes, lambda features: SqlNotes(), "sql")],
            ),
        ]
    )
    with deployment.services.database.work() as work:
        work.session.execute(text("CREATE TABLE notes (name TEXT)"))

    assert Client(deployment.applications["front"]).post("/notes").text == "1"
    assert asked[0] is asked[1]


def count(deployment: Deployment) -> int:
    """Count what is durable."""
    with deployment.services.database.work(writes=False) as work:
        return int(work.session.execute(text("SELECT count(*) FROM notes")).scalar_one())


def test_feature_writes_in_the_work_of_the_request(serve: Any) -> None:
    """A feature takes the work that a controller hands it, by name or by position."""

    def handle(features: Features) -> Any:
        notes = features.get(Notes)

        def post(request: GlueRequest) -> GlueResponse:
            notes.add("a", request.work)
            total = notes.add(name="b", work=request.work)
            return GlueResponse(content=str(total).encode(), format="text/plain")

        return post

    client, deployment = serve(handle)

    assert client.post("/notes", json={}).text == "2"
    assert count(deployment) == 2


def test_refusal_undoes_what_the_feature_wrote(serve: Any) -> None:
    """The flow still owns the work: a refusal undoes it."""

    def handle(features: Features) -> Any:
        notes = features.get(Notes)

        def post(request: GlueRequest) -> GlueResponse:
            notes.add("a", request.work)
            return GlueResponse(http_status=409)

        return post

    client, deployment = serve(handle)

    assert client.post("/notes", json={}).status_code == 409
    assert count(deployment) == 0


@pytest.mark.parametrize("touch", ["session", "publish", "apart"])
def test_work_cannot_be_opened(serve: Any, caplog: pytest.LogCaptureFixture, touch: str) -> None:
    """The controller itself reaches neither the session nor what is written beside it."""

    def handle(features: Features) -> Any:
        def post(request: GlueRequest) -> GlueResponse:
            found: Any = getattr(request.work, touch)
            found(None)
            return GlueResponse()

        return post

    client, _ = serve(handle)
    with caplog.at_level(logging.ERROR, "glue"):
        assert_error(client.post("/notes", json={}), 500, "020")

    assert "'front' does not declare the service 'database'" in caplog.text


def test_rest_of_the_feature_is_as_it_is(serve: Any) -> None:
    """Methods without a work and other attributes are the feature's own."""
    found: list[Any] = []

    def handle(features: Features) -> Any:
        notes = features.get(Notes)
        found.append((notes.limit, notes.shout("a"), features.get(Notes) is notes))
        return lambda: GlueResponse()

    serve(handle)

    assert found == [(7, "A", True)]


def test_what_waits_for_the_commit(serve: Any) -> None:
    """A controller may wait for the commit, and undo a part by a savepoint."""
    called: list[int] = []

    def handle(features: Features) -> Any:
        notes = features.get(Notes)

        def post(request: GlueRequest) -> GlueResponse:
            request.work.after_commit(lambda: called.append(1))
            notes.add("a", request.work)
            with suppress(RuntimeError), request.work.savepoint():
                notes.add("b", request.work)
                raise RuntimeError
            return GlueResponse()

        return post

    client, deployment = serve(handle)
    client.post("/notes", json={})

    assert (called, count(deployment)) == ([1], 1)
