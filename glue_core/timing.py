"""Server-Timing: how long each stage of a request took, for callers who may know.

Where it is on, each flow is compiled twice, and only requests that may be told run the one that
measures; where it is off there is nothing.

Source:
    W3C, "Server Timing".
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

from glue_core.errors import ConfigurationError
from glue_core.flow import Flow
from glue_core.messages import GlueRequest, GlueResponse
from glue_core.settings import Settings
from glue_core.variants import Stores

HEADER = "server-timing"
TOKEN_HEADER = "x-server-timing-token"  # noqa: S105 - the name of a header, no secret
NOTE = "glue-api-core:timing"
SHORTEST_TOKEN = 16

STAGES = {
    "builders": "build",
    "validators": "validate",
    "routed_validators": "validate-routed",
    "formatters": "format",
    "finishers": "finish",
}
"""Fields of a flow that hold steps, and what clients read."""

Permits = Callable[[GlueRequest], bool]


class Stopwatch:
    """The time that each stage of one request took so far, in seconds, in the order they began."""

    __slots__ = ("_started", "spent")

    def __init__(self, started: float) -> None:
        self._started = started
        self.spent: dict[str, float] = {"hydrate": time.monotonic() - started}

    def add(self, stage: str, seconds: float) -> None:
        """Add to the time of a stage."""
        self.spent[stage] = self.spent.get(stage, 0.0) + seconds

    def header(self) -> str:
        """Return the value of the header; durations are in milliseconds."""
        total = time.monotonic() - self._started
        spent = {**self.spent, "total": total}
        return ", ".join(f"{name};dur={seconds * 1000:.3f}" for name, seconds in spent.items())


@dataclass(frozen=True, slots=True)
class MeasuredFlow(Flow):
    """A flow whose every step is measured."""

    def chosen(self, request: GlueRequest) -> Flow:
        """Return the flow of the request's store, measured."""
        flow = Flow.chosen(self, request)
        return flow.measured or flow if isinstance(flow, TimedFlow) else flow

    def _finish(self, response: GlueResponse, request: GlueRequest) -> GlueResponse:
        finish = _measured("commit", lambda request: Flow._finish(self, response, request), 0)
        finished: GlueResponse = finish(request)
        return finished


@dataclass(frozen=True, slots=True)
class TimedFlow(Flow):
    """A flow that measures the requests of callers who may know.

    Attributes:
        permits: Says who they are.
        measured: The same flow, measured.
        seconds: Time that a request may take; with its deadline that tells when it began.
    """

    permits: Permits = lambda _: False
    measured: Flow | None = None
    seconds: float = 0.0

    def run(self, request: GlueRequest, failed: Exception | None = None) -> GlueResponse:
        """Answer a request, and say how long it took where the caller may know."""
        if self.measured is None or not self.permits(request):
            return Flow.run(self, request, failed)
        watch = request.notes[NOTE] = Stopwatch(request.deadline - self.seconds)
        response = self.measured.run(request, failed)
        response.meta[HEADER] = watch.header()
        return response

    def varying(self, stores: Stores[Flow]) -> Flow:
        """Return this flow, measured or not, with those of single stores."""
        measured = None if self.measured is None else self.measured.varying(stores)
        return replace(self, stores=stores, measured=measured)


def _measured(stage: str, call: Callable[..., Any], request_at: int) -> Callable[..., Any]:
    """Return a callable whose time counts to a stage.

    Args:
        stage: Name of the stage.
        call: What is called.
        request_at: Which of its arguments is the request.
    """

    def measured(*arguments: Any) -> Any:
        before = time.monotonic()
        try:
            return call(*arguments)
        finally:
            watch: Stopwatch | None = arguments[request_at].notes.get(NOTE)
            if watch is not None:
                watch.add(stage, time.monotonic() - before)

    return measured


def permits_of(settings: Settings, application: str) -> Permits | None:
    """Return who may know how long requests to an application take; None where nobody may.

    Raises:
        ConfigurationError: Callers shall show a token and there is none, or a short one.
    """
    table = settings.application(application)
    who: str = table["server_timing"]
    if who == "development":
        return (lambda _: True) if settings["mode"] == "development" else None
    if who == "never":
        return None
    token: str = table["server_timing_token"] or ""
    if len(token) < SHORTEST_TOKEN:
        raise ConfigurationError(
            f"{settings.origin}: applications.{application}.server_timing is 'token', and "
            f"server_timing_token is no text of at least {SHORTEST_TOKEN} characters.\n"
            f"Set it, and send it as the header {TOKEN_HEADER.title()}."
        )
    secret = token.encode()

    def shows_token(request: GlueRequest) -> bool:
        sent = request.header(TOKEN_HEADER)
        return sent is not None and hmac.compare_digest(sent.encode(), secret)

    return shows_token


def timed(flow: Flow, settings: Settings) -> Flow:
    """Return a flow that measures for whom the settings say, or the same one where for nobody."""
    permits = permits_of(settings, flow.operation.application)
    if permits is None:
        return flow
    parts = {each.name: getattr(flow, each.name) for each in fields(Flow)}
    steps = {
        name: tuple(
            _measured(stage, step, 1 if name in ("formatters", "finishers") else 0)
            for step in parts[name]
        )
        for name, stage in STAGES.items()
    }
    measured = MeasuredFlow(
        **{
            **parts,
            **steps,
            "controller": _measured("control", flow.controller, 0),
            "writer": _measured("write", flow.writer, 1),
        }
    )
    return TimedFlow(
        **parts, permits=permits, measured=measured, seconds=settings["limits"]["seconds"]
    )
