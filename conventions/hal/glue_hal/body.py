"""The body of a write: an object of attributes, with or without HAL's own members."""

from __future__ import annotations

from glue_core import Build, GlueError, GlueRequest, Operation, codes, read_json

OWN_MEMBERS = ("_links", "_embedded", "_meta")
"""Members that HAL itself has in a document; a client may send back what it was given."""


def read_attributes(operation: Operation) -> Build | None:
    """Read the attributes of a write; HAL's own members in it are left out."""
    if operation.method not in ("post", "patch", "put") or operation.is_raw:
        return None

    def build(request: GlueRequest) -> None:
        before = len(request.errors)
        document = read_json(request)
        if isinstance(document, dict):
            for name in OWN_MEMBERS:
                document.pop(name, None)
            request.attributes = document
        elif len(request.errors) == before:
            request.errors.append(
                GlueError(
                    status=400,
                    code=codes.INVALID_DOCUMENT,
                    message="The document must be an object of attributes.",
                    pointer="",
                )
            )

    return build
