"""Runs the operations of a request one after the other, each through the flow of its target."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import orjson

from glue_core import (
    BadRequest,
    GlueError,
    GlueRequest,
    GlueResponse,
    InnerRun,
    NotFound,
    ServiceUnavailable,
    Settings,
    codes,
    encoded,
)
from glue_json_api import dialect_of, followed_by, jsonapi_member
from glue_json_api_atomic.document import NOTE, PRECONDITIONS, RESULTS, AtomicOperation, Ref
from glue_json_api_atomic.local import LocalIds


class OperationsController:
    """Performs operations in one unit of work: all of them, or none."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def post(self, request: GlueRequest) -> GlueResponse:
        """Perform the operations of the document in their order; the first that fails ends it."""
        lids = LocalIds()
        results: list[dict[str, Any]] = []
        operations: Sequence[AtomicOperation] = request.notes[NOTE]
        for each in operations:
            if time.monotonic() > request.deadline:
                raise ServiceUnavailable("application", "the request took too long")
            outcome = perform(each, request, lids)
            if isinstance(outcome, GlueResponse):
                return outcome
            results.append(outcome)
        if not any(results):
            return GlueResponse.no_content()
        followed = followed_by(request.operation)(request)
        document: dict[str, Any] = {RESULTS: results}
        if dialect_of(request.application, self._settings).jsonapi_member:
            document["jsonapi"] = jsonapi_member(followed)
        return GlueResponse(content=orjson.dumps(document), format=followed.media_type)


def perform(
    operation: AtomicOperation, request: GlueRequest, lids: LocalIds
) -> dict[str, Any] | GlueResponse:
    """Perform one operation.

    Returns:
        Its result; or the answer to the whole request, where it failed.
    """
    try:
        run = _target(operation, request, lids)
    except (BadRequest, NotFound) as error:
        return _failed(error.status, error.errors, operation)
    response = run.run()
    status = response.http_status or 500
    if status >= 400:
        errors = response.errors or [GlueError(status, message="The operation failed.")]
        if status == 405:
            # The method of the request is allowed; it is the code of the operation that is not.
            status, errors = 422, [replace(each, status=422) for each in errors]
        pointed = [_pointed(each, operation, lids) for each in errors]
        failed = _failed(status, pointed, operation)
        for name in ("retry-after", "www-authenticate"):
            if name in response.meta:
                failed.meta[name] = response.meta[name]
        return failed
    document = _document_of(response)
    if operation.op == "add" and not run.request.operation.is_linkage:
        _remember(operation, run, document, lids)
    return {name: document[name] for name in ("data", "meta") if name in document}


def _failed(status: int, errors: Sequence[GlueError], operation: AtomicOperation) -> GlueResponse:
    start = operation.pointer
    placed = [replace(each, pointer=start + (each.pointer or "")) for each in errors]
    return GlueResponse(http_status=status, errors=placed)


def _pointed(error: GlueError, operation: AtomicOperation, lids: LocalIds) -> GlueError:
    """Say where in the operation an error is."""
    if error.parameter is not None:
        # The one place that has parameters is the address of the target.
        return replace(error, pointer="/href", parameter=None)
    precondition = (error.header or "").lower()
    if precondition in PRECONDITIONS:
        # What is missing cannot be pointed to, so the operation is.
        name = operation.spelled.get(precondition)
        return replace(error, pointer="" if name is None else f"/meta/{name}", header=None)
    if error.pointer is None:
        is_target = error.status == 404 or error.code == codes.METHOD_NOT_ALLOWED
        return replace(error, pointer=operation.target) if is_target else error
    if error.pointer in lids.replaced:
        return replace(error, pointer=error.pointer.removesuffix("id") + "lid")
    return error


