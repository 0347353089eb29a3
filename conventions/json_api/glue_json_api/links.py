"""Links: where a document, its pages and its resources are found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from glue_core import (
    GlueLink,
    GlueRequest,
    Operation,
    Pagination,
    encoded,
    page_addresses,
    query_of,
)

RELATIONSHIPS = "relationships"


def related_path_of(operation: Operation) -> Callable[[GlueRequest], str]:
    """Compile the path to what the relationship of a request leads to."""
    assert operation.relationship is not None
    first, name = encoded(operation.types[0]), encoded(operation.relationship.name)
    return lambda request: f"/{first}/{encoded(request.resource.id)}/{name}"


def path_to_primary(operation: Operation) -> Callable[[GlueRequest, str | None], str] | None:
    """Compile the path of a resource that an operation shows, below the parents of the request.

    Returns:
        A function of the request and the id; None for a custom route, which says nothing about
        the places of single resources.
    """
    if operation.is_template or operation.is_linkage or operation.type != operation.types[-1]:
        return None
    above = _path_above(operation)
    singleton = operation.singleton
    last = f"/{encoded(operation.types[-1])}"

    def path(request: GlueRequest, id_: str | None) -> str:
        return above(request) + last + ("" if singleton or id_ is None else f"/{encoded(id_)}")

    return path


def _path_above(operation: Operation) -> Callable[[GlueRequest], str]:
    parents = tuple(f"/{encoded(type_)}/" for type_ in operation.types[:-1])
    if not parents:
        return lambda _: ""

    def path(request: GlueRequest) -> str:
        held = request.parent_resources
        return "".join(
            part + encoded(parent.id) for part, parent in zip(parents, held, strict=True)
        )

    return path


def address(href: str, base_url: str) -> str:
    """Return a link as an absolute address: one that starts with a slash is below the mount."""
    return base_url + href if href.startswith("/") else href


def link_object(link: GlueLink, base_url: str) -> Any:
    """Return a link as the document shows it: a string, or an object where it has facts."""
    href = address(link.href, base_url)
    return href if link.meta is None else {"href": href, "meta": dict(link.meta)}


def page_links(start: str, request: GlueRequest, page: Pagination) -> Mapping[str, str | None]:
    """Return the links to other pages; one that leads nowhere is left out.

    Of pages that a cursor starts ``prev`` and ``next`` are always there, null at the ends.

    Args:
        start: Absolute address of the collection, without a query.
        request: The request; the rest of its query stays.
        page: The page that is shown.

    Source:
        JSON:API 1.1, "Pagination", and its profile "Cursor Pagination".
    """
    addresses = page_addresses(start, request, page)
    if request.pagination is not None and request.pagination.strategy == "cursor":
        return {"prev": None, "next": None, **addresses}
    return addresses


def query_behind(request: GlueRequest) -> str:
    """Return the query of a request as it stands behind an address, encoded anew."""
    query = query_of(request.parameters_string, with_page=True)
    return f"?{query}" if query else ""
