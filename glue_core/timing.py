"""Server-Timing: how long each stage of a request took, for callers who may know.

Where it is off there is nothing. Where it is on, a request of a caller who may know runs a flow
that is made for it, whose every step is measured; others run the usual one.

Source:
    W3C, "Server Timing": a metric has a token for a name, and a quoted string for a description.
"""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from glue_core.errors import ConfigurationError
from glue_core.flow import Flow
from glue_core.messages import GlueRequest, GlueResponse
from glue_core.settings import Settings
from glue_core.wrapping import WHOLE, Part, Parts, made_of, parts_of, wrapped

HEADER = "server-timing"
TOKEN_HEADER = "x-server-timing-token"  # noqa: S105 - the name of a header, no secret
SHORTEST_TOKEN = 16

Permits = Callable[[GlueRequest], bool]

_NO_TOKEN = re.compile(r"[^0-9A-Za-z!#$%&'*+.^_`|~-]")
_NO_TEXT = re.compile(r"[^ -~]")


class Stopwatch:
    """The time that the stages and steps of one request took so far, in the order they began."""

    __slots__ = ("_spent", "_started")

    def __init__(self, started: float) -> None:
        """Begin, with the time that passed until now as that of ``hydrate``.

        Args:
            started: When the request began, a point of `time.monotonic`.
        """
        self._started = started
        # Seconds by stage, and by the id of the step in it; without one it is the stage itself.
        self._spent: dict[str, dict[str, float]] = {}
        self.add("hydrate", None, time.monotonic() - started)

    def add(self, stage: str, step: str | None, seconds: float) -> None:
        """Add to the time of a stage, and to that of a step in it.

        Args:
            stage: Name of the stage.
            step: Id of the step, or None.
            seconds: The time.
        """
        spent = self._spent.setdefault(stage, {"": 0.0})
        spent[""] += seconds
        if step:
            spent[step] = spent.get(step, 0.0) + seconds

    def header(self) -> str:
        """Return the value of the header; durations are in milliseconds."""
        entries = [
            _entry(stage, step, seconds)
            for stage, steps in self._spent.items()
            for step, seconds in steps.items()
        ]
        entries.append(_entry("total", "", time.monotonic() - self._started))
        return ", ".join(entries)


def _entry(stage: str, step: str, seconds: float) -> str:
    """Return one metric: of a stage, or of a step with the id of what contributed it."""
    name = stage
    if step:
        plugin = step.partition(":")[2] or step
        name = f"{stage}.{plugin.partition('.')[2] or plugin}"
    metric = f"{_NO_TOKEN.sub('-', name)};dur={seconds * 1000:.3f}"
    if not step:
        return metric
    told = _NO_TEXT.sub("?", step).replace("\\", "\\\\").replace('"', '\\"')
    return f'{metric};desc="{told}"'


@dataclass(frozen=True, slots=True)
class Timing:
    """How the requests that one flow answers are measured.

    Attributes:
        permits: Says who may know.
        seconds: Time that a request may take; with its deadline that tells when it began.
        kind: What the flow is without measuring.
        parts: What is measured.
        names_steps: Whether the times of single steps are told, too.
    """

    permits: Permits
    seconds: float
    kind: Any
    parts: Parts
    names_steps: bool


class TimedFlow(Flow):
    """A flow that measures the requests of callers who may know.

    Attributes:
        timing: How.
    """

    __slots__ = ()
    timing: Timing

    def run(self, request: GlueRequest, failed: Exception | None = None) -> GlueResponse:
        """Answer a request, and say how long it took where the caller may know."""
        if not self.timing.permits(request):
            return super().run(request, failed)
        watch = Stopwatch(request.deadline - self.timing.seconds)
        response = _measured(self, watch).run(request, failed)
        response.meta[HEADER] = watch.header()
        return response


def _measured(flow: Flow, watch: Stopwatch) -> Flow:
    """Return a flow whose every step is measured, for one request."""
    if not isinstance(flow, TimedFlow):
        return flow
    timing = flow.timing

    def measure(part: Part, call: Callable[..., Any]) -> Callable[..., Any]:
        if part.stage == "choose":
            return lambda flow, request: _measured(call(flow, request), watch)
        if part.stage in ("run", "fail"):
            # What they take is counted where it is spent.
            return call
        is_step = timing.names_steps and part.stage not in WHOLE
        return _timed_call(call, watch, part.stage, part.id if is_step else None)

    values = {each.name: getattr(flow, each.name) for each in fields(timing.kind)}
    # A measured request runs every step, so that each is told.
    return wrapped(timing.kind(**values), measure, timing.parts)


def _timed_call(
    call: Callable[..., Any], watch: Stopwatch, stage: str, step: str | None
) -> Callable[..., Any]:
    """Return a callable whose time counts to a stage, and to a step of it."""

    def timed_call(*arguments: Any) -> Any:
        before = time.monotonic()
        try:
            return call(*arguments)
        finally:
            watch.add(stage, step, time.monotonic() - before)

    return timed_call


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
    """Return a flow that measures for whom the settings say, or the same one where for nobody.

    Args:
        flow: A flow of any kind: its ``order`` names the stages, its ``parts`` where their steps
            are, its ``trace`` who contributed them.
        settings: The settings of the deployment.

    Raises:
        ConfigurationError: Callers shall show a token and there is none, or a short one.
    """
    application = flow.operation.application
    permits = permits_of(settings, application)
    if permits is None:
        return flow
    kind: Any = type(flow)
    names_steps = settings.application(application)["server_timing_steps"]
    timing = Timing(permits, settings["limits"]["seconds"], kind, parts_of(flow), names_steps)
    values = {each.name: getattr(flow, each.name) for each in fields(kind)}
    made: Flow = made_of(TimedFlow, kind, "timing")(**values, timing=timing)
    return made
