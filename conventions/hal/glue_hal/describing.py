"""The documents, described for the generated documentation: what is written, and what is read."""

from __future__ import annotations

from functools import partial

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
    pascal,
)
from glue_hal.document import MEDIA_TYPE

INVALID = ErrorCode(400, codes.INVALID_DOCUMENT, "The document must be an object of attributes.")
MALFORMED = ErrorCode(400, codes.MALFORMED_BODY, "The body is no JSON.")


def describe_read(operation: Operation, view: View) -> Fragment:
    """Describe the body of a write: its attributes."""
    body = view.body(operation)
    content = {} if body is None else {MEDIA_TYPE: body}
    return Fragment(body=content, errors=(MALFORMED, INVALID))


def describe_written(operation: Operation, view: View) -> Fragment:
    """Describe what the compiled writer of an operation writes.

    Source:
        JSON Hypertext Application Language, draft-kelly-json-hal; RFC 9457 for errors.
    """
    errors = {PROBLEM: describe_problem(view)}
    if view.lens(operation) is None:
        return Fragment(errors_as=errors)
    listed = operation.method == "getCollection"
    schema = _collection(operation, view) if listed else _single(operation, view)
    return Fragment(answers=(Answer(content={MEDIA_TYPE: schema}),), errors_as=errors)


def _collection(operation: Operation, view: View) -> JsonSchema:
    """Return the schema of a collection, with its resources embedded under their type."""
    name, type_ = pascal(operation.type or "") + "HalCollection", operation.type or ""
    key = view.key_of(operation)

    def make() -> JsonSchema:
        resources = {"type": "array", "items": _resource(operation, view, type_)}
        number: JsonSchema = {"type": "integer", "minimum": 0}
        embedded = object_schema({type_: resources}, [type_])
        page = object_schema({"offset": number, "limit": number}, ["limit"])
        return object_schema(
            {
                "_links": _links(view),
                "_embedded": view.share(name + "Embedded", key, partial(dict, embedded)),
                "_meta": view.meta(),
                "page": view.share("HalPage", None, lambda: page),
                "total": number,
            },
            ["_links", "_embedded"],
        )

    return view.share(name, key, make)


def _single(operation: Operation, view: View) -> JsonSchema:
    """Return the schema of one resource, or of the links alone where there may be none."""
    resource = _resource(operation, view, operation.type or "")
    if not operation.singleton:
        return resource

    def nothing() -> JsonSchema:
        members = {"_links": _links(view), "_meta": view.meta()}
        return object_schema(members, ["_links"], closed=True)

    return {"anyOf": [resource, view.share("HalNothing", None, nothing)]}


def _resource(operation: Operation, view: View, type_: str) -> JsonSchema:
    """Return the schema of resource objects: attributes, links, and what is embedded."""

    def make() -> JsonSchema:
        lens = view.lens(operation, type_)
        assert lens is not None
        attributes = view.attributes(operation, type_)["$ref"].rpartition("/")[2]
        shown = view.schemas[attributes]
        members = {**shown["properties"], "_links": _links(view)}
        embedded = {}
        for name, each in sorted(lens.relationships.items()):
            resource = _resource(operation, view, each.target)
            embedded[name] = {"type": "array", "items": resource} if each.many else resource
        if embedded:
            name = pascal(type_) + "HalEmbedded"
            key = view.key_of(operation, type_)
            members["_embedded"] = view.share(name, key, lambda: object_schema(embedded))
        found = object_schema({**members, "_meta": view.meta()})
        return {"description": lens.description, **found} if lens.description else found

    return view.share(pascal(type_) + "Hal", view.key_of(operation, type_), make)


def _links(view: View) -> JsonSchema:
    href: JsonSchema = {"type": "string", "format": "uri-reference"}

    def link() -> JsonSchema:
        return {**object_schema({"href": href}, ["href"]), "additionalProperties": True}

    def make() -> JsonSchema:
        shown = view.share("HalLink", None, link)
        pages = dict.fromkeys(("self", "first", "prev", "next", "last"), shown)
        return {**object_schema(pages), "additionalProperties": shown}

    return view.share("HalLinks", None, make)
