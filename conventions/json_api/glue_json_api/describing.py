"""The documents, described for the generated documentation: what is written, and what is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial

from glue_core import (
    Answer,
    ErrorCode,
    Fragment,
    JsonSchema,
    Operation,
    Relationship,
    View,
    any_of,
    codes,
    object_schema,
    on_request,
    pascal,
)
from glue_json_api.dialect import Dialect
from glue_json_api.identifiers import LONGEST_ID
from glue_json_api.media_types import MEDIA_TYPE

ID: JsonSchema = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
URI: JsonSchema = {"type": "string", "format": "uri-reference"}

FOREIGN = "^@|:"
"""Names of members that `glue_json_api.identifiers.is_foreign` means."""

INVALID_DOCUMENT = ErrorCode(400, codes.INVALID_DOCUMENT, "The document contradicts JSON:API.")
MALFORMED = ErrorCode(400, codes.MALFORMED_BODY, "The body is no JSON.")
CLIENT_ID = ErrorCode(403, codes.CLIENT_ID_REFUSED, "The server chooses the id.")
RELATIONSHIP = ErrorCode(
    403, codes.RELATIONSHIP_REFUSED, "A relationship cannot be changed this way."
)
UNKNOWN_RELATIONSHIP = ErrorCode(422, codes.INVALID_ATTRIBUTE, "The type has no such relationship.")


def describe_written(operation: Operation, view: View, dialect: Dialect) -> Fragment:
    """Describe what the compiled writer of an operation writes.

    Source:
        JSON:API 1.1, "Document Structure".
    """
    errors = {MEDIA_TYPE: _errors(view, dialect)}
    if view.lens(operation) is None:
        return Fragment(errors_as=errors)
    schema = _linkage_document if operation.is_linkage else _document
    answer = Answer(content={MEDIA_TYPE: schema(operation, view, dialect)})
    return Fragment(answers=(answer,), errors_as=errors)


def _document(operation: Operation, view: View, dialect: Dialect) -> JsonSchema:
    """Return the document of resources: one, or a list of them."""
    listed = operation.method == "getCollection" or (
        dialect.singleton_as_list and operation.singleton and operation.method != "post"
    )
    may_be_nothing = not listed and operation.singleton and operation.method == "get"
    name = pascal(operation.type or "")
    name += "Collection" if listed else "OrNothingDocument" if may_be_nothing else "Document"

    def make() -> JsonSchema:
        resource = _resource(operation, view, dialect, operation.type or "")
        data: JsonSchema = {"type": "array", "items": resource} if listed else resource
        if may_be_nothing:
            data = {"anyOf": [resource, {"type": "null"}]}
        return _whole(operation, view, dialect, data, listed=listed)

    return view.share(name, view.key_of(operation), make)


def _linkage_document(operation: Operation, view: View, dialect: Dialect) -> JsonSchema:
    """Return the document of a relationship itself: identifiers as primary data."""
    assert operation.relationship is not None
    relationship = operation.relationship

    def make() -> JsonSchema:
        data = _linkage(relationship, view, dialect)
        return _whole(operation, view, dialect, data, listed=relationship.many)

    return view.share(_start_of(operation) + "Linkage", view.key_of(operation), make)


def _start_of(operation: Operation) -> str:
    """Return how the names of the documents of an operation start."""
    name = pascal(operation.type or "")
    if operation.is_linkage and operation.relationship is not None:
        name += pascal(operation.relationship.name)
    return name


def _whole(
    operation: Operation, view: View, dialect: Dialect, data: JsonSchema, *, listed: bool
) -> JsonSchema:
    members: dict[str, JsonSchema] = {"data": data}
    depth: int = view.settings["limits"]["include_depth"]
    included = view.reachable(operation, depth)
    if included:
        members["included"] = _included(operation, view, dialect, included)
    if listed:
        members |= {"links": _page_links(view), "meta": _page_meta(view, dialect)}
    else:
        members |= {"links": _links(view), "meta": view.meta()}
    return object_schema(_with_version(members, view, dialect), ["data"])


def _with_version(
    members: dict[str, JsonSchema], view: View, dialect: Dialect
) -> dict[str, JsonSchema]:
    """Return the members of a document, with ``jsonapi`` where the dialect has it."""
    if not dialect.jsonapi_member:
        return members
    uris: JsonSchema = {"type": "array", "items": {"type": "string", "format": "uri"}}
    shown = object_schema({"version": {"const": "1.1"}, "ext": uris, "profile": uris}, ["version"])
    return {**members, "jsonapi": view.share("JsonApi", None, lambda: shown)}


def _included(
    operation: Operation, view: View, dialect: Dialect, types: Iterable[str]
) -> JsonSchema:
    """Return the schema of included resources: one of the types, by the member ``type``."""
    shown = {each: _resource(operation, view, dialect, each) for each in types}

    def make() -> JsonSchema:
        if len(shown) == 1:
            return next(iter(shown.values()))
        mapping = {type_: each["$ref"] for type_, each in shown.items()}
        return {
            "oneOf": list(shown.values()),
            "discriminator": {"propertyName": "type", "mapping": mapping},
        }

    name = _start_of(operation) + "Included"
    key = tuple(each["$ref"] for each in shown.values())
    return on_request({"type": "array", "items": view.share(name, key, make)}, "include")


def _resource(operation: Operation, view: View, dialect: Dialect, type_: str) -> JsonSchema:
    """Return the schema of resource objects of a type."""

    def make() -> JsonSchema:
        lens = view.lens(operation, type_)
        assert lens is not None
        kinds: JsonSchema = {"type": "string"}
        if dialect.null_ids and lens.may_lack_id:
            kinds = {"type": ["string", "null"]}
        members: dict[str, JsonSchema] = {"type": {"const": type_}, "id": kinds}
        if lens.attributes:
            members["attributes"] = view.attributes(operation, type_)
        if lens.relationships:
            members["relationships"] = _relationships(operation, view, dialect, type_)
        members |= {"links": _links(view), "meta": view.meta()}
        found = object_schema(members, ["type", "id"])
        return {"description": lens.description, **found} if lens.description else found

    return view.share(pascal(type_), view.key_of(operation, type_), make)


def _relationships(operation: Operation, view: View, dialect: Dialect, type_: str) -> JsonSchema:
    def make() -> JsonSchema:
        lens = view.lens(operation, type_)
        assert lens is not None
        return object_schema(
            {
                name: _relationship(pascal(type_), each, view, dialect)
                for name, each in sorted(lens.relationships.items())
            }
        )

    return view.share(pascal(type_) + "Relationships", view.key_of(operation, type_), make)


def _relationship(
    source: str, relationship: Relationship, view: View, dialect: Dialect
) -> JsonSchema:
    def make() -> JsonSchema:
        data = _linkage(relationship, view, dialect)
        found = object_schema({"data": data, "links": _links(view), "meta": view.meta()})
        if relationship.description:
            return {"description": relationship.description, **found}
        return found

    name = source + pascal(relationship.name) + "Relationship"
    key = (relationship.target, relationship.many, relationship.description)
    return view.share(name, key, make)


def _linkage(relationship: Relationship, view: View, dialect: Dialect) -> JsonSchema:
    """Return the schema of linkage, as answers show it."""
    identifier = _identifier(relationship.target, view)
    if relationship.many:
        return {"type": "array", "items": identifier}
    if dialect.linkage_as_list:
        return {"type": "array", "items": identifier, "maxItems": 1}
    return {"anyOf": [identifier, {"type": "null"}]}


def _identifier(type_: str, view: View) -> JsonSchema:
    members: dict[str, JsonSchema] = {"type": {"const": type_}, "id": {"type": "string"}}
    return view.share(
        pascal(type_) + "Identifier", None, lambda: object_schema(members, ["type", "id"])
    )


def _links(view: View) -> JsonSchema:
    """Return the schema of the links of a document, a resource or a relationship."""

    def make() -> JsonSchema:
        return {**object_schema({"self": URI, "related": URI}), **_further_links(view)}

    return view.share("Links", None, make)


def _page_links(view: View) -> JsonSchema:
    """Return the schema of the links of a list; those to pages that there are not are left out."""

    def make() -> JsonSchema:
        page: JsonSchema = {"type": ["string", "null"], "format": "uri-reference"}
        pages = dict.fromkeys(("first", "prev", "next", "last"), page)
        return {**object_schema({"self": URI, "related": URI, **pages}), **_further_links(view)}

    return view.share("PageLinks", None, make)


def _further_links(view: View) -> JsonSchema:
    """Return what the links are that controllers add: addresses, with facts or without."""

    def whole() -> JsonSchema:
        return object_schema({"href": URI, "meta": view.meta()}, ["href"])

    link = {"anyOf": [URI, view.share("LinkObject", None, whole), {"type": "null"}]}
    return {"additionalProperties": view.share("Link", None, lambda: link)}


def _page_meta(view: View, dialect: Dialect) -> JsonSchema:
    """Return the schema of the facts beside a list: its size, and what controllers add."""

    def make() -> JsonSchema:
        members: dict[str, JsonSchema] = {}
        if dialect.total is not None:
            text = "Number of resources in the whole collection, where it is known."
            members[dialect.total] = {"type": "integer", "minimum": 0, "description": text}
        text = "Whether not all between two cursors are on the page."
        page = object_schema({"rangeTruncated": {"type": "boolean", "description": text}})
        members["page"] = view.share("PageRange", None, lambda: page)
        return {**object_schema(members), "additionalProperties": True}

    return view.share("PageMeta", None, make)


def _errors(view: View, dialect: Dialect) -> JsonSchema:
    """Return the document of errors, in the spelling of the dialect."""

    def make() -> JsonSchema:
        text: JsonSchema = {"type": "string"}
        members: dict[str, JsonSchema] = {
            "status": {"type": "integer"} if dialect.integer_status else text,
            "id": text,
            "code": text,
            "title": text,
            "detail": text,
        }
        if dialect.message_alias:
            members["message"] = text
        source = object_schema({"pointer": text, "parameter": text, "header": text})
        members["source"] = view.share("ErrorSource", None, lambda: source)
        links = object_schema({"type": URI})
        members["links"] = view.share("ErrorLinks", None, lambda: links)
        members["meta"] = view.meta()
        return object_schema(members, ["status"])

    def whole() -> JsonSchema:
        listed: JsonSchema = {
            "type": "array",
            "minItems": 1,
            "items": view.share("Error", None, make),
        }
        members = {"errors": listed, "meta": view.meta()}
        return object_schema(_with_version(members, view, dialect), ["errors"])

    return view.share("ErrorDocument", None, whole)


def together(pages: Fragment) -> Fragment:
    """Say of ``page[offset]`` and ``page[limit]`` that one alone is as good as none."""
    other = {"page[offset]": "page[limit]", "page[limit]": "page[offset]"}
    parameters = tuple(
        replace(
            each,
            description=f"{each.description} It counts together with {other[each.name]} only.",
        )
        if each.name in other
        else each
        for each in pages.parameters
    )
    return replace(pages, parameters=parameters)


def describe_read(operation: Operation, view: View, dialect: Dialect) -> Fragment:
    """Describe the document of a write.

    Source:
        JSON:API 1.1, "Creating, Updating and Deleting Resources".
    """
    relationship = operation.relationship
    conflict = ErrorCode(
        dialect.wrong_type_status, codes.DOCUMENT_CONFLICT, "The document has another type or id."
    )
    errors = [MALFORMED, INVALID_DOCUMENT, conflict]
    if operation.is_linkage and relationship is not None:

        def linkage() -> JsonSchema:
            data = _sent_linkage(relationship, view, dialect, has_lid=False)
            return object_schema({"data": data, "meta": view.meta()}, ["data"])

        name = _start_of(operation) + "LinkageBody"
        body = view.share(name, (view.key_of(operation), relationship.name), linkage)
        return Fragment(body={MEDIA_TYPE: body}, errors=(*errors, RELATIONSHIP))
    lens, resource = view.lens(operation), operation.resource
    if lens is None or resource is None:
        return Fragment()
    writable = [
        each
        for name, each in sorted(lens.relationships.items())
        if each.writable and lens.may_write(name)
    ]
    if operation.method == "post" and resource.client_ids == "refused":
        errors.append(CLIENT_ID)
    if lens.relationships:
        errors += [RELATIONSHIP, UNKNOWN_RELATIONSHIP]
    words = {"post": "Create", "patch": "Update", "put": "Replace"}
    name = pascal(operation.type or "") + words[operation.method]
    key = (view.key_of(operation), operation.body, operation.has_id, operation.is_partial)

    def make() -> JsonSchema:
        sent = view.share(name, key, lambda: _sent(operation, view, dialect, name, writable))
        return object_schema({"data": sent}, ["data"])

    document = view.share(name + "Document", key, make)
    return Fragment(body={MEDIA_TYPE: document}, errors=tuple(errors))


def _sent(
    operation: Operation,
    view: View,
    dialect: Dialect,
    name: str,
    writable: Sequence[Relationship],
) -> JsonSchema:
    """Return the resource object of a write; what it is made of has names that start with its."""
    resource = operation.resource
    assert resource is not None
    members: dict[str, JsonSchema] = {"type": {"const": operation.type}}
    required = ["type"]
    if operation.method == "post":
        members["lid"] = ID
        if resource.client_ids != "refused":
            pattern = resource.id_pattern
            members["id"] = ID if pattern is None else {**ID, "pattern": pattern}
            required += ["id"] if resource.client_ids == "required" else []
    elif operation.has_id:
        members["id"] = ID
        required += ["id"] if dialect.patch_needs_id else []
    attributes = view.body(operation)
    if attributes is not None:
        members["attributes"] = attributes
        if "required" in view.schemas[attributes["$ref"].rpartition("/")[2]]:
            required.append("attributes")

    # The only resource that a local id names in a document is the one that it creates.
    with_lid = operation.type if "lid" in members else None

    def relationships() -> JsonSchema:
        held = {}
        for each in writable:
            has_lid = each.target == with_lid
            data = _sent_linkage(each, view, dialect, has_lid=has_lid)
            linkage = object_schema({"data": data}, ["data"])
            one = name + pascal(each.name) + "Relationship"
            held[each.name] = view.share(one, (each.target, each.many), partial(dict, linkage))
        # Members of extensions and @-members are passed over.
        return {**object_schema(held, closed=True), "patternProperties": {FOREIGN: {}}}

    if writable:
        end, key = "Relationships", tuple(id(each) for each in writable)
        members["relationships"] = view.share(name + end, key, relationships)
    return object_schema(members, required)


def _sent_linkage(
    relationship: Relationship, view: View, dialect: Dialect, *, has_lid: bool
) -> JsonSchema:
    """Return the schema of linkage, as a body may spell it.

    Args:
        relationship: The relationship.
        view: What shares its parts.
        dialect: Decides whether a to-one linkage may be a list.
        has_lid: Whether it may lead to the resource that the document creates, by its local id.
    """
    identifier = _sent_identifier(relationship.target, view, has_lid=has_lid)
    if relationship.many:
        return {"type": "array", "items": any_of(identifier)}
    kinds: list[JsonSchema] = [*identifier, {"type": "null"}]
    if dialect.linkage_as_list:
        kinds.append({"type": "array", "items": any_of(identifier), "maxItems": 1})
    return {"anyOf": kinds}


def _sent_identifier(type_: str, view: View, *, has_lid: bool) -> list[JsonSchema]:
    """Return the schemas of what a body may name a resource by: its id, or one of the document."""

    def naming(member: str) -> Callable[[], JsonSchema]:
        members: dict[str, JsonSchema] = {"type": {"const": type_}, member: ID}
        return lambda: object_schema({**members, "meta": view.meta()}, ["type", member])

    by_id = view.share(pascal(type_) + "Reference", None, naming("id"))
    if not has_lid:
        return [by_id]
    return [by_id, view.share(pascal(type_) + "LocalReference", None, naming("lid"))]
