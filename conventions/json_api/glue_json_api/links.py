"""Links: where a document, its pages and its resources are found."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from glue_core import GlueLink, GlueRequest, Operation, Pagination

RELATIONSHIPS = "relationships"

_SAFE = re.compile(r"[A-Za-z0-9_.~-]*")
_PLACEHOLDER = re.compile(r"\{([^}:]*)[^}]*\}")


def encoded(text: str | None) -> str:
    """Return a text as one segment of a path, with nothing left that would split it."""
    if text is None:
        return ""
    return text if _SAFE.fullmatch(text) else quote(text, safe="")


@lru_cache(maxsize=256)
def query_of(text: str, *, with_page: bool) -> str:
    """Return a query anew, each name and value percent-encoded.

    Args:
        text: The query as the client sent it.
        with_page: Whether the page parameters stay.
    """
    pairs = parse_qsl(text, keep_blank_values=True)
    kept = [pair for pair in pairs if with_page or not pair[0].startswith("page[")]
    return urlencode(kept, quote_via=quote, safe=",")


def related_path_of(operation: Operation) -> Callable[[GlueRequest], str]:
    """Compile the path to what the relationship of a request leads to."""
    assert operation.relationship is not None
    first, name = encoded(operation.types[0]), encoded(operation.relationship.name)
    return lambda request: f"/{first}/{encoded(request.resource.id)}/{name}"


def path_of(operation: Operation) -> Callable[[GlueRequest], str]:
    """Compile the path of a request, with each id percent-encoded."""
    if operation.is_template:
        return _filled_template(operation.place)
    if operation.is_linkage and operation.relationship is not None:
        first, name = encoded(operation.types[0]), encoded(operation.relationship.name)
        return lambda request: f"/{first}/{encoded(request.resource.id)}/{RELATIONSHIPS}/{name}"
    above = _path_above(operation)
    has_id = operation.has_id
    last = f"/{encoded(operation.types[-1])}"

    def path(request: GlueRequest) -> str:
        tail = f"/{encoded(request.resource.id)}" if has_id else ""
        return above(request) + last + tail

    return path


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
        return above(request) + last + ("" if singleton else f"/{encoded(id_)}")

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


def _filled_template(template: str) -> Callable[[GlueRequest], str]:
    def path(request: GlueRequest) -> str:
        values = request.resource.parameters or {}
        return _PLACEHOLDER.sub(lambda found: encoded(values.get(found[1])), template)

    return path


def address(href: str, base_url: str) -> str:
    """Return a link as an absolute address: one that starts with a slash is below the mount."""
    return base_url + href if href.startswith("/") else href


def link_object(link: GlueLink, base_url: str) -> Any:
    """Return a link as the document shows it: a string, or an object where it has facts."""
    href = address(link.href, base_url)
    return href if link.meta is None else {"href": href, "meta": dict(link.meta)}


def page_links(start: str, request: GlueRequest, page: Pagination) -> dict[str, str | None]:
    """Return the links to other pages; one that leads nowhere is left out.

    Pages are named as the client named this one. Of pages that a cursor starts ``prev`` and
    ``next`` are always there, null at the ends, as their profile asks.

    Args:
        start: Absolute address of the collection, without a query.
        request: The request; the rest of its query stays.
        page: The page that is shown.

    Source:
        JSON:API 1.1, "Pagination", and its profile "Cursor Pagination".
    """
    rest = query_of(request.parameters_string, with_page=False)
    before = f"{start}?{rest}&" if rest else f"{start}?"
    strategy = request.pagination.strategy if request.pagination is not None else page.strategy

    if strategy == "cursor":
        size = f"page%5Bsize%5D={page.limit}"
        links: dict[str, str | None] = {"first": before + size, "prev": None, "next": None}
        if page.before is not None:
            links["prev"] = f"{before}page%5Bbefore%5D={encoded(page.before)}&{size}"
        if page.after is not None:
            links["next"] = f"{before}page%5Bafter%5D={encoded(page.after)}&{size}"
        return links

    def to(offset: int) -> str:
        if strategy == "number":
            number = offset // max(page.limit, 1) + 1
            return f"{before}page%5Bnumber%5D={number}&page%5Bsize%5D={page.limit}"
        return f"{before}page%5Boffset%5D={offset}&page%5Blimit%5D={page.limit}"

    links = {"first": to(page.first_index)}
    last, previous, following = page.last_index, page.previous_first_index, page.next_first_index
    if previous is not None:
        # Behind the end the page before is the last one that shows something.
        links["prev"] = to(previous if last is None else min(previous, last))
    if following is not None:
        links["next"] = to(following)
    if last is not None:
        links["last"] = to(last)
    return links
