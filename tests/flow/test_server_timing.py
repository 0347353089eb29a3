"""Server-Timing: who is told how long the stages of a request took."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import ConfigurationError, GlueRequest, GlueResponse, Operation, Step
from glue_core.flow import Flow
from glue_core.testing import Client, Deployment

Serve = Callable[..., Client]
TOKEN = "0123456789abcdef"


def told(who: str, **more: Any) -> dict[str, Any]:
    """Return settings that say who is told."""
    return {"applications": {"shop": {"server_timing": who, **more}}}


@pytest.fixture
def shop(serve: Serve) -> Client:
    """A client of an application that tells whoever sends the token."""
    return serve(settings=told("token", server_timing_token=TOKEN))


def stages_of(client: Client, path: str, **options: Any) -> list[str]:
    """Return the stages in the header of an answer."""
    header = client.get(path, **options).headers["server-timing"]
    entries = header.split(", ")
    assert all(re.fullmatch(r"[a-z-]+;dur=\d+\.\d{3}", each) for each in entries)
    return [each.partition(";")[0] for each in entries]


@pytest.mark.parametrize(
    "settings", [{}, told("development"), {"mode": "development"}, {**told("never")}]
)
def test_nobody_by_default(
    glue_deployment: Callable[..., Deployment], serve: Serve, settings: dict[str, Any]
) -> None:
    """Without the setting, and in production without a token, nobody is told."""
    assert "server-timing" not in serve(settings=settings).get("/things").headers


def test_nothing_measures_where_it_is_off(deploy: Callable[..., Deployment]) -> None:
    """Where nobody is told, flows are those without any measuring."""
    deployment = deploy()

    flow = deployment.applications["shop"].matchers[None].match("GET", "/things").target  # type: ignore[attr-defined]

    assert type(flow) is Flow


def test_everybody_in_development(serve: Serve) -> None:
    """In development mode the setting tells everybody."""
    client = serve(settings={"mode": "development", **told("development")})

    stages = stages_of(client, "/things")

    assert stages[0] == "hydrate"
    assert stages[-1] == "total"
    assert {"build", "validate", "control", "format", "write", "finish"} <= set(stages)


def test_whoever_sends_the_token(shop: Client) -> None:
    """The header is for those who know the token."""
    assert "control" in stages_of(shop, "/things", headers={"x-server-timing-token": TOKEN})
    for wrong in ("", "x", TOKEN + "x", "ä" * 16):
        headers = shop.get("/things", headers={"x-server-timing-token": wrong}).headers
        assert "server-timing" not in headers
    assert "server-timing" not in shop.get("/things").headers


@pytest.mark.parametrize("path", ["/nothing", "/things?unknown=1"])
def test_refusals_are_measured(shop: Client, path: str) -> None:
    """An answer that no controller gave says how long it took, too."""
    stages = stages_of(shop, path, headers={"x-server-timing-token": TOKEN})

    assert "write" in stages
    assert "control" not in stages or path == "/nothing"


def test_commit_and_failure_are_measured(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    """The end of the unit of work is a stage, and a failure is told like a success."""

    def fail(request: GlueRequest) -> GlueResponse:
        request.work.session.connection()
        raise RuntimeError("no")

    client = serve(
        settings=told("token", server_timing_token=TOKEN),
        glue_route_providers=lambda: [Operation("get", fail, "/fail")],
    )

    stages = stages_of(client, "/fail", headers={"x-server-timing-token": TOKEN})

    assert {"control", "commit"} <= set(stages)


def test_answers_are_the_same(shop: Client) -> None:
    """Measuring changes nothing but the header."""
    plain = shop.get("/things/1")
    measured = shop.get("/things/1", headers={"x-server-timing-token": TOKEN})

    assert measured.json == plain.json
    assert set(measured.headers) - set(plain.headers) == {"server-timing"}


@pytest.mark.parametrize("token", [None, "", "short"])
def test_token_must_be_long(serve: Serve, token: str | None) -> None:
    """Without a token that is hard to guess the start stops and says what to set."""
    with pytest.raises(ConfigurationError, match="server_timing_token is no text of at least 16"):
        serve(settings=told("token", server_timing_token=token))


ENTRY = re.compile(
    r"([!#$%&'*+.^_`|~0-9A-Za-z-]+);dur=(\d+\.\d{3})(?:;desc=\"((?:[^\"\\]|\\.)*)\")?"
)
"""A metric: a token, a duration, and a quoted string perhaps."""


def metrics_of(header: str) -> list[tuple[str, float, str]]:
    """Return name, duration and description of each metric of a header."""
    found = list(ENTRY.finditer(header))
    assert ", ".join(each[0] for each in found) == header
    return [(each[1], float(each[2]), each[3] or "") for each in found]


@pytest.fixture
def by_step() -> dict[str, Any]:
    """Settings that tell whoever sends the token of each step."""
    return told("token", server_timing_token=TOKEN, server_timing_steps=True)


def test_steps_are_told_with_their_plugins(serve: Serve, by_step: dict[str, Any]) -> None:
    """With the setting each step has a figure beside its stage, and the id of what brought it."""
    client = serve(settings=by_step)

    header = client.get("/things", headers={"x-server-timing-token": TOKEN}).headers

    found = {description: name for name, _, description in metrics_of(header["server-timing"])}
    assert found["in-memory:things.things.getCollection"] == "control.things.getCollection"
    assert found["glue-api-core:plain.writer"] == "write.writer"
    assert found["glue-api-core:formatting.vary"] == "format.vary"
    assert found["glue-api-core:conditional.entity-tag"] == "finish.entity-tag"


def test_steps_stand_behind_their_stage_and_are_not_longer(
    serve: Serve, by_step: dict[str, Any]
) -> None:
    """The steps of a stage follow it, and together they take no longer than it says."""
    client = serve(settings=by_step)

    header = client.get("/things", headers={"x-server-timing-token": TOKEN}).headers

    stage, total = "", 0.0
    for name, duration, description in metrics_of(header["server-timing"]):
        if not description:
            stage, total = name, duration
            continue
        assert name.startswith(f"{stage}.")
        total -= duration
        assert total > -0.02, name


def test_who_may_not_know_is_told_of_no_step(serve: Serve, by_step: dict[str, Any]) -> None:
    """The setting for steps widens what is told, not who is told."""
    assert "server-timing" not in serve(settings=by_step).get("/things").headers


def test_names_that_headers_have_no_place_for(serve: Serve, by_step: dict[str, Any]) -> None:
    """A name that is no token, and an id with quotes and letters beyond ASCII, fit a header."""
    client = serve(
        settings=by_step,
        glue_request_builders=lambda: [
            Step('ä "b" \\c, d', lambda operation: lambda request: None),
        ],
    )

    header = client.get("/things", headers={"x-server-timing-token": TOKEN}).headers

    found = {name: text for name, _, text in metrics_of(header["server-timing"])}
    assert found["build.---b---c--d"] == 'in-memory:own.? \\"b\\" \\\\c, d'
