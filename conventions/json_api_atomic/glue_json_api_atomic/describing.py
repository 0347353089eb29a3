"""The documents of operations, described for the generated documentation."""

from __future__ import annotations

from glue_core import Answer, ErrorCode, Fragment, JsonSchema, View, codes, object_schema
from glue_json_api import MEDIA_TYPE
from glue_json_api_atomic.document import ATOMIC, METHODS, OPERATIONS, RESULTS

SPELLED = f'{MEDIA_TYPE}; ext="{ATOMIC}"'
TEXT: JsonSchema = {"type": "string", "minLength": 1}
OPEN: JsonSchema = {"type": "object", "additionalProperties": True}


def describe_operations(view: View, most: int) -> Fragment:
    """Describe what takes operations, and their results.

    Args:
        view: What shares their schemas.
        most: Number of operations that one request may have.

    Source:
        JSON:API, extension "Atomic Operations", "Document Structure".
    """
    ref = object_schema({"type": TEXT, "id": TEXT, "lid": TEXT, "relationship": TEXT}, ["type"])
    sent = _data(view, "AtomicResource", TEXT, {"lid": TEXT})
    operation = object_schema(
        {
            "op": {"type": "string", "enum": list(METHODS)},
            "ref": view.share("AtomicRef", None, lambda: ref),
            "href": {"type": "string", "format": "uri-reference"},
            "data": sent,
            "meta": view.meta(),
        },
        ["op"],
    )
    listed: JsonSchema = {
        "type": "array",
        "minItems": 1,
        "maxItems": most,
        "items": view.share("AtomicOperation", most, lambda: operation),
    }
    shown = _data(view, "AtomicResultResource", {"type": ["string", "null"]}, {"links": OPEN})
    result = object_schema({"data": shown, "meta": view.meta()})
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


def _data(view: View, name: str, id_: JsonSchema, more: dict[str, JsonSchema]) -> JsonSchema:
    """Return what the target is given, or has answered: resources of any type, or identifiers."""
    members: dict[str, JsonSchema] = {"type": TEXT, "id": id_}
    members |= {"attributes": OPEN, "relationships": OPEN, "meta": view.meta(), **more}
    resource = view.share(name, None, lambda: object_schema(members, ["type"]))
    return {"anyOf": [resource, {"type": "array", "items": resource}, {"type": "null"}]}
