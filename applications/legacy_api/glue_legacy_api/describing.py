"""The old documents, described for the generated documentation."""

from __future__ import annotations

from collections.abc import Iterable

from glue_core import (
    Answer,
    ErrorCode,
    Fragment,
    JsonSchema,
    Operation,
    RequestParameter,
    View,
    any_of,
    codes,
    object_schema,
    pascal,
)
from glue_legacy_api.headers import BAD_PAGE, LIMIT, NOT_ACCEPTABLE, OFFSET, UNKNOWN_FORMAT
from glue_legacy_api.negotiation import MEDIA_TYPE
from glue_legacy_api.validating import BAD_BODY, CHANGES, NO_ID, WRONG_TYPE

TEXT = "text/plain"
WORDS = {"post": "Create", "patch": "Update", "put": "Replace"}
URI: JsonSchema = {"type": "string", "format": "uri-reference"}


def describe_written(operation: Operation, view: View) -> Fragment:
    """Describe what the compiled writer writes: an object where the path ends in an id."""
    errors = {MEDIA_TYPE: _errors(view), TEXT: {"type": "string"}}
    lens = view.lens(operation)
    if lens is None:
        return Fragment(errors_as=errors)
    resource = _resource(operation, view, lens.type)
    listed: JsonSchema = {"type": "array", "items": resource}
    is_list = operation.is_template or not (operation.has_id or operation.method == "post")
    # Of an id that stands for everything, such as "mine", a list is shown.
    data = listed if is_list else any_of([resource, *([listed] if operation.has_id else [])])
    # Where nothing is found the links are an empty list.
    nothing: JsonSchema = {"type": "array", "items": URI, "maxItems": 0}
    members: dict[str, JsonSchema] = {
        "data": data,
        "links": {"anyOf": [_links(view), nothing]},
    }
    included = view.reachable(operation, view.settings["limits"]["include_depth"])
    if included:
        members["included"] = _included(operation, view, included)
    name = pascal(lens.type) + ("Collection" if is_list else "Document")
    document = view.share(name, view.key_of(operation), lambda: object_schema(members, ["data"]))
    return Fragment(answers=(Answer(content={MEDIA_TYPE: document}),), errors_as=errors)


def _links(view: View) -> JsonSchema:
    def make() -> JsonSchema:
        pages = dict.fromkeys(("self", "first", "prev", "next", "last"), URI)
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
            members["attributes"] = view.attributes(operation, type_)
        # A relationship is called after the type that it leads to, and always a list.
        targets = sorted({each.target for each in lens.relationships.values()})
        if targets:
            linked = {each: _relationship(each, view) for each in targets}
            members["relationships"] = view.share(
                pascal(type_) + "Relationships", tuple(targets), lambda: object_schema(linked)
            )
        own = object_schema({"self": URI}, ["self"])
        members["links"] = view.share("ResourceLinks", None, lambda: own)
        return object_schema(members, ["type", "id", "links"])

    return view.share(pascal(type_), view.key_of(operation, type_), make)


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
    """Describe the document of a write."""
    attributes = view.body(operation)
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


def describe_headers(operation: Operation, view: View) -> Fragment:
    """Describe the answers to headers that the old application does not take."""
    return Fragment(
        errors=(ErrorCode(406, None, NOT_ACCEPTABLE), ErrorCode(415, None, UNKNOWN_FORMAT))
    )


def describe_page(operation: Operation, view: View, most: int) -> Fragment:
    """Describe the page parameters, which count together only."""
    default = operation.page.default if operation.page is not None else None
    size: JsonSchema = {"type": "integer", "minimum": 1}
    if default is not None:
        size["default"] = default
    parameters = (
        RequestParameter(OFFSET, "Index of the first resource.", {"type": "integer", "minimum": 0}),
        RequestParameter(LIMIT, f"Number of resources; {most} at most are shown.", size),
    )
    return Fragment(parameters, errors=(ErrorCode(400, None, BAD_PAGE),))
