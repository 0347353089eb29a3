"""Conditional requests: entity tags on what is read, and preconditions of what is written.

A tag of a resource has two parts, ``"<state>-<representation>"``. Reading again compares the whole
tag, so another projection of the same resource is another answer. Writing compares the state
alone, so any tag that a client got for a resource is good for a change of it, whatever it had asked
to see.

Digests tell states and representations apart and keep nobody from anything, so their hash is a
fast one.

Source:
    RFC 9110, sections 8.8.3 and 13.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import orjson
from xxhash import xxh3_64_hexdigest, xxh3_128_hexdigest

from glue_core import codes
from glue_core.errors import ConfigurationError, NotFound, Problem
from glue_core.hookspecs import hookimpl
from glue_core.messages import GlueRequest, GlueResource, GlueResponse
from glue_core.openapi.fragment import Answer, Fragment, RequestParameter, ResponseHeader
from glue_core.operation import ErrorCode, Operation
from glue_core.preconditions import (
    EXISTS,
    INVALID,
    MISSING,
    PRECONDITIONS,
    STATELESS,
    failed,
    one,
)
from glue_core.security.lens import Model
from glue_core.settings import Settings
from glue_core.step import Format, Handler, Step, Wrap

if TYPE_CHECKING:
    from glue_core.openapi.view import View

ANY = "*"

_NAMES = tuple((each.lower(), each) for each in PRECONDITIONS)

# A state of these characters stands in the tag as it is; the hyphen ends it.
_PLAIN = re.compile(r"[A-Za-z0-9_.:+]{1,64}")
_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*(?:,|$)')


def read_tags(header: str) -> tuple[tuple[bool, str], ...]:
    """Read a list of entity tags.

    Returns:
        For each tag whether it is weak, and what stands in its quotes; nothing where the list is
        not written as it must be.
    """
    found = []
    position = 0
    while position < len(header):
        match = _TAG.match(header, position)
        if match is None:
            return ()
        found.append((match[1] is not None, match[2]))
        position = match.end()
    return tuple(found)


def state_of(model: Model, resource: GlueResource, request: GlueRequest) -> str | None:
    """Return the state of a resource as its tag says it; None where nothing of it is known.

    It is the version that its type declares, else a digest of every attribute that the caller may
    see, whichever of them the request asked for.
    """
    type_ = resource.type
    if type_ is None or resource.attributes is None:
        return None
    # One that was asked for before is there.
    lens = model.lenses.get((type_, request.grants))
    if lens is None:
        if type_ not in model:
            return None
        lens = model.lens(type_, request.grants)
    if lens.version is None:
        shown = orjson.dumps(lens.attributes_of(resource.attributes))
        return xxh3_64_hexdigest(shown)
    version = lens.version(resource.attributes)
    if version is None:
        return None
    text = str(version)
    if _PLAIN.fullmatch(text):
        return text
    return xxh3_64_hexdigest(text.encode())


def fits_state(header: str, state: str | None) -> bool:
    """Say whether ``If-Match`` names a state: by the first part of a strong tag."""
    if header.strip() == ANY:
        return True
    return any(
        not weak and state is not None and opaque.partition("-")[0] == state
        for weak, opaque in read_tags(header)
    )


def names_tag(header: str, tag: str) -> bool:
    """Say whether ``If-None-Match`` names a tag, compared weakly."""
    if header.strip() == ANY:
        return True
    opaque = tag.removeprefix("W/")[1:-1]
    return any(each == opaque for _, each in read_tags(header))


def _entity_tag(settings: Settings, operation: Operation) -> Format | None:
    if (
        operation.refusal is not None
        or not settings.application(operation.application)["entity_tags"]
    ):
        return None
    reads = operation.http_method == "GET"
    shows = operation.method in ("post", "patch") and operation.resource is not None
    if not reads and (not shows or operation.is_linkage):
        return None
    model = operation.model if _has_state(operation) else None

    def finish(response: GlueResponse, request: GlueRequest) -> None:
        content = response.content
        if response.http_status not in (200, 201) or content.__class__ is not bytes:
            return
        if "etag" not in response.meta:
            digest, known = xxh3_128_hexdigest(content), None
            if model is not None and not response.is_collection:
                resources = response.resources
                if len(resources) == 1:
                    known = state_of(model, resources[0], request)
            response.meta["etag"] = f'"{digest}"' if known is None else f'"{known}-{digest}"'

    return finish


def _condition(settings: Settings, operation: Operation) -> Format | None:
    """Hold the conditions of a read against the tag of its answer."""
    if operation.http_method != "GET" or _entity_tag(settings, operation) is None:
        return None

    def finish(response: GlueResponse, request: GlueRequest) -> None:
        tag = response.meta.get("etag")
        if (
            tag is None
            or response.http_status not in (200, 201)
            or not isinstance(response.content, bytes)
        ):
            return
        wanted = request.header("if-match")
        if (
            wanted is not None
            and wanted.strip() != ANY
            and (tag.startswith("W/") or (False, tag[1:-1]) not in read_tags(wanted))
        ):
            raise failed("If-Match", INVALID)
        unwanted = request.header("if-none-match")
        if unwanted is not None and names_tag(unwanted, tag):
            response.http_status = 304
            response.content = None
            response.format = None

    return finish


def _has_state(operation: Operation) -> bool:
    """Say whether tags of the one resource that is shown need its state."""
    if operation.method == "getCollection" or operation.resource is None:
        return False
    # Where nobody writes, nobody asks for the state.
    return operation.resource.version is not None or not {"PATCH", "PUT", "DELETE"}.isdisjoint(
        operation.allowed
    )


def _version(operation: Operation) -> Format | None:
    """Show the version of each resource whose type declares one."""
    model = operation.model
    if operation.refusal is not None or model is None or not model.has_versions:
        return None
    lenses = model.lenses

    def format_(response: GlueResponse, request: GlueRequest) -> None:
        if response.errors:
            return
        resources: Sequence[GlueResource] = response.resources
        included = response.included_relationships
        if included:
            resources = (*resources, *included)
        known, version = None, None
        for resource in resources:
            type_, shown, meta = resource.type, resource.attributes, resource.meta
            if type_ is None or shown is None:
                continue
            if type_ != known:
                known, version = type_, lenses[type_, request.grants].version
            value = version(shown) if version is not None else None
            if value is not None:
                if not isinstance(value, (int, str)):
                    value = str(value)
                resource.meta = {**meta, "version": value} if meta else {"version": value}

    return format_


def _precondition(operation: Operation) -> Wrap | None:
    """Hold the preconditions of a write against the present state, in its unit of work."""
    method, resource, model = operation.method, operation.resource, operation.model
    if operation.http_method == "GET" or method == "options":
        return None
    if resource is None or model is None or (method == "post" and not operation.is_linkage):
        return _without_state
    needed = resource.requires_match
    required = method in needed if isinstance(needed, tuple) else needed
    current = operation.current
    if required and current is None:
        raise ConfigurationError(
            f"{operation.contribution_name!r} requires If-Match, and nothing at its place reads "
            f"the state that it would be compared with.\n"
            f"Declare 'get' there, or take 'requires_match' away."
        )
    creates = method == "put"

    def state(request: GlueRequest) -> tuple[bool, str | None]:
        """Return whether something is there, and its state."""
        if current is None:
            return True, None
        try:
            response = current(request)
        except NotFound:
            if creates:
                return False, None
            raise
        if response.errors or (response.http_status or 200) >= 400:
            raise Problem(response.http_status or 404, response.errors)
        if not response.resources:
            return False, None
        return True, state_of(model, response.resources[0], request)

    def wrap(handler: Handler) -> Handler:
        def guarded(request: GlueRequest) -> GlueResponse:
            wanted, unwanted = request.header("if-match"), request.header("if-none-match")
            if wanted is None:
                if required and not (creates and unwanted is not None and unwanted.strip() == ANY):
                    error = one(428, codes.MATCH_REQUIRED, "If-Match", MISSING, "match_required")
                    raise Problem(428, [error])
                if unwanted is None:
                    return handler(request)
            exists, present = state(request)
            if wanted is not None and not (exists and fits_state(wanted, present)):
                raise failed("If-Match", INVALID)
            if wanted is None and exists and unwanted is not None and fits_state(unwanted, present):
                raise failed("If-None-Match", EXISTS)
            return handler(request)

        return guarded

    return wrap


def _without_state(handler: Handler) -> Handler:
    """Refuse preconditions where nothing is that they could be held against.

    Source:
        RFC 9110, section 13.1: a condition must be evaluated before anything is done, so a write
        may not go on as if there were none.
    """

    def guarded(request: GlueRequest) -> GlueResponse:
        if request.header("if-match") is not None:
            raise _stateless("If-Match")
        if request.header("if-none-match") is not None:
            raise _stateless("If-None-Match")
        return handler(request)

    return guarded


def _stateless(header: str) -> Problem:
    """Return the refusal of a precondition where there is no state."""
    return Problem(400, [one(400, codes.INVALID_HEADER, header, STATELESS)])


def _describe_precondition(operation: Operation, view: View) -> Fragment:
    """Describe the preconditions of a write, or that there are none."""
    resource = operation.resource
    if (
        resource is None
        or operation.model is None
        or (operation.method == "post" and not operation.is_linkage)
    ):
        return Fragment(errors=(ErrorCode(400, codes.INVALID_HEADER, STATELESS),))
    needed = resource.requires_match
    required = operation.method in needed if isinstance(needed, tuple) else needed
    match = RequestParameter(
        "If-Match",
        "Entity tags of the state that is to be changed.",
        place="header",
        # A PUT that creates says If-None-Match instead.
        required=required and operation.method != "put",
    )
    none = RequestParameter("If-None-Match", "With '*': nothing may be there yet.", place="header")
    errors = [ErrorCode(412, codes.MATCH_FAILED, INVALID)]
    if required:
        errors.append(ErrorCode(428, codes.MATCH_REQUIRED, MISSING))
    changed = ErrorCode(409, codes.CHANGED_MEANWHILE, "It was changed meanwhile.")
    return Fragment((match, none), errors=(*errors, changed))


def _describe_entity_tag(operation: Operation, view: View) -> Fragment:
    """Describe the tag of an answer, and the conditions of a read."""
    if operation.http_method != "GET":
        tag = ResponseHeader("ETag", "Tag of the state, and of this representation.")
        return Fragment(headers=(tag,))
    tag = ResponseHeader(
        "ETag", "Tag of the state, and of this representation.", statuses=(200, 304)
    )
    match = RequestParameter("If-Match", "Entity tags that the answer must have.", place="header")
    none = RequestParameter(
        "If-None-Match", "Entity tags of answers that the client has.", place="header"
    )
    unchanged = Answer(304, description="The client has it already.")
    return Fragment(
        (match, none),
        (tag,),
        (ErrorCode(412, codes.MATCH_FAILED, INVALID),),
        answers=(unchanged,),
    )


@hookimpl
def glue_controller_wrappers() -> Sequence[Step[Wrap]]:
    """Hold ``If-Match`` and ``If-None-Match`` of writes against what is there."""
    return [Step("precondition", _precondition, describe=_describe_precondition)]


@hookimpl
def glue_response_formatters() -> Sequence[Step[Format]]:
    """Show versions, once the relationships were loaded."""
    return [Step("version", _version, after=("relationships?",))]


@hookimpl
def glue_response_finishers(settings: Settings) -> Sequence[Step[Format]]:
    """Tag what is read, and answer 304 where the client has it already."""

    def tag(operation: Operation) -> Format | None:
        return _entity_tag(settings, operation)

    def condition(operation: Operation) -> Format | None:
        return _condition(settings, operation)

    conditions = tuple(name for name, _ in _NAMES)
    return [
        Step("entity-tag", tag, describe=_describe_entity_tag),
        Step("condition", condition, after=("entity-tag",), only_with=conditions),
    ]
