"""Where spans and metrics go: to the providers of the deployment, or to a collector."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

from opentelemetry import metrics, trace
from opentelemetry.metrics import Histogram, MeterProvider, UpDownCounter
from opentelemetry.trace import Tracer, TracerProvider

from glue_core import ConfigurationError

SCOPE = "glue_opentelemetry"
SCHEMA = "https://opentelemetry.io/schemas/1.34.0"
SERVICE = "glue"
"""Name of the service where the environment says none."""
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)
"""Bounds of the histogram, in seconds, as the semantic conventions advise."""


@dataclass(frozen=True, slots=True)
class Instruments:
    """What records.

    Attributes:
        tracer: Makes spans.
        active: Counts the requests that run.
        duration: Duration of requests, in seconds.
    """

    tracer: Tracer
    active: UpDownCounter
    duration: Histogram


class Telemetry:
    """Where the telemetry of one deployment goes.

    Nothing is made before a process begins to serve, or records something: the threads that send
    run in that process, not in the one that it was forked from.
    """

    def __init__(self, table: Mapping[str, Any]) -> None:
        """Take the table ``[plugins.opentelemetry]`` of the settings."""
        self._exports = table["export"] == "otlp"
        self._lock = threading.Lock()
        self._given: tuple[TracerProvider | None, MeterProvider | None] = (None, None)
        self._own: list[Any] = []
        self._made: Instruments | None = None

    @property
    def instruments(self) -> Instruments:
        """What records, in this process."""
        return self._made or self._make()

    def begin(self) -> None:
        """Make what sends, so that what is wrong with it stops the start of the process."""
        self._make()

    def use(self, tracers: TracerProvider, meters: MeterProvider | None = None) -> None:
        """Record with these providers, not with the global ones.

        For a process that has several deployments, each of which shall send its own elsewhere.
        """
        with self._lock:
            self._given = (tracers, meters)
            self._made = None

    def close(self) -> None:
        """Send what waits, where this object is who sends."""
        with self._lock:
            own, self._own, self._made = self._own, [], None
        for provider in own:
            provider.shutdown()

    def _make(self) -> Instruments:
        with self._lock:
            if self._made is None:
                tracers, meters = self._given
                if tracers is None and self._exports:
                    tracers, meters = self._exporting()
                self._made = _instruments(tracers, meters)
            return self._made

    def _exporting(self) -> tuple[TracerProvider, MeterProvider]:
        """Make providers that send to a collector."""
        from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk import metrics as sdk_metrics
        from opentelemetry.sdk import trace as sdk_trace
        from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        # Each process counts for itself, so each is an instance.
        about = {"service.instance.id": str(uuid.uuid4())}
        named = os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
        if not os.environ.get("OTEL_SERVICE_NAME") and "service.name=" not in named:
            about["service.name"] = SERVICE
        resource = Resource.create(about)
        tracers = sdk_trace.TracerProvider(resource=resource)
        tracers.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        reader = PeriodicExportingMetricReader(OTLPMetricExporter())
        meters = sdk_metrics.MeterProvider([reader], resource=resource)
        self._own = [tracers, meters]
        if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
            # Instrumentations of libraries, such as SQLAlchemy's, record into the same traces.
            trace.set_tracer_provider(tracers)
        return tracers, meters


def _instruments(tracers: TracerProvider | None, meters: MeterProvider | None) -> Instruments:
    """Return instruments of these providers; None stands for the global one."""
    scope = (SCOPE, version("glue-opentelemetry"))
    meter = metrics.get_meter(*scope, meter_provider=meters, schema_url=SCHEMA)
    return Instruments(
        trace.get_tracer(*scope, tracer_provider=tracers, schema_url=SCHEMA),
        meter.create_up_down_counter(
            "http.server.active_requests", "{request}", "Number of active HTTP server requests."
        ),
        meter.create_histogram(
            "http.server.request.duration",
            "s",
            "Duration of HTTP server requests.",
            explicit_bucket_boundaries_advisory=BUCKETS,
        ),
    )


def ids_of_span() -> Mapping[str, str]:
    """Return the ids of the span that is current, for a log line; nothing where there is none."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return {}
    return {
        "trace_id": trace.format_trace_id(context.trace_id),
        "span_id": trace.format_span_id(context.span_id),
    }


def check(table: Mapping[str, Any], origin: str) -> None:
    """Say at the start what is missing.

    Raises:
        ConfigurationError: The settings want to send, and what sends is not installed.
    """
    if table["export"] != "otlp":
        return
    try:
        found = find_spec("opentelemetry.exporter.otlp.proto.http")
    except ModuleNotFoundError:
        found = None
    if found is None or find_spec("opentelemetry.sdk") is None:
        raise ConfigurationError(
            f"{origin}: plugins.opentelemetry.export is 'otlp', and the exporter is not "
            f"installed.\nRun: pip install 'glue-opentelemetry[otlp]'"
        )
