"""The flow of a request, compiled for each application, convention and operation.

Top to bottom: build, validate, verdict, validate routed, control, format, write, commit.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from glue_core.convention import Writer
from glue_core.errors import Problem, ServiceUnavailable
from glue_core.formatting import LOG, failure
from glue_core.lanes import EVERYTHING, NO_LANES, Lanes
from glue_core.messages import GlueRequest, GlueRequestValidation, GlueResponse
from glue_core.openapi.fragment import Content, Describe
from glue_core.operation import DEFAULT_STATUSES, Operation
from glue_core.request_id import SCENE
from glue_core.step import Build, Format, Handler, Parameter, Validate, ValidateRouted
from glue_core.validation import KnownParameters, refused, status_of
from glue_core.variants import Stores
from glue_core.versions import Versions

CONTROLLER, WRITE = "controller", "write"
"""Stages that no stack has: what answers, and the convention."""

NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of a compiled flow, for people.

    Attributes:
        stage: Where in the flow it stands: a hook without ``glue_``, `CONTROLLER` or `WRITE`.
        id: Id of the contribution.
        party: Distribution, version and place.
        reason: Why it stands there.
        bound: Whether the operation has a use for it.
    """

    stage: str
    id: str
    party: str
    reason: str
    bound: bool


@dataclass(frozen=True, slots=True)
class Flow:
    """What runs for one operation of one application under one convention.

    Attributes:
        operation: The operation; a refusal is one.
        builders: Fill the request in.
        validators: Look at it before the verdict.
        known: The query parameters that anybody reads; None on a refusal.
        routed_validators: Look at it after the verdict.
        controller: Answers, with its wrappers around it.
        formatters: Change the response, whatever it is.
        writer: Writes the convention's document.
        finishers: Look at an answer once its document is written.
        versions: The flows of all versions, where the operation declares some; this is the newest.
        stores: The flows of single stores, where declarations vary by store; this is the others'.
        trace: The steps with who contributed them.
        order: What runs, first to last: stacks with their names for people, and what has no stack.
        parts: The fields that hold the steps of a stack, with its hook.
        reads: Query parameters of the handler, and of the steps that describe nothing themselves.
        describers: What describes the steps to the documentation, behind the ids of the steps.
        lanes: Which of the steps run for requests that have, or have not, what steps look at; none
            where every request runs all.
        looks_at: Where a WSGI environment has the headers that steps look at, and what a request
            has that has one.
        status: Status of success; that of the operation unless it is given.
        failures_as: Documents of failures that nobody foresaw, by media type, where the flow writes
            them itself; none where the convention does.
        refuses_queries: Whether a query that cannot be read is refused.
    """

    order: ClassVar[tuple[tuple[str | None, str], ...]] = (
        ("glue_request_builders", "build"),
        ("glue_request_validators", "validate"),
        (None, "verdict"),
        ("glue_request_after_routing_validators", "validate routed"),
        ("glue_controller_wrappers", "wrap"),
        (None, "controller"),
        ("glue_response_formatters", "format"),
        (None, "write"),
        ("glue_response_finishers", "finish"),
        (None, "commit"),
    )
    parts: ClassVar[Mapping[str, str]] = {
        "builders": "glue_request_builders",
        "validators": "glue_request_validators",
        "routed_validators": "glue_request_after_routing_validators",
        "formatters": "glue_response_formatters",
        "finishers": "glue_response_finishers",
    }
    failures_as: ClassVar[Content] = {}
    refuses_queries: ClassVar[bool] = True

    operation: Operation
    builders: tuple[Build, ...]
    validators: tuple[Validate, ...]
    known: KnownParameters | None
    routed_validators: tuple[ValidateRouted, ...]
    controller: Handler
    formatters: tuple[Format, ...]
    writer: Writer
    finishers: tuple[Format, ...] = ()
    trace: tuple[Trace, ...] = ()
    versions: Versions[Flow] | None = None
    stores: Stores[Flow] | None = None
    reads: tuple[Parameter, ...] = ()
    describers: tuple[tuple[str, Describe], ...] = ()
    lanes: Lanes = field(default_factory=lambda: NO_LANES)
    looks_at: Mapping[str, int] = field(default_factory=dict)
    status: int = 0

    def __post_init__(self) -> None:
        if not self.status:
            status = self.operation.status or DEFAULT_STATUSES[self.operation.method]
            object.__setattr__(self, "status", status)

    def run(self, request: GlueRequest, failed: Exception | None = None) -> GlueResponse:
        """Answer a request: the response is written, and what it did is durable.

        Nothing that a plugin does makes it raise. A status of 400 or more undoes the unit of work.

        Args:
            request: The request.
            failed: Why there is nothing to answer but this, or None.
        """
        flow, answered = self, None
        try:
            if failed is not None:
                raise failed
            if self.stores is not None:
                flow = self.chosen(request)
                SCENE.set((*SCENE.get()[:3], flow, request.resource.route))
            response = answered = flow.answer(request)
            flow.write(response, request)
            if time.monotonic() > request.deadline:
                raise ServiceUnavailable("application", "the request took too long")
        except Exception as error:
            if answered is not None and answered.errors and flow.known is None:
                # Where nothing is, a step that fails for want of it changes nothing of that.
                LOG.error("Request %s: a step failed", request.id, exc_info=error)
                error = Problem(answered.http_status or NOT_FOUND, answered.errors)
            response = flow.fail(error, request)
        if request.uses_work:
            response = flow._finish(response, request)
        return response

    def chosen(self, request: GlueRequest) -> Flow:
        """Return the flow of the request's store, and tell the request."""
        if self.stores is None:
            return self
        flow = self.stores.select(request, self)
        if flow is not self:
            # What the request has was looked for by the names that steps of this flow look at.
            request.lane = EVERYTHING
        request.operation = flow.operation
        request.resource.method = flow.operation.method
        return flow

    def varying(self, stores: Stores[Flow]) -> Flow:
        """Return this flow with those of single stores."""
        return replace(self, stores=stores)

    def answer(self, request: GlueRequest) -> GlueResponse:
        """Run the steps up to the controller; re-entrant, and it may raise."""
        lane = self.lanes[request.lane] if self.lanes else self
        for build in lane.builders:
            build(request)
        for validate in lane.validators:
            found = validate(request)
            if found is not None and not found.is_valid:
                return refused(found)
        if self.known is None:
            return self.controller(request)
        if request.parameters_string:
            self.known.check(request)
        if request.errors:
            errors = tuple(request.errors)
            return refused(GlueRequestValidation(False, status_of(errors), errors))
        for validate_routed in lane.routed_validators:
            found = validate_routed(request, request.resource)
            if found is not None and not found.is_valid:
                return refused(found)
        return self.controller(request)

    def write(self, response: GlueResponse, request: GlueRequest) -> None:
        """Format a response and write its document."""
        lane = self.lanes[request.lane] if self.lanes else self
        for format_ in lane.formatters:
            format_(response, request)
        if response.http_status is None:
            response.http_status = status_of(response.errors) if response.errors else self.status
        if response.content is None and response.http_status not in (204, 304):
            self.writer(response, request)
        for finish in lane.finishers:
            finish(response, request)
        values = "".join(response.meta.values())
        if "\n" in values or "\r" in values:
            name = _unfit_headers(response)[0]
            raise ValueError(f"The response header {name!r} has a line break in its value.")

    def fail(self, error: Exception, request: GlueRequest) -> GlueResponse:
        """Make the written response of an exception; a step that fails again is left out."""
        response = failure(error, request)
        lane = self.lanes[request.lane] if self.lanes else self
        for format_ in lane.formatters:
            try:
                format_(response, request)
            except Exception as another:
                if another is not error and type(another) is not type(error):
                    LOG.error("Request %s: a formatter failed", request.id, exc_info=another)
        try:
            response.content = None
            self.writer(response, request)
        except Exception as another:
            LOG.error("Request %s: the writer failed", request.id, exc_info=another)
            response.content = b""
            response.format = None
        for finish in lane.finishers:
            try:
                finish(response, request)
            except Exception as another:
                if another is not error and type(another) is not type(error):
                    LOG.error("Request %s: a finisher failed", request.id, exc_info=another)
        values = "".join(response.meta.values())
        if "\n" in values or "\r" in values:
            for name in _unfit_headers(response):
                del response.meta[name]
        return response

    def _finish(self, response: GlueResponse, request: GlueRequest) -> GlueResponse:
        """End the unit of work: commit a success, undo anything else."""
        work: Any = request.work
        try:
            if (response.http_status or 500) < 400:
                work.commit()
            else:
                work.rollback()
        except Exception as error:
            response = self.fail(error, request)
        finally:
            try:
                work.close()
            except Exception as error:
                LOG.error("Request %s: closing the work failed", request.id, exc_info=error)
        return response


def _unfit_headers(response: GlueResponse) -> list[str]:
    """Name the headers that would split the response in two."""
    return [name for name, value in response.meta.items() if "\n" in value or "\r" in value]
