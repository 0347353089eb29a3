"""Answers that are held against the documentation: the checks find what differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    Answer,
    BadRequest,
    ErrorCode,
    Fragment,
    GlueRequest,
    GlueResponse,
    Operation,
    RequestFlowAwareApiApplication,
    Resource,
)
from glue_core.host import Host
from glue_core.testing import Client, Deployment, documented, in_memory
from glue_core.testing.contract import Undocumented
from tests.conftest import UNDOCUMENTED


class Colour(Schema):
    """What is known of a colour."""

    name = fields.String()


COLOURS = Resource("colours", Colour)
KNOWN = ErrorCode(400, "7001", "There is no such colour.")


def get(request: GlueRequest) -> GlueResponse:
    """Answer as the id says."""
    wanted = request.resource.id
    if wanted == "known":
        raise BadRequest("7001", "There is no such colour.")
    if wanted == "code":
        raise BadRequest("7002", "Nobody declares this.")
    if wanted == "status":
        return GlueResponse(http_status=202, content=b"[]", format="application/json")
    if wanted == "type":
        return GlueResponse(content=b"a;b", format="text/csv")
    if wanted == "member":
        return GlueResponse(content=b'[{"name": "red", "hue": 1}]', format="application/json")
    return GlueResponse.of({"id": wanted, "name": 1 if wanted == "value" else "red"})


def describe(operation: Operation, view: Any) -> Fragment:
    """Describe a picture."""
    return Fragment(answers=(Answer(content={"image/png": {}}),))


def picture(request: GlueRequest) -> GlueResponse:
    """Show a picture."""
    return GlueResponse(content=b"png", format="image/png")


@pytest.fixture
def deployment(glue_deployment: Callable[..., Deployment]) -> Deployment:
    """Deploy colours, at a mount point beside an application without a flow."""
    paint = RequestFlowAwareApiApplication("paint")
    operations = [
        Operation("get", get, "colours", COLOURS, errors=(KNOWN,)),
        Operation("get", picture, "/picture.png", describe=describe),
    ]
    return glue_deployment(
        [
            in_memory("glue.applications", "paint", paint),
            in_memory(
                "glue.plugins.paint",
                "colours",
                glue_resources=lambda: operations[:1],
                glue_route_providers=lambda: operations[1:],
            ),
        ],
        settings={"applications": {"paint": {"paths": ["/paint"]}}},
    )


@pytest.fixture(params=["application", "host", "other client"])
def ask(
    request: pytest.FixtureRequest, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    """Ask the application itself, through the host, and with a client of somebody else."""
    if request.param == "other client":
        client, start = Client(documented(deployment.applications["paint"])), ""
    else:
        monkeypatch.setattr(Client, "documented", True)
        through_host = request.param == "host"
        client = Client(Host(deployment) if through_host else deployment.applications["paint"])
        start = "/paint" if through_host else ""
    return lambda path, method="GET": client.request(method, start + path)


@pytest.mark.parametrize(
    ("id_", "message"),
    [
        ("code", "the code 7002"),
        ("status", "answered 202"),
        ("type", "as text/csv"),
        ("member", "'hue' was unexpected"),
    ],
)
def test_what_is_not_documented(ask: Callable[..., Any], id_: str, message: str) -> None:
    """A code, a status, a media type and a member that nobody declares are found."""
    with pytest.raises(Undocumented, match=message):
        ask(f"/colours/{id_}")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/colours/red", 200),
        ("/colours/known", 400),
        ("/colours/red?size=1", 400),
        ("/picture.png", 200),
        ("/nowhere", 404),
    ],
)
def test_what_is_documented(ask: Callable[..., Any], path: str, status: int) -> None:
    """Everything else passes, refusals of what is not there among it."""
    assert ask(path).status_code == status


def test_answers_without_a_body(ask: Callable[..., Any]) -> None:
    """HEAD has the status of GET and no document."""
    assert ask("/colours/red", "HEAD").status_code == 200
    assert ask("/colours/red", "DELETE").status_code == 405


def test_switch_is_off(deployment: Deployment) -> None:
    """Unasked, a client holds nothing against the documentation."""
    assert Client(deployment.applications["paint"]).get("/colours/status").status_code == 202


def test_fixture_switches_it_on(glue_documented_answers: None, deployment: Deployment) -> None:
    """The fixture does so for a test."""
    with pytest.raises(Undocumented):
        Client(deployment.applications["paint"]).get("/colours/status")


def test_what_is_left_out_is_there() -> None:
    """Each test whose answers are not held against the documentation exists."""
    for start in UNDOCUMENTED:
        name, _, function = start.partition("::")
        file = Path(__file__).parents[3] / name
        assert f"def {function}" in file.read_text("utf-8"), start
