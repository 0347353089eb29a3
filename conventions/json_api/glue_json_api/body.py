"""The document of a write: what a client says about one resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glue_core import Build, GlueError, GlueRequest, Operation, codes, read_json
from glue_json_api.dialect import Dialect


def read_attributes(operation: Operation, dialect: Dialect) -> Build | None:
    """Read the resource object of a write where the operation shows a type.

    Its attributes become ``request.attributes``. Members that the specification does not know are
    ignored, as it asks; everything that contradicts it is noted, all at once.

    Source:
        JSON:API 1.1, "Creating Resources" and "Updating Resources".
    """
    type_ = operation.type
    if type_ is None or operation.method not in ("post", "patch", "put"):
        return None
    creates, has_id = operation.method == "post", operation.has_id

    def build(request: GlueRequest) -> None:
        before = len(request.errors)
        document = read_json(request)
        if len(request.errors) > before:
            return
        data = _resource_object(request, document)
        if data is None:
            return
        _check_type(request, data, type_)
        if creates:
            if "id" in data:
                message = "The server chooses the id; a new resource must not bring one."
                _note(request, 403, codes.CLIENT_ID_REFUSED, message, "/data/id")
        elif has_id:
            _check_id(request, data, dialect.patch_needs_id)
        attributes = data.get("attributes", {})
        if isinstance(attributes, dict):
            request.attributes = attributes
        else:
            _invalid(request, "'attributes' must be an object.", "/data/attributes")

    return build


def _resource_object(request: GlueRequest, document: object) -> Mapping[str, Any] | None:
    if not isinstance(document, dict):
        _invalid(request, "The document must be an object with the member 'data'.", "")
    elif "data" not in document:
        _invalid(request, "The document has no member 'data'.", "")
    elif not isinstance(document["data"], dict):
        _invalid(request, "'data' must be one resource object.", "/data")
    else:
        return document["data"]
    return None


def _check_type(request: GlueRequest, data: Mapping[str, Any], expected: str) -> None:
    if "type" not in data:
        _invalid(request, "The resource object has no member 'type'.", "/data")
    elif not isinstance(data["type"], str):
        _invalid(request, "'type' must be a string.", "/data/type")
    elif data["type"] != expected:
        message = f"The type here is {expected!r}, not {data['type']!r}."
        _note(request, 409, codes.DOCUMENT_CONFLICT, message, "/data/type")


def _check_id(request: GlueRequest, data: Mapping[str, Any], required: bool) -> None:
    expected = request.resource.id
    if "id" not in data:
        if required:
            _invalid(request, "The resource object has no member 'id'.", "/data")
    elif not isinstance(data["id"], str):
        _invalid(request, "'id' must be a string.", "/data/id")
    elif data["id"] != expected:
        message = f"The id here is {expected!r}, not {data['id']!r}."
        _note(request, 409, codes.DOCUMENT_CONFLICT, message, "/data/id")


def _invalid(request: GlueRequest, message: str, pointer: str) -> None:
    _note(request, 400, codes.INVALID_DOCUMENT, message, pointer)


def _note(request: GlueRequest, status: int, code: str, message: str, pointer: str) -> None:
    request.errors.append(GlueError(status=status, code=code, message=message, pointer=pointer))
