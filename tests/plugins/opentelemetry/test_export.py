"""Sending: gunicorn with two workers, forked after the deployment was made, and a collector."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

PATIENCE = 60
REQUESTS = 40

SETTINGS = """
serve = ["magazine_api"]

[applications.magazine_api]
paths = ["/"]

[logging]
format = "json"
access = true

[plugins.opentelemetry]
enabled = true
export = "otlp"
spans = "request"
"""


class Collector:
    """A collector: takes what is sent to it, as OTLP over HTTP has it."""

    def __init__(self) -> None:
        self.traces: list[ExportTraceServiceRequest] = []
        self.metrics: list[ExportMetricsServiceRequest] = []
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    import gzip

                    body = gzip.decompress(body)
                if self.path == "/v1/traces":
                    collector.traces.append(ExportTraceServiceRequest.FromString(body))
                else:
                    assert self.path == "/v1/metrics"
                    collector.metrics.append(ExportMetricsServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("content-type", "application/x-protobuf")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                return None

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def close(self) -> None:
        """Listen no more."""
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def spans(self) -> list[tuple[str, Any]]:
        """Return the spans, each with the id of the process that sent it."""
        return [
            (instance_of(resource.resource), span)
            for each in self.traces
            for resource in each.resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]


def instance_of(resource: Any) -> str:
    """Return the id of a process."""
    return str(attributes_of(resource)["service.instance.id"])


def attributes_of(what: Any) -> dict[str, Any]:
    """Return the attributes of a message."""
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in what.attributes
    }


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector on a free port."""
    made = Collector()
    yield made
    made.close()


def free_port() -> int:
    """Return a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, path: str) -> int:
    """Return the status of an answer, on a connection of its own."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            answer.read()
            status: int = answer.status
            return status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server listens."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert server.poll() is None
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail("The server does not listen.")


@pytest.mark.slow
def test_two_workers_send_to_a_collector(tmp_path: Path, collector: Collector) -> None:
    """Each worker sends its own spans and metrics, all of them by its end, and logs their ids."""
    (tmp_path / "glue.toml").write_text(SETTINGS)
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("GLUE_", "OTEL_"))
    }
    environment = {
        **clean,
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address,
        "OTEL_SERVICE_NAME": "magazine",
        "NO_PROXY": "127.0.0.1",
    }
    subprocess.run(
        [sys.executable, "-m", "glue_core.cli", "migrate"],
        cwd=tmp_path,
        env=environment,
        check=True,
        timeout=PATIENCE,
        capture_output=True,
    )
    port = free_port()
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "-c", "python:glue_core.gunicorn"),
                *("-w", "2", "--threads", "2", "-b", f"127.0.0.1:{port}"),
                "glue_core.host:create()",
            ],
            cwd=tmp_path,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(port, server)
            end = time.monotonic() + PATIENCE
            asked = 0
            while asked < REQUESTS or len({each for each, _ in collector.spans()}) < 2:
                assert ask(port, "/articles") == 200
                asked += 1
                assert time.monotonic() < end, "One of the workers answers nothing."
            assert ask(port, "/nothing") == 404
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(PATIENCE) == 0

    spans = collector.spans()
    names = [span.name for _, span in spans]
    assert names.count("GET /articles") == asked
    assert names.count("GET") == 1
    assert len({span.span_id for _, span in spans}) == asked + 1
    resource = attributes_of(collector.traces[0].resource_spans[0].resource)
    assert resource["service.name"] == "magazine"
    counted = {}
    for each in collector.metrics:
        for resource_metrics in each.resource_metrics:
            for scope in resource_metrics.scope_metrics:
                for metric in scope.metrics:
                    if metric.name == "http.server.request.duration":
                        points = metric.histogram.data_points
                        counted[instance_of(resource_metrics.resource)] = sum(
                            point.count for point in points
                        )
    assert sum(counted.values()) == asked + 1
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    access = [each for each in lines if each["logger"] == "glue.access"]
    assert {each["span_id"] for each in access} == {span.span_id.hex() for _, span in spans}
    assert {each["level"] for each in lines} == {"INFO"}
    assert "Listening at: %s" not in str(lines)
    assert any(each["logger"] == "gunicorn.error" for each in lines)
