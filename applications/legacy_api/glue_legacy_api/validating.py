"""REST validators: the checks of the old application, in its order and its words."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from glue_core import (
    GlueError,
    GlueRequest,
    GlueRequestValidation,
    Operation,
    Problem,
    Validate,
    is_known,
)
from glue_legacy_api.messages import worded
from glue_legacy_api.requests import BODY_NOTE, WRITES

BAD_BODY = "Post data is invalid."
WRONG_TYPE = "Invalid type."
NO_ID = "Resource id is not specified."
CHANGES = frozenset({"patch", "put", "delete"})


def check_body(operation: Operation) -> Validate | None:
    """Refuse a write without JSON, ``data.type`` or ``data.attributes``, or of another type."""
    if operation.type is None or operation.method not in WRITES or operation.is_raw:
        return None
    type_ = operation.type
    invalid, other = _one(400, BAD_BODY), _one(400, WRONG_TYPE)

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        document = request.notes.get(BODY_NOTE)
        data = document.get("data") if isinstance(document, dict) else None
        if not isinstance(data, dict) or not data.get("type"):
            return invalid
        if not isinstance(data.get("attributes"), dict):
            return invalid
        return None if data["type"] == type_ else other

    return validate


def check_ids(operation: Operation) -> Validate | None:
    """Refuse a change whose path lacks an id, its own or that of a parent."""
    if operation.refusal is not None or operation.is_template or operation.method not in CHANGES:
        return None
    missing = _one(400, NO_ID)
    has_id = operation.has_id

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        if has_id and not request.resource.id:
            return missing
        if any(not each.id for each in request.parent_resources):
            return missing
        return None

    return validate


def check_token(operation: Operation) -> Validate | None:
    """Refuse who shows nothing at all where somebody must be known.

    A protection may say itself what they are answered; the application says it for all others.
    """
    access = operation.access
    if access is None or operation.refusal is not None:
        return None
    guards = tuple(
        (each, access.guard(each))
        for each in access.protections_of(operation)
        if not each.is_public
    )
    if not guards:
        return None

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        grants = request.grants
        if is_known(grants):
            return None
        for protection, lets_in in guards:
            # What a strategy raises is for who is known.
            with suppress(Problem):
                if lets_in(request, grants):
                    continue
            return access.refusal(protection, request)
        return None

    return validate


def check_attributes(operation: Operation) -> Validate | None:
    """Hold the attributes of a body against the schema, and leave them decoded on the request.

    Attributes that the resource does not know, or that are only read, are ignored.
    """
    type_, model = operation.type, operation.model
    if type_ is None or model is None or operation.method not in WRITES or operation.is_raw:
        return None
    body = operation.body
    names = (
        frozenset()
        if body is None
        else frozenset(
            field.data_key or name for name, field in body().fields.items() if not field.dump_only
        )
    )

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        lens = model.lens(type_, request.grants)
        # A schema of the operation's own says itself what may be written.
        known = names if operation.schema is not None else names.intersection(lens.writable)
        sent = {name: value for name, value in request.attributes.items() if name in known}
        loaded, errors = lens.load(sent, operation)
        if errors:
            broken = tuple(worded(each, sent) for each in _of_what_is_there(errors))
            return GlueRequestValidation(False, broken[-1].status, broken)
        request.attributes = loaded
        return None

    return validate


def _of_what_is_there(errors: Sequence[GlueError]) -> Sequence[GlueError]:
    """Return the broken rules; of a value that is blank nothing else is said."""
    blank = {each.pointer for each in errors if each.kind == "blank"}
    return [each for each in errors if each.kind == "blank" or each.pointer not in blank]


def verdict(request: GlueRequest) -> GlueRequestValidation | None:
    """Refuse a request in which builders noted something wrong: the first thing alone."""
    if not request.errors:
        return None
    error = replace(request.errors[0])
    return GlueRequestValidation(False, error.status, (error,))


def _one(status: int, text: str) -> GlueRequestValidation:
    return GlueRequestValidation(False, status, (GlueError(status, message=text),))
