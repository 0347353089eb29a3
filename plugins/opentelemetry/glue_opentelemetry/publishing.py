"""The spans of the worker: one for each batch of messages that a publisher handles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from opentelemetry import context, trace
from opentelemetry.trace import SpanKind

from glue_core import Event, Part, Work, WrapPart, plugin_of, scrubbed
from glue_opentelemetry.recording import mark, stack_of, type_of
from glue_opentelemetry.telemetry import Telemetry


def wrapper_of(telemetry: Telemetry) -> WrapPart:
    """Return what wraps the publishers of a deployment."""

    def wrap(part: Part, call: Callable[..., Any]) -> Callable[..., Any]:
        return _handled(call, part, telemetry) if part.stage == "publish" else call

    return wrap


def _handled(
    handle: Callable[[Sequence[Event], Work], None], part: Part, telemetry: Telemetry
) -> Callable[[Sequence[Event], Work], None]:
    """Record what a publisher does: the messages of one event that came together."""

    @wraps(handle)
    def handled(events: Sequence[Event], work: Work) -> None:
        event = events[0].name if events else part.id
        span = telemetry.instruments.tracer.start_span(
            f"process {event}",
            kind=SpanKind.CONSUMER,
            attributes={
                "messaging.system": "glue",
                "messaging.operation.type": "process",
                "messaging.operation.name": "publish",
                "messaging.destination.name": event,
                "messaging.batch.message_count": len(events),
                "glue.step": part.id,
                "glue.plugin": plugin_of(part.id),
            },
        )
        token = context.attach(trace.set_span_in_context(span))
        try:
            handle(events, work)
        except Exception as error:
            mark(span, error)
            about = {"exception.type": type_of(error), "exception.message": scrubbed(str(error))}
            span.add_event("exception", {**about, "exception.stacktrace": stack_of(error)})
            raise
        finally:
            context.detach(token)
            span.end()

    return handled
