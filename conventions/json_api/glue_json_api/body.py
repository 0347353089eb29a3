"""The document of a write: what a client says about one resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glue_core import Build, GlueRequest, Operation, codes, read_json
from glue_json_api.dialect import Dialect
from glue_json_api.identifiers import (
    check_id,
    invalid,
    is_foreign,
    member_data,
    note,
    read_relationship_document,
    read_relationships,
)


def read_document(operation: Operation, dialect: Dialect) -> Build | None:
    """Read the document of a write where the operation shows a type.

    Its attributes become ``request.attributes``, its relationships ``relationships`` of
    ``request.resource``, the id that a client chose its ``id``. Members that the specification does
    not know are ignored, as it asks, and so are those of extensions and those with an ``@``;
    everything that contradicts it is noted, all at once.

    Source:
        JSON:API 1.1, "Creating Resources" and "Updating Resources".
    """
    if operation.is_linkage:
        return read_relationship_document(operation, dialect)
    type_ = operation.type
    if type_ is None or operation.method not in ("post", "patch", "put") or operation.is_raw:
        return None
    creates, has_id = operation.method == "post", operation.has_id
    client_ids = operation.resource.client_ids if operation.resource is not None else "refused"

    needs_id = creates and client_ids == "required"

    def build(request: GlueRequest) -> None:
        document: Any = read_json(request)
        if document is None:
            return
        data = document.get("data") if document.__class__ is dict else None
        if data.__class__ is not dict:
            before = len(request.errors)
            member_data(request, document)
            if len(request.errors) == before:
                invalid(request, "'data' must be one resource object.", "/data")
            return
        if data.get("type") != type_:
            _check_type(request, data, type_, dialect.wrong_type_status)
        if creates:
            if needs_id or "id" in data or "lid" in data:
                _take_id(request, data, client_ids)
        elif has_id:
            _compare_id(request, data, dialect.patch_needs_id)
        attributes = data.get("attributes", {})
        if attributes.__class__ is dict:
            names = "".join(attributes)
            if "@" in names or ":" in names:
                attributes = {n: v for n, v in attributes.items() if not is_foreign(n)}
            request.attributes = attributes
        else:
            invalid(request, "'attributes' must be an object.", "/data/attributes")
        if "relationships" in data:
            read_relationships(request, operation, data, dialect)

    return build


def _check_type(request: GlueRequest, data: Mapping[str, Any], expected: str, status: int) -> None:
    if "type" not in data:
        invalid(request, "The resource object has no member 'type'.", "/data")
    elif not isinstance(data["type"], str):
        invalid(request, "'type' must be a string.", "/data/type")
    elif data["type"] != expected:
        message = f"The type here is {expected!r}, not {data['type']!r}."
        note(request, status, codes.DOCUMENT_CONFLICT, message, "/data/type")


def _take_id(request: GlueRequest, data: Mapping[str, Any], client_ids: str) -> None:
    """Take the id, or the local id, of a new resource, as the policy of its type says."""
    if "lid" in data:
        request.resource.lid = check_id(request, data["lid"], "/data/lid")
    if "id" not in data:
        if client_ids == "required":
            invalid(request, "A new resource of this type must bring its id.", "/data")
    elif client_ids == "refused":
        message = "The server chooses the id; a new resource must not bring one."
        note(request, 403, codes.CLIENT_ID_REFUSED, message, "/data/id")
    else:
        request.resource.id = check_id(request, data["id"], "/data/id")
        request.resource.id_pointer = "/data/id"


def _compare_id(request: GlueRequest, data: Mapping[str, Any], required: bool) -> None:
    expected = request.resource.id
    if "id" not in data:
        if required:
            invalid(request, "The resource object has no member 'id'.", "/data")
    elif not isinstance(data["id"], str):
        invalid(request, "'id' must be a string.", "/data/id")
    elif data["id"] != expected:
        message = f"The id here is {expected!r}, not {data['id']!r}."
        note(request, 409, codes.DOCUMENT_CONFLICT, message, "/data/id")
