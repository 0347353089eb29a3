"""The documents, described for the generated documentation: what is written, and what is read."""

from __future__ import annotations

from glue_core import (
    PROBLEM,
    Answer,
    ErrorCode,
    Fragment,
    JsonSchema,
    Operation,
    View,
    codes,
    describe_problem,
    object_schema,
    one_of,
    pascal,
)
from {{ cookiecutter.__package }}.document import MEDIA_TYPE

NAME = "{{ cookiecutter.__camel }}"
"""End of the names of schemas, which conventions share a document with."""
TEXT: JsonSchema = {"type": "string"}
META: JsonSchema = {"type": "object"}
LINKS: JsonSchema = {"type": "object", "additionalProperties": TEXT}

INVALID = ErrorCode(400, codes.INVALID_DOCUMENT, "The document has no object 'attributes'.")
MALFORMED = ErrorCode(400, codes.MALFORMED_BODY, "The body is no JSON.")


def describe_read(operation: Operation, view: View) -> Fragment:
    """Describe the body of a write."""
    attributes = view.body(operation)
    shown: JsonSchema = {"type": "object"} if attributes is None else attributes
    body = object_schema({"attributes": shown}, ["attributes"])
    return Fragment(body={MEDIA_TYPE: body}, errors=(MALFORMED, INVALID))


def describe_written(operation: Operation, view: View) -> Fragment:
    """Describe what the compiled writer of an operation writes."""
    errors = {PROBLEM: describe_problem(view)}
    if view.lens(operation) is None:
        return Fragment(errors_as=errors)
    listed = operation.method == "getCollection"
    schema = _collection(operation, view) if listed else _single(operation, view)
    return Fragment(answers=(Answer(content={MEDIA_TYPE: schema}),), errors_as=errors)


def _collection(operation: Operation, view: View) -> JsonSchema:
    type_ = operation.type or ""

    def make() -> JsonSchema:
        number: JsonSchema = {"type": "integer", "minimum": 0}
        counts = {"offset": number, "limit": number, "total": number}
        page = object_schema({**counts, "links": LINKS}, ["links"])
        items: JsonSchema = {"type": "array", "items": _resource(operation, view, type_)}
        members = {"items": items, "page": page, "links": LINKS, "meta": META}
        return object_schema({**members, **_included(operation, view)}, ["items", "page"])

    return view.share(f"{pascal(type_)}{NAME}Collection", view.key_of(operation), make)


def _single(operation: Operation, view: View) -> JsonSchema:
    """Return the schema of one resource with what is included; nothing is an empty object."""
    type_ = operation.type or ""

    def make() -> JsonSchema:
        shown = view.schemas[_resource(operation, view, type_)["$ref"].rpartition("/")[2]]
        members = {**shown["properties"], **_included(operation, view)}
        return object_schema(members, [] if operation.singleton else ["type", "id"])

    name = f"{pascal(type_)}{NAME}Document"
    return view.share(name, (view.key_of(operation), operation.singleton), make)


def _included(operation: Operation, view: View) -> dict[str, JsonSchema]:
    types = view.reachable(operation)
    shown = [_resource(operation, view, each) for each in types]
    return {"included": {"type": "array", "items": one_of(shown)}} if shown else {}


def _resource(operation: Operation, view: View, type_: str) -> JsonSchema:
    def make() -> JsonSchema:
        lens = view.lens(operation, type_)
        assert lens is not None
        members: dict[str, JsonSchema] = {
            "type": {"const": type_},
            "id": {"type": ["string", "null"]} if lens.may_lack_id else TEXT,
            "href": {"type": "string", "format": "uri"},
            "attributes": view.attributes(operation, type_),
        }
        related = {
            name: _identifiers(each.target, many=each.many)
            for name, each in sorted(lens.relationships.items())
        }
        if related:
            members["related"] = object_schema(related)
        members |= {"links": LINKS, "meta": META}
        return object_schema(members, ["type", "id"])

    return view.share(f"{pascal(type_)}{NAME}", view.key_of(operation, type_), make)


def _identifiers(type_: str, *, many: bool) -> JsonSchema:
    one = object_schema({"type": {"const": type_}, "id": TEXT}, ["type", "id"])
    return {"type": "array", "items": one} if many else {"anyOf": [one, {"type": "null"}]}
