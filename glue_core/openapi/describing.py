"""Describing one compiled operation: the parts of everybody who reads or writes some of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from glue_core import codes
from glue_core.convention import Convention, IgnoresParameters, RewritesErrors
from glue_core.errors import ConfigurationError
from glue_core.flow import CONTROLLER, WRITE
from glue_core.openapi.fragment import (
    Content,
    Fragment,
    JsonSchema,
    RequestParameter,
    ResponseHeader,
    any_of,
)
from glue_core.operation import ErrorCode
from glue_core.registry.discovery import CORE

if TYPE_CHECKING:
    from glue_core.flow import Flow
    from glue_core.openapi.view import View

NO_BODY = frozenset({204, 304})

ANYTHING = "*/*"
"""Media type of an answer of which nobody says what it is."""

DEFAULT = 0
"""Stands for every status that is not listed: ``default`` in the document."""

# What every operation may answer: the flow itself does, whatever runs in it.
FAILED = ErrorCode(500, codes.INTERNAL_ERROR, "Something went wrong on the server.")
UNAVAILABLE = ErrorCode(
    503, codes.SERVICE_UNAVAILABLE, "A service that the request needs is unavailable."
)

UNKNOWN_PARAMETER = ErrorCode(400, codes.UNKNOWN_PARAMETER, "A query parameter is not known here.")
INVALID_PARAMETER = ErrorCode(400, codes.INVALID_PARAMETER, "A query parameter is wrong.")
INVALID_PATH = ErrorCode(400, codes.INVALID_PATH, "The path is no UTF-8 text, or has a NUL.")
TOO_LARGE = ErrorCode(413, codes.BODY_TOO_LARGE, "The body is larger than the limit.")
UNREADABLE = ErrorCode(400, codes.MALFORMED_BODY, "The body ended early, or is malformed.")
NOT_FOUND = ErrorCode(404, codes.NOT_FOUND, "Not found")


@dataclass(slots=True)
class Described:
    """All that is known of one compiled operation.

    Attributes:
        status: Status of success.
        parameters: What is read, by place and name.
        body: Documents of bodies, by media type.
        body_required: Whether a request without a body is refused.
        answers: Documents of answers by status and media type; the error documents among them.
        notes: Sentences about answers, by status.
        errors: Errors by status.
        headers: Headers of answers by status and name.
        told: All that is said of errors, behind the id of who says it.
    """

    status: int
    parameters: dict[tuple[str, str], RequestParameter] = field(default_factory=dict)
    body: dict[str, JsonSchema] = field(default_factory=dict)
    body_required: bool = False
    answers: dict[int, dict[str, JsonSchema]] = field(default_factory=dict)
    notes: dict[int, str] = field(default_factory=dict)
    errors: dict[int, list[ErrorCode]] = field(default_factory=dict)
    headers: dict[int, dict[str, ResponseHeader]] = field(default_factory=dict)
    told: list[tuple[str, ErrorCode]] = field(default_factory=list)


def describe(flow: Flow, view: View) -> Described:
    """Put together what everybody says of a compiled operation.

    What is said later stands: the steps in their order, the convention, and the operation itself,
    whose handler knows best.

    Args:
        flow: The compiled operation; no refusal.
        view: For whom it is.
    """
    operation = flow.operation
    described = Described(flow.status)
    ids = {each.stage: each.id for each in flow.trace}
    answers = ids.get(CONTROLLER, CORE)
    said = [(answers, Fragment(errors=operation.errors))]
    said += [(CORE, each) for each in _own(flow, view)]
    said += [(id_, each(operation, view)) for id_, each in flow.describers]
    if operation.spoken is not None:
        said.append((ids.get(WRITE, CORE), operation.spoken.describe(operation, view)))
    if operation.describe is not None:
        said.append((answers, operation.describe(operation, view)))
    fragments = [each for _, each in said]
    for id_, each in said:
        if not isinstance(each, Fragment):
            raise ConfigurationError(
                f"{operation.contribution_name!r} of {operation.application!r} cannot be "
                f"documented: one of its steps, its convention or itself describes {each!r}.\n"
                f"Return a glue_core.Fragment from each 'describe'."
            )
        _take(described, each, operation.spoken)
        described.told += [(id_, error) for error in each.errors]
    own: dict[str, JsonSchema] = {}
    if operation.resource is None and operation.describe is None:
        # The handler writes the body, and nobody says what it is.
        own = {ANYTHING: {}}
    described.answers.setdefault(described.status, own)
    for status in NO_BODY & described.answers.keys():
        described.answers[status] = {}
    errors_as: dict[str, JsonSchema] = {}
    for each in fragments:
        _put_together(errors_as, each.errors_as)
    for each in fragments:
        for status in {_shown(error, operation.spoken).status for error in each.errors}:
            written = described.answers.setdefault(status, {})
            _put_together(written, each.own_errors_as or errors_as)
    for status in (each for fragment in fragments for each in fragment.shown_at):
        shown = described.answers.setdefault(status, {})
        for media_type, schema in described.answers[described.status].items():
            other = [shown[media_type]] if media_type in shown else []
            shown[media_type] = any_of([schema, *other])
    successes = [status for status in described.answers if DEFAULT < status < 300]
    for note in filter(None, (each.forwards for each in fragments)):
        described.answers[DEFAULT], described.notes[DEFAULT] = dict(errors_as), note
    for header in (each for fragment in fragments for each in fragment.headers):
        for status in header.statuses or successes:
            if status in described.answers:
                described.headers.setdefault(status, {})[header.name] = header
    return described


def refused_with(flow: Flow, view: View) -> Iterator[tuple[str, ErrorCode]]:
    """Yield the errors of a compiled refusal, behind the id of who says so.

    Args:
        flow: The refusal.
        view: For whom it is.
    """
    refused = next((each.id for each in flow.trace if each.stage == CONTROLLER), CORE)
    yield from ((refused, error) for error in flow.operation.errors)
    for id_, each in flow.describers:
        yield from ((id_, error) for error in each(flow.operation, view).errors)


def _put_together(found: dict[str, JsonSchema], more: Content) -> None:
    """Add documents to others: those of one media type are any of both."""
    for media_type, schema in more.items():
        known = [found[media_type]] if media_type in found else []
        found[media_type] = any_of([*known, schema])


def _shown(error: ErrorCode, spoken: Convention | None) -> ErrorCode:
    """Return an error as the convention answers it."""
    return spoken.shown_as(error) if isinstance(spoken, RewritesErrors) else error


def _take(described: Described, fragment: Fragment, spoken: Convention | None) -> None:
    for parameter in fragment.parameters:
        described.parameters[parameter.place, parameter.name] = parameter
    if fragment.body:
        described.body.update(fragment.body)
        described.body_required = fragment.body_required
    for answer in fragment.answers:
        status = described.status if answer.status is None else answer.status
        if answer.content or status not in described.answers:
            described.answers[status] = dict(answer.content)
        if answer.description:
            described.notes[status] = answer.description
    for declared in fragment.errors:
        error = _shown(declared, spoken)
        listed = described.errors.setdefault(error.status, [])
        known = {(each.code, each.message if each.code is None else "") for each in listed}
        if (error.code, error.message if error.code is None else "") not in known:
            listed.append(error)


def _own(flow: Flow, view: View) -> Iterator[Fragment]:
    """Describe what the flow itself reads and may answer."""
    operation = flow.operation
    parent = operation.parent
    asked_first = (*operation.current_errors, *(parent.errors if parent is not None else ()))
    yield Fragment(
        tuple(map(RequestParameter.of, flow.reads)),
        errors=(*asked_first, *_own_errors(flow, view), UNAVAILABLE),
    )
    # What the flow writes itself has no member for a code.
    failed = replace(FAILED, code=None) if flow.failures_as else FAILED
    yield Fragment(errors=(failed,), own_errors_as=flow.failures_as)


def _own_errors(flow: Flow, view: View) -> Iterator[ErrorCode]:
    operation = flow.operation
    if flow.refuses_queries:
        yield INVALID_PARAMETER
    ignores = operation.is_raw
    if isinstance(operation.spoken, IgnoresParameters):
        ignores = ignores or _ignores_all(operation.spoken, flow, view)
    if not ignores:
        yield UNKNOWN_PARAMETER
    if "{" in operation.path:
        yield INVALID_PATH
        yield NOT_FOUND
    if operation.http_method in ("POST", "PATCH", "PUT"):
        yield TOO_LARGE
        yield UNREADABLE


def _ignores_all(convention: IgnoresParameters, flow: Flow, view: View) -> bool:
    ignored = convention.ignores(flow.operation, view.settings)
    # No name is more the specification's own than one of small letters.
    return ignored is not None and ignored("unknown")
