"""The feature: where telemetry goes, one for each deployment, and the spans of the worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from glue_core import Features, Listener, Provider, Section, Settings, WrapPart, hookimpl
from glue_opentelemetry.settings import NAME, OpenTelemetrySettings

if TYPE_CHECKING:
    from glue_opentelemetry.telemetry import Telemetry


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Declare ``[plugins.opentelemetry]``."""
    return [Section(NAME, OpenTelemetrySettings)]


@hookimpl
def glue_features(settings: Settings) -> Sequence[Provider[Any]]:
    """Provide where telemetry goes, where it is switched on."""
    if not settings.section(NAME)["enabled"]:
        return []
    # What is switched off imports nothing.
    from glue_opentelemetry.telemetry import Telemetry, check

    table = settings.section(NAME)
    check(table, settings.origin)

    def make(features: Features) -> Telemetry:
        return Telemetry(table)

    return [Provider(Telemetry, make)]


@hookimpl
def glue_part_wrappers(features: Features, settings: Settings) -> Sequence[Listener[WrapPart]]:
    """Record what publishers do with messages."""
    if not settings.section(NAME)["enabled"]:
        return []
    from glue_opentelemetry.publishing import wrapper_of
    from glue_opentelemetry.telemetry import Telemetry

    telemetry = features.get(Telemetry)
    return [Listener("messages", lambda application: wrapper_of(telemetry))]
