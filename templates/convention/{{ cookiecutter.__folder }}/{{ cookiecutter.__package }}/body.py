"""The body of a write: an object whose member ``attributes`` has the attributes."""

from __future__ import annotations

from glue_core import Build, GlueError, GlueRequest, Operation, codes, read_json

ATTRIBUTES_POINTER = "/attributes"
"""JSON Pointer to the attributes in a body; pointers of errors start with it."""


def read_attributes(operation: Operation) -> Build | None:
    """Read the attributes of a write; type, id and the like are ignored.

    A client may send back what it was given.
    """
    if operation.method not in ("post", "patch", "put"):
        return None

    def build(request: GlueRequest) -> None:
        before = len(request.errors)
        document = read_json(request)
        attributes = document.get("attributes") if isinstance(document, dict) else None
        if isinstance(attributes, dict):
            request.attributes = attributes
        elif len(request.errors) == before:
            request.errors.append(
                GlueError(
                    status=400,
                    code=codes.INVALID_DOCUMENT,
                    message="The document must be an object with the object 'attributes'.",
                    pointer="",
                )
            )

    return build
