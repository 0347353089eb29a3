"""The old documents, described for the generated documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from glue_core import (
    Answer,
    Describe,
    ErrorCode,
    Fragment,
    JsonSchema,
    Operation,
    RequestParameter,
    Step,
    View,
    any_of,
    codes,
    object_schema,
    pascal,
)
from glue_legacy_api.document import NOT_FOUND, NOWHERE
from glue_legacy_api.headers import (
    BAD_PAGE,
    LARGEST,
    LIMIT,
    NOT_ACCEPTABLE,
    OFFSET,
    UNKNOWN_FORMAT,
)
from glue_legacy_api.negotiation import MEDIA_TYPE
from glue_legacy_api.validating import BAD_BODY, CHANGES, NO_ID, WRONG_TYPE

WORDS = {"post": "Create", "patch": "Update", "put": "Replace"}
PLAIN_TEXT: Mapping[str, JsonSchema] = {"text/plain": {"type": "string"}}
"""Document of an error that is its words alone."""

# A query is repeated as it was decoded, with its brackets and spaces, and ids are what they are.
ADDRESS: JsonSchema = {"type": "string", "description": "Address; nothing in it is encoded."}


def shown_as(error: ErrorCode) -> ErrorCode:
    """Return an error as the writer writes it: of what has no place here there is one."""
    return ErrorCode(404, None, NOT_FOUND) if error.code in NOWHERE else error


def in_plain_text(step: Step[Any]) -> Step[Any]:
    """Return a step whose errors are described as what they are here: their words alone.

    Args:
        step: An HTTP validator.
    """
    own = step.describe
    if own is None:
        return step

    def describe(operation: Operation, view: View) -> Fragment:
        return replace(own(operation, view), own_errors_as=PLAIN_TEXT)

    return replace(step, describe=describe)


def describe_written(operation: Operation, view: View) -> Fragment:
    """Describe what the compiled writer writes: an object where the path ends in an id."""
    errors = {MEDIA_TYPE: _errors(view)}
    lens = view.lens(operation)
    if lens is None:
        return Fragment(errors_as=errors)
    resource = _resource(operation, view, lens.type)
    listed: JsonSchema = {"type": "array", "items": resource}
    is_list = operation.is_template or not (operation.has_id or operation.method == "post")
    if is_list:
        data, ending = listed, "Collection"
    elif operation.method == "post":
        data, ending = resource, "Created"
    else:
        # Of an id that is missing, or stands for everything, a list is shown, and of nothing.
        data, ending = any_of([resource, listed]), "Document"
    members: dict[str, JsonSchema] = {
        "data": data,
        "links": any_of([_links(view), _empty_map(view)]),
    }
    included = view.reachable(operation, view.settings["limits"]["include_depth"])
    if included:
        members["included"] = _included(operation, view, included)
    name = pascal(lens.type) + ending
    document = view.share(name, view.key_of(operation), lambda: object_schema(members, ["data"]))
    return Fragment(answers=(Answer(content={MEDIA_TYPE: document}),), errors_as=errors)


def _links(view: View) -> JsonSchema:
    def make() -> JsonSchema:
        pages = dict.fromkeys(("self", "first", "prev", "next", "last"), ADDRESS)
        return object_schema(pages)

    return view.share("Links", None, make)


def _included(operation: Operation, view: View, types: Iterable[str]) -> JsonSchema:
    """Return the schema of included resources: one of the types, by the member ``type``."""
    shown = {each: _resource(operation, view, each) for each in types}

    def make() -> JsonSchema:
        if len(shown) == 1:
            return next(iter(shown.values()))
        mapping = {type_: each["$ref"] for type_, each in shown.items()}
        return {
            "oneOf": list(shown.values()),
            "discriminator": {"propertyName": "type", "mapping": mapping},
        }

    name = pascal(operation.type or "") + "Included"
    key = tuple(each["$ref"] for each in shown.values())
    return {"type": "array", "items": view.share(name, key, make)}


def _resource(operation: Operation, view: View, type_: str) -> JsonSchema:
    def make() -> JsonSchema:
        lens = view.lens(operation, type_)
        assert lens is not None
        kinds: JsonSchema = {"type": ["string", "null"] if lens.may_lack_id else "string"}
        members: dict[str, JsonSchema] = {"type": {"const": type_}, "id": kinds}
        if lens.attributes:
            empty = _empty_map(view)
            attributes = view.attributes(operation, type_, empty_map=empty)
            # The client may have asked for none of them.
            members["attributes"] = any_of([attributes, empty])
        # A relationship is called after the type that it leads to, and always a list.
        targets = sorted({each.target for each in lens.relationships.values()})
        if targets:
            linked = {each: _relationship(each, view) for each in targets}
            members["relationships"] = view.share(
                pascal(type_) + "Relationships", tuple(targets), lambda: object_schema(linked)
            )
        own = object_schema({"self": ADDRESS}, ["self"])
        members["links"] = view.share("ResourceLinks", None, lambda: own)
        return object_schema(members, ["type", "id", "links"])

    return view.share(pascal(type_), view.key_of(operation, type_), make)


def _empty_map(view: View) -> JsonSchema:
    """Return the schema of what is written for a map without members, wherever it is."""
    return view.share(
        "EmptyMap",
        None,
        lambda: {
            "description": "A map without members, which is written as an empty list.",
            "type": "array",
            "maxItems": 0,
            # There is none; generated code has a type for it all the same.
            "items": {"type": "string"},
        },
    )


def _relationship(type_: str, view: View) -> JsonSchema:
    members: dict[str, JsonSchema] = {"type": {"const": type_}, "id": {"type": "string"}}
    identifier = view.share(
        pascal(type_) + "Identifier", None, lambda: object_schema(members, ["type", "id"])
    )
    linkage = object_schema({"data": {"type": "array", "items": identifier}}, ["data"])
    return view.share(pascal(type_) + "Linkage", None, lambda: linkage)


def _errors(view: View) -> JsonSchema:
    def make() -> JsonSchema:
        members: dict[str, JsonSchema] = {
            "status": {"type": "integer"},
            "code": {"type": "string"},
            "detail": {"type": "string"},
        }
        error = object_schema(members, ["status", "detail"])
        one = view.share("Error", None, lambda: error)
        return object_schema({"errors": {"type": "array", "items": one}}, ["errors"])

    return view.share("ErrorDocument", None, make)


def describe_read(operation: Operation, view: View) -> Fragment:
    """Describe the document of a write; attributes that nobody knows are ignored."""
    attributes = view.body(operation, closed=False)
    members: dict[str, JsonSchema] = {"type": {"const": operation.type}}
    required = ["type", "attributes"]
    if operation.method in CHANGES:
        members["id"] = {"type": "string"}
    free: JsonSchema = {"type": "object", "additionalProperties": True}
    members["attributes"] = free if attributes is None else attributes
    name = pascal(operation.type or operation.place) + WORDS[operation.method]
    key = (view.key_of(operation), operation.body, operation.is_partial)

    def make() -> JsonSchema:
        sent = view.share(name, key, lambda: object_schema(members, required))
        return object_schema({"data": sent}, ["data"])

    body = view.share(name + "Document", key, make)
    return Fragment(body={MEDIA_TYPE: body}, errors=(ErrorCode(400, None, BAD_BODY),))


def describe_body_check(operation: Operation, view: View) -> Fragment:
    """Describe the answers to a document of another type."""
    return Fragment(errors=(ErrorCode(400, None, WRONG_TYPE),))


def describe_id_check(operation: Operation, view: View) -> Fragment:
    """Describe the answer to a change that lacks an id."""
    return Fragment(errors=(ErrorCode(400, None, NO_ID),))


def describe_attributes_check(operation: Operation, view: View) -> Fragment:
    """Describe the answers to attributes that break a rule."""
    return Fragment(errors=(ErrorCode(422, codes.INVALID_ATTRIBUTE, "<path> => <message>"),))


def describe_page_check(operation: Operation, view: View) -> Fragment:
    """Describe the answer to page parameters that are none, wherever they are sent."""
    return Fragment(errors=(ErrorCode(400, None, BAD_PAGE),))


def describing_missing_ids(error: ErrorCode) -> Describe:
    """Return what describes the answer to a path that lacks an id.

    Args:
        error: The error.
    """
    return lambda operation, view: Fragment(errors=(error,))


def describe_headers(operation: Operation, view: View) -> Fragment:
    """Describe the answers to headers that the old application does not take."""
    return Fragment(
        errors=(ErrorCode(406, None, NOT_ACCEPTABLE), ErrorCode(415, None, UNKNOWN_FORMAT))
    )


def describe_page(operation: Operation, view: View, most: int) -> Fragment:
    """Describe the page parameters, which count together only."""
    default = operation.page.default if operation.page is not None else None
    whole: JsonSchema = {"type": "integer", "maximum": LARGEST}
    size = {**whole, "minimum": 1}
    if default is not None:
        size["default"] = default
    first = f"Index of the first resource; it is refused without {LIMIT}."
    number = f"Number of resources; {most} at most are shown. It counts beside {OFFSET} alone."
    parameters = (
        RequestParameter(OFFSET, first, {**whole, "minimum": 0}),
        RequestParameter(LIMIT, number, size),
    )
    return Fragment(parameters)
