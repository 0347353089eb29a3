"""The documents of operations, described for the generated documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from glue_core import Answer, ErrorCode, Fragment, JsonSchema, View, codes, object_schema
from glue_json_api import MEDIA_TYPE
from glue_json_api_atomic.document import ATOMIC, METHODS, OPERATIONS, PRECONDITIONS, RESULTS

SPELLED = f'{MEDIA_TYPE}; ext="{ATOMIC}"'
TEXT: JsonSchema = {"type": "string", "minLength": 1}
OPEN: JsonSchema = {"type": "object", "additionalProperties": True}

_Members = dict[str, JsonSchema]


def _operation(view: View) -> JsonSchema:
    """Return the schema of one operation: what it needs depends on how it names its target."""
    resource = _resource(view, "AtomicResource", TEXT, {"lid": TEXT})
    known = {"allOf": [resource, {"anyOf": [{"required": ["id"]}, {"required": ["lid"]}]}]}
    href: JsonSchema = {"type": "string", "format": "uri-reference", "minLength": 1}
    at = {"href": href}
    whole, part = {"ref": _ref(view, "Resource")}, {"ref": _ref(view, "Relationship")}
    data = {"data": _data(resource)}
    adds, updates, removes = (("add",), ("update",), ("remove",))
    forms: tuple[tuple[str, str, tuple[str, ...], _Members, _Members], ...] = (
        ("New", "The data names a new resource.", adds, {"data": resource}, {}),
        ("Known", "The data names a resource.", updates, {"data": known}, {}),
        ("At", "An address names the target.", (*adds, *updates), {**at, **data}, {}),
        ("NoMoreAt", "An address names what goes.", removes, at, data),
        ("Changed", "A resource is changed.", updates, {**whole, **data}, {}),
        ("NoMore", "A resource goes.", removes, whole, data),
        ("Related", "A relationship is changed.", tuple(METHODS), {**part, **data}, {}),
    )
    return {
        "anyOf": [
            view.share(f"Atomic{name}", None, partial(_form, view, text, ops, needs, takes))
            for name, text, ops, needs, takes in forms
        ]
    }


def _form(
    view: View,
    text: str,
    ops: Sequence[str],
    needs: Mapping[str, JsonSchema],
    takes: Mapping[str, JsonSchema],
) -> JsonSchema:
    """Return the schema of a form that operations may have, without other names of the target."""
    op: JsonSchema = {"type": "string", "enum": list(ops)}
    tags: JsonSchema = {"type": "string", "description": "As in the header of this name."}
    meta = object_schema(dict.fromkeys(PRECONDITIONS, tags))
    meta["additionalProperties"] = True
    shown = view.share("AtomicMeta", None, lambda: meta)
    found = object_schema({"op": op, **needs, **takes, "meta": shown}, ["op", *needs])
    others = [{"required": [each]} for each in ("ref", "href") if each not in needs]
    found["not"] = others[0] if len(others) == 1 else {"anyOf": others}
    return {"description": text, **found}


def _ref(view: View, kind: str) -> JsonSchema:
    """Return the schema of a target by its name: a resource, or a relationship of one."""
    needs = ["relationship"] if kind == "Relationship" else []

    def make() -> JsonSchema:
        members = dict.fromkeys(("type", "id", "lid", *needs), TEXT)
        found = object_schema(members, ["type", *needs])
        # One of them; a local id is that of a resource which an operation before it makes.
        found["oneOf"] = [{"required": ["id"]}, {"required": ["lid"]}]
        return found if needs else {**found, "not": {"required": ["relationship"]}}

    return view.share(f"Atomic{kind}Ref", None, make)


def describe_operations(view: View, most: int) -> Fragment:
    """Describe what takes operations, and their results.

    Args:
        view: What shares their schemas.
        most: Number of operations that one request may have.

    Source:
        JSON:API, extension "Atomic Operations", "Document Structure".
    """
    listed: JsonSchema = {
        "type": "array",
        "minItems": 1,
        "maxItems": most,
        "items": view.share("AtomicOperation", None, lambda: _operation(view)),
    }
    maybe: JsonSchema = {"type": ["string", "null"]}
    shown = _resource(view, "AtomicResultResource", maybe, {"links": OPEN})
    result = object_schema({"data": _data(shown), "meta": view.meta()})
    one = view.share("AtomicResult", None, lambda: result)
    results = object_schema({RESULTS: {"type": "array", "items": one}, "jsonapi": OPEN}, [RESULTS])
    request = object_schema({OPERATIONS: listed}, [OPERATIONS])
    errors = (
        ErrorCode(400, codes.INVALID_DOCUMENT, "The document contradicts the extension."),
        ErrorCode(400, codes.MALFORMED_BODY, "The body is no JSON."),
        ErrorCode(404, codes.NOT_FOUND, "The target of an operation is not found."),
        ErrorCode(413, codes.BODY_TOO_LARGE, f"There are more than {most} operations."),
    )
    return Fragment(
        body={SPELLED: view.share("AtomicOperations", most, lambda: request)},
        errors=errors,
        forwards="What the target of an operation answers; the pointer says which operation.",
        answers=(
            Answer(
                content={SPELLED: view.share("AtomicResults", None, lambda: results)},
                description="Each operation was performed.",
            ),
            Answer(204, description="Each operation was performed, and none has a result."),
        ),
    )


def _resource(view: View, name: str, id_: JsonSchema, more: dict[str, JsonSchema]) -> JsonSchema:
    """Return the schema of a resource of any type, or its identifier."""
    members: dict[str, JsonSchema] = {"type": TEXT, "id": id_}
    members |= {"attributes": OPEN, "relationships": OPEN, "meta": view.meta(), **more}
    return view.share(name, None, lambda: object_schema(members, ["type"]))


def _data(resource: JsonSchema) -> JsonSchema:
    """Return what a target is given, or has answered: resources or identifiers."""
    return {"anyOf": [resource, {"type": "array", "items": resource}, {"type": "null"}]}
