"""The documents of operations, described for the generated documentation."""

from __future__ import annotations

from glue_core import Answer, ErrorCode, Fragment, JsonSchema, codes, object_schema
from glue_json_api import MEDIA_TYPE
from glue_json_api_atomic.document import ATOMIC, METHODS, OPERATIONS, RESULTS

SPELLED = f'{MEDIA_TYPE}; ext="{ATOMIC}"'
TEXT: JsonSchema = {"type": "string", "minLength": 1}
META: JsonSchema = {"type": "object"}


def describe_operations(most: int) -> Fragment:
    """Describe what takes operations, and their results.

    Args:
        most: Number of operations that one request may have.

    Source:
        JSON:API, extension "Atomic Operations", "Document Structure".
    """
    ref = object_schema({"type": TEXT, "id": TEXT, "lid": TEXT, "relationship": TEXT}, ["type"])
    operation = object_schema(
        {
            "op": {"type": "string", "enum": list(METHODS)},
            "ref": ref,
            "href": {"type": "string", "format": "uri-reference"},
            "data": {"type": ["object", "array", "null"]},
            "meta": META,
        },
        ["op"],
    )
    listed: JsonSchema = {"type": "array", "minItems": 1, "maxItems": most, "items": operation}
    result = object_schema({"data": {"type": ["object", "array", "null"]}, "meta": META})
    results = object_schema(
        {RESULTS: {"type": "array", "items": result}, "jsonapi": META}, [RESULTS]
    )
    errors = (
        ErrorCode(400, codes.INVALID_DOCUMENT, "The document contradicts the extension."),
        ErrorCode(400, codes.MALFORMED_BODY, "The body is no JSON."),
        ErrorCode(404, codes.NOT_FOUND, "The target of an operation is not found."),
        ErrorCode(413, codes.BODY_TOO_LARGE, f"There are more than {most} operations."),
    )
    return Fragment(
        body={SPELLED: object_schema({OPERATIONS: listed}, [OPERATIONS])},
        errors=errors,
        forwards="What the target of an operation answers; the pointer says which operation.",
        answers=(
            Answer(content={SPELLED: results}, description="Each operation was performed."),
            Answer(204, description="Each operation was performed, and none has a result."),
        ),
    )
