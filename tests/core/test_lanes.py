"""Lanes: which steps run for which requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from glue_core import (
    MISFIT,
    QUERY,
    ConfigurationError,
    GlueResponse,
    Operation,
    Parameter,
    RequestFlowAwareApiApplication,
    Step,
)
from glue_core.flow import Flow
from glue_core.lanes import EVERYTHING, KEPT_LANES, Bound, Lanes
from glue_core.testing import Client, Deployment, in_memory

PARTS: dict[str, Sequence[Bound]] = dict.fromkeys(Flow.parts, ())
READS = (Parameter("tone"),)


def shop(glue_deployment: Callable[..., Deployment], *steps: Step[Any]) -> Deployment:
    """Return a deployment with one place and some request builders."""

    def things() -> GlueResponse:
        return GlueResponse.page([])

    return glue_deployment(
        [
            in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
            in_memory(
                "glue.plugins.shop",
                "own",
                glue_resources=lambda: [Operation("getCollection", things, "things")],
                glue_request_builders=lambda: list(steps),
            ),
        ]
    )


def noting(name: str, ran: list[str]) -> Callable[[Operation], Any]:
    """Return what binds a step that says that it ran."""
    return lambda operation: lambda request: ran.append(name)


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/things", {}, set()),
        ("/things", {"X-Other": "warm"}, set()),
        ("/things?tone=x", {}, {"query"}),
        ("/things", {"X-Tone": "warm"}, {"header"}),
        ("/things", {"X-Tone": ""}, {"header"}),
        ("/things?tone=x", {"X-Tone": "warm"}, {"query", "header"}),
        ("/things", {"Accept": "image/png"}, {"misfit"}),
        ("/nowhere?tone=x", {"X-Tone": "warm"}, {"query", "header"}),
    ],
)
def test_step_runs_where_a_request_has_what_it_looks_at(
    glue_deployment: Callable[..., Deployment],
    path: str,
    headers: dict[str, str],
    expected: set[str],
) -> None:
    """A step runs where a request has what it looks at; one that says nothing runs always."""
    ran: list[str] = []
    deployment = shop(
        glue_deployment,
        Step("query", noting("query", ran), only_with=(QUERY,), reads=READS),
        Step("header", noting("header", ran), only_with=("X-Tone",)),
        Step("misfit", noting("misfit", ran), only_with=(MISFIT,)),
        Step("always", noting("always", ran)),
    )

    Client(deployment.applications["shop"]).get(path, headers=headers)

    assert set(ran) == expected | {"always"}


def test_something_else_runs_in_its_place(glue_deployment: Callable[..., Deployment]) -> None:
    """What ``otherwise`` binds runs where the step does not, and there alone."""
    ran: list[str] = []
    deployment = shop(
        glue_deployment,
        Step(
            "tone",
            noting("tone", ran),
            only_with=("x-tone",),
            otherwise=noting("no tone", ran),
        ),
    )
    client = Client(deployment.applications["shop"])

    client.get("/things")
    client.get("/things", headers={"X-Tone": "warm"})

    assert ran == ["no tone", "tone"]


def test_operation_says_what_is_looked_at(glue_deployment: Callable[..., Deployment]) -> None:
    """What a step looks at may differ by operation; nothing at all is every request."""
    ran: list[str] = []

    def looks_at(operation: Operation) -> tuple[str, ...]:
        return ("x-tone",) if operation.place == "things" else ()

    deployment = shop(glue_deployment, Step("tone", noting("tone", ran), only_with=looks_at))
    client = Client(deployment.applications["shop"])

    client.get("/things")
    assert ran == []

    client.get("/nowhere")
    assert ran == ["tone"]


def test_order_stays(glue_deployment: Callable[..., Deployment]) -> None:
    """The steps of a request run in the order of all steps."""
    ran: list[str] = []
    deployment = shop(
        glue_deployment,
        Step("one", noting("one", ran)),
        Step("two", noting("two", ran), only_with=(QUERY,), reads=READS, after=("one",)),
        Step("three", noting("three", ran), after=("two",)),
    )

    Client(deployment.applications["shop"]).get("/things?tone=x")

    assert ran == ["one", "two", "three"]


def test_one_text_is_no_tuple(glue_deployment: Callable[..., Deployment]) -> None:
    """A text in place of a tuple stops the start, with the step and who brought it."""
    step = Step("tone", lambda operation: print, only_with="x-tone")  # type: ignore[arg-type]

    with pytest.raises(ConfigurationError, match=r"own\.tone.*only_with is 'x-tone'"):
        shop(glue_deployment, step)


def test_flow_tells_what_is_looked_at(glue_deployment: Callable[..., Deployment]) -> None:
    """Whoever asks for the flow of a request sees why a step may be passed over."""
    step: Step[Any] = Step("tone", noting("tone", []), only_with=("x-tone", QUERY), reads=READS)
    application: Any = shop(glue_deployment, step).applications["shop"]
    flow = application.matchers[None].match("GET", "/things").target

    (traced,) = [each for each in flow.trace if each.id.endswith("own.tone")]

    assert traced.reason.endswith("; only with X-Tone or a query")


def test_requests_of_unusual_kinds_run_all_steps() -> None:
    """However many headers steps look at, a flow keeps few lanes, and all steps for the others."""
    steps = [Bound(f"run {number}", (f"x-{number}",)) for number in range(20)]
    lanes = Lanes({**PARTS, "builders": steps})

    def running(*numbers: int) -> tuple[str, ...]:
        return lanes[sum(lanes.headers[f"x-{number}"] for number in numbers)].builders

    assert (running(), running(3), running(2, 5)) == ((), ("run 3",), ("run 2", "run 5"))
    for number in range(2 * KEPT_LANES):
        lanes[number << 2]
    assert len(lanes) == KEPT_LANES
    assert running(3) == ("run 3",)
    assert running(17, 18, 19) == lanes[EVERYTHING].builders == tuple(each.run for each in steps)
