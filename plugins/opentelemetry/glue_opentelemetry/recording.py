"""One request while it is recorded: its span, that of the stage it is in, and its metrics."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from typing import Any

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from glue_core import Flow, GlueRequest, Part, Problem, plugin_at_fault, plugin_of, scrubbed
from glue_opentelemetry.incoming import Incoming
from glue_opentelemetry.telemetry import Instruments

KEY = context.create_key("glue-request")
PLAIN = "plain"
"""What a span calls the convention of requests that select none, as log lines do."""
METHODS = frozenset(
    {"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"}
)
OTHER = "_OTHER"
"""What stands for a method that nobody knows: clients choose it, and metrics keep every value."""


class Recording:
    """A request that is recorded, from its first byte to the last of its answer.

    Attributes:
        span: The span of the request.
        context: The context in which it is current.
        is_recording: Whether anybody keeps what the span says.
    """

    __slots__ = (
        "_began",
        "_broken",
        "_common",
        "_error",
        "_instruments",
        "_measured",
        "_method",
        "_stage",
        "_status",
        "context",
        "inside",
        "is_recording",
        "span",
    )

    def __init__(
        self,
        instruments: Instruments,
        environ: Mapping[str, Any],
        application: str | None,
        incoming: Incoming,
        *,
        measured: bool,
    ) -> None:
        """Begin to record.

        Args:
            instruments: What records.
            environ: The WSGI environment.
            application: Name of the application, or None for the host.
            incoming: What the trace is that the client names.
            measured: Whether metrics are recorded.
        """
        asked = environ["REQUEST_METHOD"]
        method = asked if asked in METHODS else OTHER
        self._method = method if method != OTHER else "HTTP"
        self._common = {"http.request.method": method, "url.scheme": environ["wsgi.url_scheme"]}
        about = dict(self._common)
        if method == OTHER:
            about["http.request.method_original"] = scrubbed(asked)[:64]
        host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME")
        if host:
            about["server.address"] = address_of(host)
        more: dict[str, Any] = {}
        if application is not None:
            about["glue.application"] = more["glue.application"] = application
        self._measured = more if measured else None
        self._instruments = instruments
        self._broken = False
        self._error: str | None = None
        self._status = 500
        self._stage: tuple[str, Span] | None = None
        self.inside = False
        self._began = time.perf_counter()
        parent, links = incoming(environ)
        self.span = instruments.tracer.start_span(
            self._method, parent, SpanKind.SERVER, about, links, record_exception=False
        )
        self.is_recording = self.span.is_recording()
        self.context: Context = context.set_value(
            KEY, self, trace.set_span_in_context(self.span, parent)
        )
        if measured:
            instruments.active.add(1, self._common)

    def matched(self, flow: Flow, request: GlueRequest, id_: str) -> None:
        """Say which operation answers.

        Args:
            flow: What was compiled for it.
            request: The request.
            id_: Id of the contribution that the operation is.
        """
        route = request.resource.route
        if self._measured is not None and route is not None:
            self._measured["http.route"] = route
        if not self.is_recording:
            return
        operation = flow.operation
        span = self.span
        if route is not None:
            span.update_name(f"{self._method} {route}")
            span.set_attribute("http.route", route)
        span.set_attribute("glue.request_id", request.id)
        span.set_attribute("glue.convention", operation.convention or PLAIN)
        resource = operation.type or operation.refused_type
        if resource is not None:
            span.set_attribute("glue.resource", resource)
        span.set_attribute("glue.plugin", plugin_of(id_))

    def answered(self, status: int) -> None:
        """Note the status of the answer."""
        self._status = status

    def failed(self, error: BaseException) -> None:
        """Note what went wrong; the client does not hear of it."""
        kind = type_of(error)
        self._error = kind
        if not self.is_recording:
            return
        # The names are those of the semantic conventions, the texts without what is secret.
        about = {"exception.type": kind, "exception.message": scrubbed(str(error))}
        about["exception.stacktrace"] = stack_of(error)
        plugin = plugin_at_fault(error)
        if plugin is not None:
            about["glue.plugin"] = plugin
        self.span.add_event("exception", about)

    def broke(self, error: BaseException) -> None:
        """Note that the answer ended early, whose status was sent already."""
        self._broken = True
        self.failed(error)

    def end(self) -> None:
        """End the span, and count the request."""
        self.leave_stage()
        status, error = self._status, self._error
        is_error = status >= 500 or self._broken
        if is_error:
            error = error or str(status)
        if self.is_recording:
            self.span.set_attribute("http.response.status_code", status)
            if is_error and error is not None:
                self.span.set_attribute("error.type", error)
                self.span.set_status(Status(StatusCode.ERROR))
        self.span.end()
        if self._measured is None:
            return
        instruments, seconds = self._instruments, time.perf_counter() - self._began
        about = {**self._common, **self._measured, "http.response.status_code": status}
        if is_error and error is not None:
            about["error.type"] = error
        instruments.active.add(-1, self._common)
        instruments.duration.record(seconds, about, self.context)

    def stage(self, name: str) -> Span:
        """Return the span of a stage: the open one, where the request is in that stage already."""
        if self._stage is not None:
            if self._stage[0] == name:
                return self._stage[1]
            self._stage[1].end()
        span = self._instruments.tracer.start_span(name, attributes={"glue.stage": name})
        self._stage = (name, span)
        return span

    def leave_stage(self) -> None:
        """End the span of the stage that the request is in."""
        if self._stage is not None:
            self._stage[1].end()
            self._stage = None

    def nested(self, name: str, part: Part) -> _Nested:
        """Return a span that is current inside of a block, whatever stages are in there."""
        return _Nested(self, name, part)


class _Nested:
    """A span of one call, for a with statement."""

    __slots__ = ("_name", "_part", "_recording", "_span", "_token", "_was")

    def __init__(self, recording: Recording, name: str, part: Part) -> None:
        self._recording = recording
        self._name = name
        self._part = part

    def __enter__(self) -> Span:
        recording = self._recording
        if not recording.inside:
            recording.leave_stage()
        self._was = (recording._stage, recording.inside)
        recording._stage, recording.inside = None, False
        self._span = recording._instruments.tracer.start_span(
            self._name, attributes=attributes_of(self._part)
        )
        self._token = context.attach(trace.set_span_in_context(self._span))
        return self._span

    def __exit__(self, kind: object, error: BaseException | None, trace_: object) -> None:
        recording = self._recording
        recording.leave_stage()
        context.detach(self._token)
        mark(self._span, error)
        self._span.end()
        recording._stage, recording.inside = self._was


def address_of(host: str) -> str:
    """Return a host without its port, and an IPv6 address without its brackets."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def attributes_of(part: Part) -> dict[str, str]:
    """Return what a span of a part says of it."""
    about = {"glue.stage": part.stage}
    if part.id:
        about["glue.step"] = part.id
        about["glue.plugin"] = plugin_of(part.id)
    return about


def mark(span: Span, error: BaseException | None) -> None:
    """Say on the span of a call that it failed; a refusal, such as a 404, is no failure."""
    if error is None or (isinstance(error, Problem) and error.status < 500):
        return
    span.set_attribute("error.type", type_of(error))
    span.set_status(Status(StatusCode.ERROR))


def type_of(error: BaseException) -> str:
    """Return the name of an exception's type, with its module where that is not Python's."""
    kind = type(error)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def stack_of(error: BaseException) -> str:
    """Return the traceback of an exception, without credentials."""
    return scrubbed("".join(traceback.format_exception(error)))


def current() -> Recording | None:
    """Return the request that this thread answers, where it is recorded."""
    found = context.get_value(KEY)
    return found if isinstance(found, Recording) else None
