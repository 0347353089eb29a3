"""A small application whose spans and metrics a test can look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Sampler

from glue_core import (
    ErrorCode,
    GlueRequest,
    GlueResource,
    GlueResponse,
    NotFound,
    Operation,
    PageRules,
    Relationship,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
    Resource,
)
from glue_core.host import Host
from glue_core.testing import Client, Deployment, in_memory, installed
from glue_opentelemetry import Telemetry

LAMPS = {"1": {"id": "1", "name": "desk"}, "2": {"id": "2", "name": "floor"}}


class LampAttributes(Schema):
    """What clients see of a lamp."""

    name = fields.String()


def one(request: GlueRequest, id: str) -> GlueResponse:  # noqa: A002 - filled by name
    """Return a lamp."""
    if id not in LAMPS:
        raise NotFound("301", "No such lamp.")
    return GlueResponse.of(LAMPS[id])


def every(request: GlueRequest) -> GlueResponse:
    """Return all lamps."""
    return GlueResponse.page(LAMPS.values())


def fail(request: GlueRequest) -> GlueResponse:
    """Fail, with a secret in the message."""
    raise RuntimeError("no lamp for password=hunter2")


def stream(request: GlueRequest) -> GlueResponse:
    """Return parts, each of which is made in a span of its own."""
    from opentelemetry import trace

    def parts() -> Iterator[bytes]:
        for number in range(3):
            provider = request.notes["provider"]
            with trace.get_tracer("lamps", tracer_provider=provider).start_as_current_span("part"):
                yield b"%d" % number

    return GlueResponse(content=parts(), format="text/plain")


def break_off(request: GlueRequest) -> GlueResponse:
    """Return a body that breaks off."""

    def parts() -> Iterator[bytes]:
        yield b"a"
        raise RuntimeError("broken off")

    return GlueResponse(content=parts(), format="text/plain")


def neighbours(lamps: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
    """Return the lamps beside each lamp."""
    return {str(each.id): [LAMPS["2"]] for each in lamps}


LAMP = Resource("lamps", LampAttributes)
OPERATIONS = (
    Operation("get", one, "lamps", LAMP, errors=(ErrorCode(404, "301", "No such lamp."),)),
    Operation("getCollection", every, "lamps", LAMP, page=PageRules()),
    Operation("get", fail, "/fail"),
    Operation("get", stream, "/stream"),
    Operation("get", break_off, "/break-off"),
)


def by_itself(deployment: Deployment) -> Any:
    """Return an application without a flow."""

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        if environ["PATH_INFO"] == "/broken":
            raise RuntimeError("broken")
        start_response("200 OK", [("content-type", "text/plain")])
        return [b"old"]

    return answer


class Watched:
    """A deployment, and what it recorded."""

    def __init__(self, deployment: Deployment, sampler: Sampler) -> None:
        self.deployment = deployment
        self.client = Client(Host(deployment), {"host": "shop.example"})
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(sampler=sampler, shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.reader = InMemoryMetricReader()
        self.meters = MeterProvider([self.reader], shutdown_on_exit=False)
        if Telemetry in deployment.features:
            deployment.features.get(Telemetry).use(self.provider, self.meters)

    def spans(self) -> list[ReadableSpan]:
        """Return the spans that ended, in the order they began, and forget them."""
        found = sorted(self.exporter.get_finished_spans(), key=lambda each: each.start_time or 0)
        self.exporter.clear()
        return found

    def get(self, path: str, **options: Any) -> Any:
        """Ask for a path."""
        return self.client.get(path, **options)

    def points(self, name: str) -> list[Any]:
        """Return the points of a metric."""
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in (data.resource_metrics if data else ())
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
        ]


Watch = Callable[..., Watched]


@pytest.fixture
def watch(glue_deployment: Callable[..., Deployment]) -> Iterator[Watch]:
    """Deploy two applications, ``shop`` with a flow and ``old`` without, and watch them.

    ``watch(spans="steps", incoming=..., settings={...}, plugins=[...])``
    """
    made: list[Watched] = []

    def make(
        *plugins: Any,
        settings: Mapping[str, Any] | None = None,
        sampler: Sampler = ALWAYS_ON,
        **table: Any,
    ) -> Watched:
        shop = RequestFlowAwareApiApplication("shop", services=("database",))
        office = RequestFlowAwareApiApplication("office")
        old = RequestFlowAgnosticApiApplication("old", make=by_itself)
        sources = [
            in_memory("glue.applications", "shop", shop),
            in_memory("glue.applications", "office", office),
            in_memory("glue.applications", "old", old),
            in_memory(
                "glue.plugins.shop",
                "lamps_api",
                glue_resources=lambda: OPERATIONS[:2],
                glue_route_providers=lambda: OPERATIONS[2:],
                glue_relationships=lambda: [
                    Relationship("neighbours", "lamps", neighbours, source="lamps")
                ],
            ),
            in_memory("glue.plugins.office", "desks", glue_resources=lambda: OPERATIONS[:2]),
            *installed("opentelemetry", "json_api"),
            *plugins,
        ]
        tables = {
            "plugins": {"opentelemetry": {"enabled": True, **table}},
            "applications": {
                "shop": {"hosts": ["shop.example"]},
                "office": {"hosts": ["office.example"]},
                "old": {"hosts": ["old.example"]},
            },
        }
        deployment = glue_deployment(sources, settings={**tables, **(settings or {})})
        watched = Watched(deployment, sampler)
        made.append(watched)
        return watched

    yield make
    for each in made:
        each.provider.shutdown()
        each.meters.shutdown()
