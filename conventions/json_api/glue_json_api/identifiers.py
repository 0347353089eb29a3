"""Resource identifiers in a request: the linkage of a relationship, checked and noted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from glue_core import (
    Build,
    GlueError,
    GlueRelationship,
    GlueRequest,
    GlueResource,
    Operation,
    Relationship,
    codes,
    pointer_to,
    read_json,
)
from glue_json_api.dialect import Dialect

ReadLinkage = Callable[[GlueRequest, object, str], GlueRelationship | None]
"""Reads the linkage of one relationship: the request, the value, and the pointer to it."""

NO_LIDS: Collection[tuple[str, str]] = ()

LONGEST_ID = 255


def note(request: GlueRequest, status: int, code: str, message: str, pointer: str) -> None:
    """Note an error in the document, for the verdict to answer."""
    request.errors.append(GlueError(status=status, code=code, message=message, pointer=pointer))


def invalid(request: GlueRequest, message: str, pointer: str) -> None:
    """Note that the document is not what the specification asks for."""
    note(request, 400, codes.INVALID_DOCUMENT, message, pointer)


def check_id(request: GlueRequest, value: object, pointer: str) -> str | None:
    """Return an id, or None after noting that it is none."""
    if not isinstance(value, str):
        invalid(request, f"{pointer.rpartition('/')[2]!r} must be a string.", pointer)
    elif not value or len(value) > LONGEST_ID:
        invalid(request, f"An id has 1 to {LONGEST_ID} characters.", pointer)
    else:
        return value
    return None


def read_linkage(
    request: GlueRequest,
    value: object,
    pointer: str,
    relationship: Relationship,
    dialect: Dialect,
    lids: Collection[tuple[str, str]] = NO_LIDS,
) -> GlueRelationship | None:
    """Read the linkage of a relationship.

    Args:
        request: The request; what is wrong goes to its errors, all of it.
        value: The value of ``data``.
        pointer: Where it is.
        relationship: The relationship.
        dialect: Decides the status of a wrong type, and whether a to-one linkage may be a list.
        lids: Types and local ids of the resources that the document creates.

    Returns:
        What the client wants it to hold, each resource once; None where something is wrong.

    Source:
        JSON:API 1.1, "Resource Linkage" and "Resource Identifier Objects".
    """
    listed = value
    if relationship.many:
        if not isinstance(value, list):
            invalid(request, "A to-many relationship takes a list of identifiers.", pointer)
            return None
    elif value is None:
        listed = []
    elif isinstance(value, list):
        if not dialect.linkage_as_list or len(value) > 1:
            invalid(request, "A to-one relationship takes one identifier or null.", pointer)
            return None
    else:
        listed = [value]
    assert isinstance(listed, list)
    found: dict[tuple[str | None, str | None, str | None], GlueResource] = {}
    before = len(request.errors)
    for index, each in enumerate(listed):
        place = f"{pointer}/{index}" if isinstance(value, list) else pointer
        resource = _identifier(request, each, place, relationship.target, dialect, lids)
        if resource is not None:
            found.setdefault((resource.type, resource.id, resource.lid), resource)
    if len(request.errors) > before:
        return None
    return GlueRelationship(list(found.values()), relationship.many, pointer)


def _identifier(
    request: GlueRequest,
    value: object,
    pointer: str,
    target: str,
    dialect: Dialect,
    lids: Collection[tuple[str, str]],
) -> GlueResource | None:
    if not isinstance(value, dict):
        invalid(request, "An identifier is an object with 'type' and 'id'.", pointer)
        return None
    type_ = value.get("type")
    if "type" not in value:
        invalid(request, "The identifier has no member 'type'.", pointer)
    elif not isinstance(type_, str):
        invalid(request, "'type' must be a string.", f"{pointer}/type")
    elif type_ != target:
        message = f"The relationship leads to {target!r}, not to {type_!r}."
        status = dialect.wrong_type_status
        note(request, status, codes.DOCUMENT_CONFLICT, message, f"{pointer}/type")
    id_ = lid = None
    if "id" in value:
        id_ = check_id(request, value["id"], f"{pointer}/id")
    elif "lid" in value:
        lid = check_id(request, value["lid"], f"{pointer}/lid")
        if lid is not None and isinstance(type_, str) and (type_, lid) not in lids:
            message = f"No resource of this document has the type {type_!r} and the lid {lid!r}."
            invalid(request, message, f"{pointer}/lid")
    else:
        invalid(request, "The identifier has no member 'id'.", pointer)
    meta = value.get("meta")
    if meta is not None and not isinstance(meta, dict):
        invalid(request, "'meta' must be an object.", f"{pointer}/meta")
        meta = None
    return GlueResource(target, id_, lid=lid, meta=meta)


def read_relationship_document(operation: Operation, dialect: Dialect) -> Build | None:
    """Read the document of a change to a relationship itself.

    What it names becomes ``request.resource.relationships[name]``.

    Source:
        JSON:API 1.1, "Updating Relationships".
    """
    relationship = operation.relationship
    if relationship is None or not operation.is_linkage or operation.method == "get":
        return None
    name = relationship.name

    def build(request: GlueRequest) -> None:
        before = len(request.errors)
        document = read_json(request)
        if len(request.errors) > before:
            return
        data = member_data(request, document)
        if len(request.errors) == before:
            held = read_linkage(request, data, "/data", relationship, dialect)
            if held is not None:
                request.resource.relationships = {name: held}

    return build


def member_data(request: GlueRequest, document: object) -> Any:
    """Return the primary data of a document; what is wrong is noted."""
    if not isinstance(document, dict):
        invalid(request, "The document must be an object with the member 'data'.", "")
    elif "data" not in document:
        invalid(request, "The document has no member 'data'.", "")
    else:
        return document["data"]
    return None


def read_relationships(
    request: GlueRequest,
    operation: Operation,
    data: Mapping[str, Any],
    dialect: Dialect,
) -> None:
    """Read the relationships of the resource object of a write.

    Each that may be written becomes ``request.resource.relationships[name]``; one that is not in
    the document is not there either. One that the caller may not see is answered as an unknown one.

    Source:
        JSON:API 1.1, "Creating Resources" and "Updating a Resource's Relationships".
    """
    given = data.get("relationships")
    if given is None and "relationships" not in data:
        return
    if not isinstance(given, dict):
        invalid(request, "'relationships' must be an object.", "/data/relationships")
        return
    model, type_ = operation.model, operation.type
    if model is None or type_ is None:
        return
    lens = model.lens(type_, request.grants)
    own = data.get("lid")
    lids = {(type_, own)} if isinstance(own, str) else NO_LIDS
    held: dict[str, GlueRelationship] = {}
    for name, value in given.items():
        if is_foreign(name):
            continue
        pointer = "/data/relationships" + pointer_to(name)
        relationship = lens.relationships.get(name)
        if relationship is None:
            message = f"{type_!r} has no relationship {name!r}."
            note(request, 422, codes.INVALID_ATTRIBUTE, message, pointer)
        elif not relationship.writable or not lens.may_write(name):
            message = f"The relationship {name!r} cannot be written here."
            note(request, 403, codes.RELATIONSHIP_REFUSED, message, pointer)
        elif not isinstance(value, dict):
            invalid(request, "A relationship is an object with the member 'data'.", pointer)
        elif "data" not in value:
            invalid(request, "The relationship has no member 'data'.", pointer)
        else:
            linkage = read_linkage(
                request, value["data"], f"{pointer}/data", relationship, dialect, lids
            )
            if linkage is not None:
                held[name] = linkage
    if held:
        request.resource.relationships = held


def is_foreign(name: str) -> bool:
    """Say whether a member is an extension's, or an @-member: both are passed over.

    Source:
        JSON:API 1.1, "Extension Members" and "@-Members".
    """
    return name.startswith("@") or ":" in name
