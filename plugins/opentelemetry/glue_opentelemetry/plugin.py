"""What is put around requests: spans, metrics, and the ids of both in log lines."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import (
    ApiApplication,
    Call,
    Features,
    Listener,
    LogFields,
    Settings,
    WrapPart,
    hookimpl,
)
from glue_opentelemetry.settings import NAME

ACCESS_LOG = "glue-api-core:access-log.lines?"
"""Its lines are written inside of the span, so that they have its id."""


@hookimpl
def glue_part_wrappers(features: Features, settings: Settings) -> Sequence[Listener[WrapPart]]:
    """Put spans around requests, stages or steps, and loads; nothing where it is switched off."""
    table = settings.section(NAME)
    if not table["enabled"]:
        return []
    # What is switched off imports nothing.
    from glue_opentelemetry.telemetry import Telemetry
    from glue_opentelemetry.wrapping import wrapper_of

    telemetry = features.get(Telemetry)

    def bind(application: ApiApplication | None) -> WrapPart:
        return wrapper_of(telemetry, None if application is None else application.name, table)

    return [Listener("spans", bind, before=(ACCESS_LOG,))]


@hookimpl
def glue_log_fields(settings: Settings) -> Sequence[Listener[LogFields]]:
    """Add the ids of trace and span to log lines."""
    if not settings.section(NAME)["enabled"]:
        return []
    from glue_opentelemetry.telemetry import ids_of_span

    return [Listener("ids", lambda application: ids_of_span)]


@hookimpl
def glue_start_up(features: Features, settings: Settings) -> Sequence[Listener[Call]]:
    """Begin to send, in the process that serves."""
    if not settings.section(NAME)["enabled"]:
        return []
    from glue_opentelemetry.telemetry import Telemetry

    telemetry = features.get(Telemetry)
    return [Listener("begin", lambda application: telemetry.begin)]


@hookimpl
def glue_shut_down(features: Features, settings: Settings) -> Sequence[Listener[Call]]:
    """Send what waits, when a process ends."""
    if not settings.section(NAME)["enabled"]:
        return []
    from glue_opentelemetry.telemetry import Telemetry

    telemetry = features.get(Telemetry)
    return [Listener("flush", lambda application: telemetry.close)]
