"""What is put around the parts of an application: spans, as many as the settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any

from opentelemetry import context, trace

from glue_core import WSGI, Flow, GlueRequest, GlueResponse, Part, WrapPart
from glue_opentelemetry.incoming import Incoming, incoming_of
from glue_opentelemetry.recording import Recording, current, mark
from glue_opentelemetry.telemetry import Telemetry

Call = Callable[..., Any]

CALLS = ("control", "write", "load", "commit")
"""Parts that are one call: each has a span of its own, whether stages are told of or steps."""
UNTOLD = ("choose", "publish")


def wrapper_of(telemetry: Telemetry, application: str | None, table: Mapping[str, Any]) -> WrapPart:
    """Return what wraps the parts of one application.

    Args:
        telemetry: Where spans and metrics go.
        application: Name of the application, or None for the host.
        table: The table ``[plugins.opentelemetry]`` of the settings.
    """
    incoming = incoming_of(table["incoming"])
    spans: str = table["spans"]

    def wrap(part: Part, call: Call) -> Call:
        if part.stage == "request":
            return _request(call, telemetry, application, incoming, measured=table["metrics"])
        if part.stage == "run":
            return _run(call, part)
        if part.stage == "fail":
            return _fail(call)
        if spans == "request" or part.stage in UNTOLD:
            return call
        if part.stage in CALLS:
            named = part.stage == "load" or spans == "steps"
            return _alone(
                call, part, f"{part.stage} {part.id}" if named and part.id else part.stage
            )
        if spans == "steps":
            return _alone(call, part, f"{part.stage} {part.id}")
        return _in_stage(call, part)

    return wrap


def _request(
    wsgi: WSGI,
    telemetry: Telemetry,
    application: str | None,
    incoming: Incoming,
    *,
    measured: bool,
) -> WSGI:
    """Record each request from its first byte to the last of its answer."""

    def answer(environ: dict[str, Any], start_response: Call) -> Iterable[bytes]:
        recording = Recording(
            telemetry.instruments, environ, application, incoming, measured=measured
        )

        def start(status: str, headers: list[tuple[str, str]], *failed: Any) -> Any:
            recording.answered(int(status.partition(" ")[0]))
            return start_response(status, headers, *failed)

        token = context.attach(recording.context)
        try:
            body = wsgi(environ, start)
        except BaseException as error:
            recording.answered(500)
            recording.failed(error)
            recording.end()
            raise
        finally:
            context.detach(token)
        return _Recorded(body, recording)

    return answer


class _Recorded:
    """A body whose request is current while parts of it are made, and ends when it is closed.

    A server may take the parts in another thread than the one that it asked in, so the span is
    current for each part anew.
    """

    def __init__(self, body: Iterable[bytes], recording: Recording) -> None:
        self._body = body
        self._recording = recording
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        if isinstance(self._body, (list, tuple)):
            yield from self._body
            return
        recording = self._recording
        parts = iter(self._body)
        while True:
            token = context.attach(recording.context)
            try:
                part = next(parts, None)
            except BaseException as error:
                recording.broke(error)
                raise
            finally:
                context.detach(token)
            if part is None:
                return
            yield part

    def close(self) -> None:
        """Close the body, and end the span, once."""
        if not self._is_open:
            return
        self._is_open = False
        token = context.attach(self._recording.context)
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            context.detach(token)
            self._recording.end()


def _run(call: Call, part: Part) -> Call:
    """Tell the span of the request which operation answers."""

    def run(flow: Flow, request: GlueRequest, failed: Exception | None = None) -> GlueResponse:
        recording = current()
        if recording is not None:
            recording.matched(flow, request, part.id)
        try:
            response: GlueResponse = call(flow, request, failed)
        finally:
            if recording is not None:
                recording.leave_stage()
        return response

    return run


def _fail(call: Call) -> Call:
    """Tell the span of the request what went wrong, where that is the fault of the server."""

    def fail(flow: Flow, error: Exception, request: GlueRequest) -> GlueResponse:
        response: GlueResponse = call(flow, error, request)
        recording = current()
        if recording is not None and (response.http_status or 500) >= 500:
            recording.failed(error)
        return response

    return fail


def _alone(call: Call, part: Part, name: str) -> Call:
    """Put a span around each call."""

    @wraps(call)
    def spanned(*arguments: Any) -> Any:
        recording = current()
        if recording is None or not recording.is_recording:
            return call(*arguments)
        with recording.nested(name, part):
            return call(*arguments)

    return spanned


def _in_stage(call: Call, part: Part) -> Call:
    """Put all steps of a stage into one span."""
    name = part.stage

    @wraps(call)
    def step(*arguments: Any) -> Any:
        recording = current()
        if recording is None or not recording.is_recording or recording.inside:
            return call(*arguments)
        span = recording.stage(name)
        token = context.attach(trace.set_span_in_context(span))
        recording.inside = True
        try:
            return call(*arguments)
        except Exception as error:
            mark(span, error)
            raise
        finally:
            recording.inside = False
            context.detach(token)

    return step
