"""The order in which the steps of three layers run, recorded while they run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from glue_core import Fragment, Operation, Settings, Step, View, Writer, hookimpl
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory

HOOKS = (
    "glue_request_builders",
    "glue_request_validators",
    "glue_request_after_routing_validators",
    "glue_response_formatters",
)


class Recorder:
    """Hook implementations whose steps write down that they ran."""

    def __init__(self, layer: str, ran: list[str]) -> None:
        self._layer = layer
        self._ran = ran

    def _step(self, stack: str) -> Sequence[Step[Any]]:
        # The names are in the opposite order of the layers: names must not decide.
        name = {"common": "z", "convention": "y", "plain": "x", "application": "a"}[self._layer]

        def run(*args: Any) -> None:
            self._ran.append(f"{stack} {self._layer}")

        return [Step(name, lambda operation: None if operation.refusal else run)]

    @hookimpl
    def glue_request_builders(self) -> Sequence[Step[Any]]:
        return self._step("build")

    @hookimpl
    def glue_request_validators(self) -> Sequence[Step[Any]]:
        return self._step("validate")

    @hookimpl
    def glue_request_after_routing_validators(self) -> Sequence[Step[Any]]:
        return self._step("routed")

    @hookimpl
    def glue_response_formatters(self) -> Sequence[Step[Any]]:
        return self._step("format")


class Recording(Recorder):
    """A convention that records as well."""

    name = "recording"
    media_types = ("text/x-recording",)
    priority = 0
    attributes_pointer = ""

    def writer(self, operation: Operation, settings: Settings) -> Writer:
        """Write nothing."""

        def write(response: Any, request: Any) -> None:
            response.format, response.content = self.media_types[0], b""

        return write

    def describe(self, operation: Operation, view: View) -> Fragment:
        """Say nothing."""
        return Fragment()


@pytest.mark.parametrize(
    ("accept", "layers"),
    [
        ("text/x-recording", ["common", "convention", "application"]),
        ("application/json", ["common", "application"]),
    ],
)
def test_layers_run_in_their_order(
    glue_deployment: Callable[..., Deployment],
    application: Source,
    things: Source,
    accept: str,
    layers: list[str],
) -> None:
    """With a convention: common, convention, application; without one the convention is out."""
    ran: list[str] = []
    deployment = glue_deployment(
        [
            in_memory("glue.plugins.shop", "steps", Recorder("application", ran)),
            in_memory("glue.conventions", "recording", Recording("convention", ran)),
            in_memory("glue.plugins", "steps", Recorder("common", ran)),
            application,
            things,
        ]
    )
    Client(deployment.applications["shop"]).get("/things/1", headers={"accept": accept})

    stages = ("build", "validate", "routed", "format")
    assert ran == [f"{stage} {layer}" for stage in stages for layer in layers]


@pytest.mark.parametrize("hook", ["glue_request_builders"])
def test_plain_steps_come_first_without_a_convention(
    deploy: Callable[..., Deployment], hook: str
) -> None:
    """Without a convention the plain flow's steps come before those of common plugins."""
    common = in_memory(
        "glue.plugins",
        "early",
        glue_request_builders=lambda: [Step("a", lambda operation: lambda request: None)],
    )
    registry = deploy(common).registry.applications["shop"]
    layers = [each.contribution.layer for each in registry.stack(hook, None)]

    plain, common_ones = layers.count("plain"), layers.count("common")
    assert layers == ["plain"] * plain + ["common"] * common_ones
    assert plain > 0
    assert common_ones > 0


def test_constraints_beat_layers_at_run_time(deploy: Callable[..., Deployment]) -> None:
    """A step of the application may come before one of a common plugin."""
    ran: list[str] = []

    def step(name: str, **constraints: Any) -> Step[Any]:
        return Step(name, lambda operation: lambda request: ran.append(name), **constraints)

    common = in_memory("glue.plugins", "c", glue_request_builders=lambda: [step("common")])
    deployment = deploy(
        common, glue_request_builders=lambda: [step("first", before=("in-memory:c.common",))]
    )
    Client(deployment.applications["shop"]).get("/things/1")

    assert ran == ["first", "common"]


def test_disabled_step_does_not_run(deploy: Callable[..., Deployment]) -> None:
    """A step whose id is disabled is in no tuple."""
    ran: list[str] = []
    deployment = deploy(
        settings={"disable": ["in-memory:own.mine"]},
        glue_request_builders=lambda: [
            Step("mine", lambda operation: lambda request: ran.append("mine"))
        ],
    )
    Client(deployment.applications["shop"]).get("/things/1")

    assert ran == []


def test_replaced_step_is_meant_by_constraints(deploy: Callable[..., Deployment]) -> None:
    """A constraint that names a replaced step means the one in its place."""
    ran: list[str] = []

    def step(name: str, **constraints: Any) -> Step[Any]:
        return Step(name, lambda operation: lambda request: ran.append(name), **constraints)

    deployment = deploy(
        settings={"replace": {"in-memory:own.old": "in-memory:own.a-new"}},
        glue_request_builders=lambda: [step("old"), step("a-new"), step("z", before=("old",))],
    )
    Client(deployment.applications["shop"]).get("/things/1")

    assert ran == ["z", "a-new"]
