"""Format request: what the query and the body of a request say, without judging them."""

from __future__ import annotations

from urllib.parse import parse_qsl

import orjson

from glue_core import (
    INCLUDE_NOTE,
    Build,
    GlueRequest,
    IncludeTree,
    Operation,
    Pagination,
    read_include,
)
from glue_legacy_api.headers import LIMIT, OFFSET

INCLUDE = "include"
MOST_PARAMETERS = 1000
WRITES = frozenset({"post", "patch", "put"})
BODY_NOTE = "legacy_api.body"
"""Name in ``request.notes`` of the parsed body; missing where it is no JSON."""


def read_query(request: GlueRequest) -> None:
    """Decode the query; of a parameter that is sent twice the last one counts."""
    text = request.parameters_string
    pairs = parse_qsl(text, keep_blank_values=True, errors="replace") if text else []
    request.query_fields = dict(pairs[:MOST_PARAMETERS])


def read_body(operation: Operation) -> Build | None:
    """Parse the document of a write; validators say what is wrong with it."""
    if operation.type is None or operation.method not in WRITES or operation.is_raw:
        return None

    def build(request: GlueRequest) -> None:
        try:
            document = orjson.loads(request.content)
        except orjson.JSONDecodeError:
            return
        request.notes[BODY_NOTE] = document
        data = document.get("data") if isinstance(document, dict) else None
        attributes = data.get("attributes") if isinstance(data, dict) else None
        if isinstance(attributes, dict):
            request.attributes = attributes

    return build


def read_page(operation: Operation, most: int) -> Build | None:
    """Read the page: both parameters together count, and more than a page may hold is cut off.

    Args:
        operation: The operation.
        most: Most resources on a page.
    """
    if operation.refusal is not None or operation.method != "getCollection":
        return None
    default = operation.page.default if operation.page is not None else None

    def build(request: GlueRequest) -> None:
        offset, limit = request.query_fields.get(OFFSET), request.query_fields.get(LIMIT)
        if offset is not None and limit is not None:
            request.pagination = Pagination(int(offset), min(int(limit), most))
        elif default is not None:
            request.pagination = Pagination(0, default)

    return build


def read_included(operation: Operation, *, eager: bool, depth: int) -> Build | None:
    """Read ``include``: a flat list, in which the type that was asked for always counts.

    Args:
        operation: The operation.
        eager: Whether a request that says nothing includes everything there is; an empty value
            includes nothing either way.
        depth: Deepest level of what is included.
    """
    read = read_include(operation, flat=True, ignore_unknown=True, depth=depth)
    if read is None or operation.model is None:
        return None
    everything = ",".join(sorted(operation.model.types)) if eager else ""
    own = operation.type or ""

    def build(request: GlueRequest) -> None:
        asked = request.query_fields.get(INCLUDE)
        text = everything if asked is None else asked
        if not text:
            return
        names = tuple(text.split(","))
        # The tree is read with the type that was asked for, and remembered without it: what leads
        # back to that type is included, and no resource says so.
        request.query_fields[INCLUDE] = ",".join(dict.fromkeys((*names, own)))
        read(request)
        tree: IncludeTree = request.notes[INCLUDE_NOTE]
        request.notes[INCLUDE_NOTE] = tuple(
            edge
            for edge in tree
            if edge.relationship.target != own
            or not set(names).isdisjoint((edge.relationship.target, edge.relationship.name))
        )
        request.included_relationships = names

    return build
