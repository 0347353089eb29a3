"""Authorization: the steps that hold a request against who asks, and what leaves as well.

Credentials are checked before Glue says whether a path exists, and who may not call an operation
learns nothing of what is wrong with the request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from glue_core import codes
from glue_core.errors import Forbidden, NotFound
from glue_core.hookspecs import hookimpl
from glue_core.messages import (
    NOBODY,
    GlueError,
    GlueFilter,
    GlueRequest,
    GlueRequestValidation,
    GlueResource,
    GlueResponse,
    grants_of,
)
from glue_core.openapi.fragment import Fragment, ResponseHeader
from glue_core.operation import ErrorCode, Operation
from glue_core.security.protection import BUILT_IN, Strategy
from glue_core.step import Handler, Step, Validate, ValidateRouted

if TYPE_CHECKING:
    from glue_core.openapi.view import View

CHANGES_ONE = frozenset({"patch", "put", "delete"})
NOT_FOUND = "Not found"
JUDGED = "authorization"
"""Name in ``request.notes`` of the operation whose caller was judged already."""


def path_of_request(request: GlueRequest) -> str:
    """Return the path as Glue understood it, for protected paths: ids are encoded, one slash each.

    What a client writes otherwise, with an encoded slash or a slash too many, leads to the same
    text as long as it leads to the same place.
    """
    if request.operation.is_template or request.operation.is_linkage:
        return "/" + request.path.strip("/")
    parts = []
    for resource in (*request.parent_resources, request.resource):
        parts.append(resource.type or "")
        if resource.id is not None:
            parts.append(quote(resource.id, safe=""))
    return "/" + "/".join(parts)


def _authentication(operation: Operation) -> Validate | None:
    """Refuse credentials that prove nothing, whatever the path."""
    access = operation.access
    if access is None or not access.headers or not operation.protection_asks:
        return None

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        # Reading them raises the refusal.
        request.grants = grants_of(request.identities)
        return None

    return validate


def _credentials(operation: Operation) -> tuple[str, ...]:
    """Return the headers by which somebody proves who asks; without them nobody does."""
    return () if operation.access is None else operation.access.headers


def _judge(operation: Operation) -> Validate | None:
    """Return what says whether the caller may, and whether for the caller there is anything."""
    access, model = operation.access, operation.model
    if access is None:
        return None
    of_parent = None
    if operation.parent is not None:
        parent = replace(operation.parent, access=access, model=model, refusal=None)
        of_parent = _judge(parent)
    own = access.protection_of(operation)
    allows = access.guard(own)
    paths = access.rules.paths if operation.refusal is None else ()
    guarded = tuple((each, access.guard(each.protection)) for each in paths)
    exists = _existence(operation)
    if own.is_public and not paths and exists is None:
        return of_parent

    # A relationship that is hidden is one that nobody has, also for who would have to log in.
    is_shown = None if operation.relationship is None else exists
    if own.is_public and not paths and of_parent is None and exists is not None:
        return lambda request: None if exists(request.grants) else _unknown()

    def judge(request: GlueRequest) -> GlueRequestValidation | None:
        refused = of_parent(request) if of_parent is not None else None
        if refused is not None:
            return refused
        grants = request.grants
        if is_shown is not None and not is_shown(grants):
            return _unknown()
        if not allows(request, grants):
            return access.refusal(own, request)
        # A strategy that was asked may have found out more of who asks.
        grants = request.grants
        if guarded:
            path = path_of_request(request)
            for each, lets_in in guarded:
                if each.fits(request.method, path) and not lets_in(request, grants):
                    return access.refusal(each.protection, request)
        return None if exists is None or exists(grants) else _unknown()

    return judge


def _unknown() -> GlueRequestValidation:
    """Return the refusal of a place that for the caller nobody has declared: an unknown path."""
    error = GlueError(status=404, code=codes.NOT_FOUND, message=NOT_FOUND)
    return GlueRequestValidation(False, 404, (error,))


def exists_for(operation: Operation, grants: frozenset[str]) -> bool:
    """Say whether for who holds these grants a compiled operation is declared at all."""
    exists = _existence(operation)
    return exists is None or exists(grants)


def _existence(operation: Operation) -> Callable[[frozenset[str]], bool] | None:
    """Return what says for whom a place is one, by their grants; None where it is for everybody."""
    access, model = operation.access, operation.model
    if access is None or model is None or not model.has_policies:
        return None
    lenses = model.lenses
    if operation.relationship is not None:
        source, name = operation.relationship.source, operation.relationship.name
        if source not in model:
            return None
        return lambda grants: name in lenses[source, grants].relationships
    type_ = operation.type or operation.refused_type
    if type_ is None or type_ not in model or not access.has_policies:
        return None
    reads = operation.refusal is None and operation.http_method == "GET"
    writes = operation.refusal is None and not reads

    def exists(grants: frozenset[str]) -> bool:
        lens = lenses[type_, grants]
        if reads:
            return lens.is_readable
        return lens.is_changeable or (not writes and lens.is_readable)

    return exists


def _authorization_first(operation: Operation) -> Validate | None:
    """Refuse who may not call an operation before anything of the request is judged."""
    judge = _judge(operation)
    if judge is None:
        return None

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        request.notes[JUDGED] = operation
        return judge(request)

    return validate


def _first_of_nobody(operation: Operation) -> Validate | None:
    """Judge a request without credentials, where what is public for nobody is not so by itself."""
    if _is_open(operation):
        return None
    return _authorization_first(operation)


def _authorization_of_nobody(operation: Operation) -> ValidateRouted | None:
    model, type_ = operation.model, operation.type
    if _is_open(operation) and (
        model is None
        or type_ is None
        or type_ not in model
        or not model.lens(type_, NOBODY).criteria
    ):
        return None
    return _authorization(operation)


def _is_open(operation: Operation) -> bool:
    """Say whether who proves nothing may call an operation, whatever the request."""
    access = operation.access
    if access is None or operation.parent is not None:
        return False
    paths = access.rules.paths if operation.refusal is None else ()
    if paths or not access.protection_of(operation).is_public:
        return False
    exists = _existence(operation)
    return exists is None or exists(NOBODY)


def _authorization(operation: Operation) -> ValidateRouted | None:
    """Keep to the resources that the caller may know; judge what is fetched for another place."""
    if operation.refusal is not None or operation.access is None:
        return None
    judge = _judge(operation)
    model, type_ = operation.model, operation.type
    if not operation.access.has_policies or model is None or type_ is None or type_ not in model:
        model = None
    if judge is None and model is None:
        return None
    lenses = None if model is None else model.lenses

    def validate(request: GlueRequest, resource: GlueResource) -> GlueRequestValidation | None:
        if judge is not None and request.notes.get(JUDGED) is not operation:
            refused = judge(request)
            if refused is not None:
                return refused
        if lenses is not None and type_ is not None:
            for criterion in lenses[type_, request.grants].criteria:
                value = criterion.value(request)
                if value is not None:
                    request.filters += (GlueFilter(type_, criterion.filter_name, str(value)),)
        return None

    return validate


def admitted(handler: Handler, operation: Operation) -> Handler:
    """Hold what a controller shows or changes against the criteria of whoever asks.

    Args:
        handler: The controller with its wrappers.
        operation: The compiled operation.
    """
    access, model, type_ = operation.access, operation.model, operation.type
    if access is None or not access.has_policies or model is None or type_ is None:
        return handler
    if type_ not in model or operation.relationship is not None:
        # What a relationship leads to was held against the criteria when it was loaded.
        return handler
    changes = operation.method in CHANGES_ONE
    creates = operation.method == "post"
    filters = frozenset(map(operation.handled, operation.filters))
    current = operation.current
    lenses = model.lenses

    def guard(request: GlueRequest) -> GlueResponse:
        lens = lenses[type_, request.grants]
        criteria = lens.criteria
        if changes and (criteria or lens.change_criteria):
            if current is None:
                raise Forbidden(None, "Forbidden.", kind="forbidden")
            # It is not there for who may not see it, in the words of its own place.
            for each in current(request).resources:
                if not all(one.admits(each.attributes, request) for one in lens.change_criteria):
                    raise Forbidden(None, "Forbidden.", kind="forbidden")
        response = handler(request)
        if creates:
            criteria += lens.change_criteria
        if not criteria:
            return response
        kept = [
            each
            for each in response.resources
            if each.type != type_ or all(one.admits(each.attributes, request) for one in criteria)
        ]
        if len(kept) != len(response.resources):
            if creates:
                raise Forbidden(None, "Forbidden.", kind="forbidden")
            if not response.is_collection:
                raise missing(operation)
        if response.pagination is not None and (
            len(kept) != len(response.resources)
            or any(each.filter_name not in filters for each in criteria)
        ):
            # The controller did not count by the criteria, so its total would tell of others.
            response.pagination.total = None
        response.resources = kept
        return response

    return guard


def missing(operation: Operation) -> NotFound:
    """Return the answer of an operation to an id that nobody has."""
    declared = [each for each in operation.errors if each.status == 404]
    if len(declared) == 1:
        return NotFound(declared[0].code, declared[0].message)
    return NotFound(codes.NOT_FOUND, NOT_FOUND)


def _identifying(operation: Operation) -> tuple[str, ...]:
    """Return the headers that say who asks, as they are usually spelled."""
    return tuple(
        "-".join(part.capitalize() for part in each.split("-")) for each in _credentials(operation)
    )


def _describe_authentication(operation: Operation, view: View) -> Fragment:
    """Describe the answers to credentials that prove nothing."""
    assert operation.access is not None
    errors = [error for reader in operation.access.readers for error in reader.errors]
    if not errors:
        errors = [ErrorCode(401, None, "The credentials prove nothing.")]
    if len(operation.access.headers) > 1:
        errors.append(ErrorCode(400, codes.TWO_IDENTITIES, "Two headers name two callers."))
    challenge = ResponseHeader("WWW-Authenticate", "What is asked for.", statuses=(401,))
    return Fragment(headers=(challenge,), errors=tuple(errors))


def _describe_authorization(operation: Operation, view: View) -> Fragment:
    """Describe the refusals of those who may not."""
    access = operation.access
    assert access is not None
    errors: list[ErrorCode] = []
    for guard in access.protections_of(operation):
        if not guard.is_public:
            errors += access.refusals_of(guard)
    if _existence(operation) is not None:
        errors.append(ErrorCode(404, codes.NOT_FOUND, NOT_FOUND))
    return Fragment(errors=tuple(errors))


@hookimpl
def glue_request_validators() -> Sequence[Step[Validate]]:
    """Check credentials, and what they allow, before anything else is judged."""
    return [
        Step(
            "authentication",
            _authentication,
            before=("authorization",),
            describe=_describe_authentication,
            only_with=_credentials,
            varies=_identifying,
        ),
        Step(
            "authorization",
            _authorization_first,
            describe=_describe_authorization,
            only_with=_credentials,
            otherwise=_first_of_nobody,
        ),
    ]


@hookimpl
def glue_request_after_routing_validators() -> Sequence[Step[ValidateRouted]]:
    """Keep to what the caller may know, before the body is looked at."""
    return [
        Step(
            "authorized-resources",
            _authorization,
            before=("attributes?",),
            only_with=_credentials,
            otherwise=_authorization_of_nobody,
        )
    ]


@hookimpl
def glue_authorization_strategies() -> Sequence[Strategy]:
    """Provide the strategies that need nothing but a token."""
    return BUILT_IN