def _target(operation: AtomicOperation, request: GlueRequest, lids: LocalIds) -> InnerRun:
    """Make the request that an operation means.

    Raises:
        BadRequest: A local id stands for nothing, or for something already.
        NotFound: There is no such target.
    """
    body = dict(operation.body)
    creates = operation.op == "add"
    data = body.get("data")
    if creates and isinstance(data, dict) and lids.find(data.get("type"), data.get("lid")):
        message = f"An operation before has created the lid {data['lid']!r}."
        raise BadRequest(codes.INVALID_DOCUMENT, message, pointer="/data/lid")
    ref = operation.ref
    if "data" in body:
        is_linkage = ref is not None and ref.relationship is not None
        is_new = creates and not is_linkage
        body["data"] = lids.resolved(data, creates=is_new)
    if operation.href is not None:
        address = _address_of(operation.href, request)
    else:
        assert ref is not None
        address = _path_of(ref, operation, request, lids)
    content = orjson.dumps(body) if body else b""
    run = request.inside(operation.method, address, content, operation.preconditions)
    inner = run.flow.operation
    if inner.refusal is None and inner.resource is None:
        message = "Operations go to resources and relationships; there is neither."
        raise NotFound(codes.NOT_FOUND, message, pointer=operation.target)
    if operation.preconditions and inner.method == "post" and not inner.is_linkage:
        message = "What an operation creates has no state yet that it could be held against."
        name = next(iter(operation.spelled.values()))
        raise BadRequest(codes.INVALID_DOCUMENT, message, pointer=f"/meta/{name}")
    return run


def _path_of(ref: Ref, operation: AtomicOperation, request: GlueRequest, lids: LocalIds) -> str:
    """Return the path of a target."""
    model = request.operation.model
    place = model.canonical.get(ref.type) if model is not None else None
    if place is None:
        message = f"Operations find no resources of the type {ref.type!r} by their name."
        raise NotFound(codes.NOT_FOUND, message, pointer=f"{operation.target}/type")
    if operation.op == "add" and ref.relationship is None:
        return place.removesuffix("/{id}")
    id_ = ref.id
    if ref.lid is not None:
        id_ = lids.find(ref.type, ref.lid)
    if id_ is None:
        message = f"No operation before has created {ref.type!r} with the lid {ref.lid!r}."
        raise BadRequest(codes.INVALID_DOCUMENT, message, pointer=f"{operation.target}/lid")
    path = place.replace("{id}", encoded(id_))
    if ref.relationship is not None:
        path += f"/relationships/{encoded(ref.relationship)}"
    return path


def _address_of(href: str, request: GlueRequest) -> str:
    """Return path and query of a target by its address.

    Source:
        RFC 3986, section 5: a relative reference starts from where the request went.
    """
    start = request.base_url
    try:
        whole = urljoin(start + request.path, href)
        parts = urlsplit(whole)
    except ValueError as error:
        raise BadRequest(codes.INVALID_DOCUMENT, "This is no address.", pointer="/href") from error
    if not whole.startswith(f"{start}/") or not whole.isascii():
        message = f"The target must be an address below {start}/, percent-encoded."
        raise NotFound(codes.NOT_FOUND, message, pointer="/href")
    if any(name == "include" for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        message = "A result has no place for included resources."
        raise BadRequest(codes.INVALID_PARAMETER, message, pointer="/href")
    return whole[len(start) :].partition("#")[0]


def _document_of(response: GlueResponse) -> dict[str, Any]:
    """Return the document that the target answered with; empty where it has none."""
    if not isinstance(response.content, bytes) or not response.content:
        return {}
    document = orjson.loads(response.content)
    return document if isinstance(document, dict) else {}


def _remember(
    operation: AtomicOperation, run: InnerRun, document: dict[str, Any], lids: LocalIds
) -> None:
    """Remember under its local id what an operation created."""
    sent, shown = operation.body.get("data"), document.get("data")
    if not isinstance(sent, dict) or not isinstance(sent.get("lid"), str):
        return
    id_ = shown.get("id") if isinstance(shown, dict) else run.request.resource.id
    type_ = run.request.operation.type
    if isinstance(id_, str) and type_ is not None:
        lids.add(type_, sent["lid"], id_)
