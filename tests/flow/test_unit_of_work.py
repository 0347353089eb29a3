"""The unit of work: made when asked for, committed before the body leaves, undone on refusals."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import text

from glue_core import (
    Conflict,
    ErrorCode,
    GlueRequest,
    GlueResponse,
    Operation,
    RequestFlowAwareApiApplication,
    ServiceUnavailable,
    Step,
    Work,
)
from glue_core.testing import Client, Deployment, assert_error, in_memory

Deploy = Callable[..., Deployment]


def rows(deployment: Deployment) -> int:
    """Count what is durable."""
    with deployment.services.database.work(writes=False) as work:
        return int(work.session.execute(text("SELECT count(*) FROM notes")).scalar_one())


def prepare(deployment: Deployment) -> Client:
    """Make the table and a client."""
    with deployment.services.database.work() as work:
        work.session.execute(text("CREATE TABLE notes (name TEXT)"))
    return Client(deployment.applications["shop"])


def insert(work: Work) -> None:
    """Write a row."""
    work.session.execute(text("INSERT INTO notes VALUES ('a')"))


def posted(handle: Callable[..., GlueResponse]) -> Callable[[], list[Operation]]:
    """Contribute POST /notes."""
    errors = tuple(ErrorCode(status, "1", "It is refused.") for status in (400, 404, 409))
    return lambda: [Operation("post", handle, "notes", errors=errors)]


def test_success_commits_before_the_body_leaves(deploy: Deploy) -> None:
    """What a request wrote is durable when the first byte of its answer is asked for."""
    seen = []

    def handle(work: Work) -> GlueResponse:
        insert(work)

        def parts() -> Iterator[bytes]:
            seen.append(rows(deployment))
            yield b"done"

        return GlueResponse(content=parts(), format="text/plain")

    deployment = deploy(glue_resources=posted(handle))
    response = prepare(deployment).post("/notes", json={})

    assert (response.text, seen) == ("done", [1])


@pytest.mark.parametrize("status", [400, 404, 409, 500])
def test_refusal_undoes(deploy: Deploy, status: int) -> None:
    """A status of 400 or more undoes the unit of work."""

    def handle(work: Work) -> GlueResponse:
        insert(work)
        return GlueResponse(http_status=status)

    deployment = deploy(glue_resources=posted(handle))
    response = prepare(deployment).post("/notes", json={})

    assert (response.status_code, rows(deployment)) == (status, 0)


@pytest.mark.parametrize("error", [Conflict("1", "Taken."), RuntimeError("broken")])
def test_exception_undoes(deploy: Deploy, error: Exception) -> None:
    """An exception undoes the unit of work."""

    def handle(work: Work) -> GlueResponse:
        insert(work)
        raise error

    deployment = deploy(glue_resources=posted(handle))

    assert prepare(deployment).post("/notes", json={}).status_code in (409, 500)
    assert rows(deployment) == 0


def test_failing_formatter_undoes(deploy: Deploy) -> None:
    """The answer is formatted and written before the commit: what cannot be told is undone."""

    def handle(work: Work) -> GlueResponse:
        insert(work)
        return GlueResponse()

    def fail(response: GlueResponse, request: GlueRequest) -> None:
        raise RuntimeError("broken")

    deployment = deploy(
        glue_resources=posted(handle),
        glue_response_formatters=lambda: [Step("fail", lambda operation: fail)],
    )

    assert_error(prepare(deployment).post("/notes", json={}), 500, "020")
    assert rows(deployment) == 0


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(RuntimeError("disk"), 500, "020"), (ServiceUnavailable("database", "down"), 503, "019")],
)
def test_failing_commit_is_a_formatted_error(
    deploy: Deploy, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    """A commit that fails is told in the convention's words, and nothing is durable."""

    def handle(request: GlueRequest) -> GlueResponse:
        insert(request.work)

        def commit() -> None:
            raise error

        monkeypatch.setattr(request.work, "commit", commit)
        return GlueResponse()

    deployment = deploy(glue_resources=posted(handle))

    assert_error(prepare(deployment).post("/notes", json={}), status, code)
    assert rows(deployment) == 0


def test_work_that_nobody_touches_costs_nothing(deploy: Deploy) -> None:
    """A request that does not ask for the work opens no database."""
    deployment = deploy()
    opened: list[str] = []
    deployment.services.open = opened.append  # type: ignore[method-assign,assignment]
    response = Client(deployment.applications["shop"]).get("/things/1")

    assert (response.status_code, opened) == (200, [])


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_safe_methods_only_read(deploy: Deploy, method: str) -> None:
    """A unit of work of GET cannot write."""

    def handle(work: Work) -> GlueResponse:
        insert(work)
        return GlueResponse()

    deployment = deploy(glue_resources=lambda: [Operation("get", handle, "notes")])
    response = prepare(deployment).request(method, "/notes/1")

    assert response.status_code >= 500
    assert rows(deployment) == 0


def test_calls_after_the_commit(deploy: Deploy) -> None:
    """What waits for the commit is called after it, and never after a refusal."""
    called = []

    def handle(request: GlueRequest, attributes: dict[str, Any]) -> GlueResponse:
        insert(request.work)
        request.work.after_commit(lambda: called.append(rows(deployment)))
        return GlueResponse(http_status=attributes["status"])

    deployment = deploy(glue_resources=posted(handle))
    client = prepare(deployment)
    client.post("/notes", json={"status": 409})
    client.post("/notes", json={"status": 200})

    assert called == [1]


def test_application_cannot_reach_what_it_does_not_declare(
    glue_deployment: Callable[..., Deployment], caplog: pytest.LogCaptureFixture
) -> None:
    """A plugin of an application without the database cannot open it, not even by the work."""

    def handle(work: Work) -> GlueResponse:
        insert(work)
        return GlueResponse()

    front = RequestFlowAwareApiApplication("front", services=("storage",))
    deployment = glue_deployment(
        [
            in_memory("glue.applications", "front", front),
            in_memory(
                "glue.plugins.front",
                "p",
                glue_resources=lambda: [Operation("post", handle, "notes")],
            ),
        ]
    )
    with caplog.at_level(logging.ERROR, "glue"):
        response = Client(deployment.applications["front"]).post("/notes", json={})

    assert_error(response, 500, "020")
    assert "'front' does not declare the service 'database'" in caplog.text
