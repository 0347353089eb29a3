"""Documents: resources, lists and errors as the old application writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import unquote_plus

import orjson

from glue_core import (
    GlueError,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Model,
    Operation,
    Pagination,
    Writer,
    codes,
)
from glue_legacy_api.negotiation import MEDIA_TYPE

MINE = "mine"
NOT_FOUND = "Not Found"
NOWHERE = frozenset(
    {codes.NOT_FOUND, codes.METHOD_NOT_ALLOWED, codes.PARENT_NOT_FOUND, codes.INVALID_PATH}
)
"""Codes of what has no place here: the old application knows one answer to all of them."""

Document = dict[str, Any]


def write_documents(operation: Operation) -> Writer:
    """Compile everything that an operation may answer with."""
    path = _path_of(operation)

    def write(response: GlueResponse, request: GlueRequest) -> None:
        response.format = MEDIA_TYPE
        if response.errors:
            errors = [_error(each) for each in response.errors]
            if any(each.code in NOWHERE for each in response.errors):
                response.http_status = 404
            response.content = orjson.dumps({"errors": errors})
            return
        response.content = orjson.dumps(_document(operation, path, response, request))

    return write


def _error(error: GlueError) -> Document:
    """Return an error object: a number for the status, and no code where the rules give none."""
    if error.code in NOWHERE:
        return {"status": 404, "detail": NOT_FOUND}
    shown: Document = {}
    if error.code:
        shown["code"] = error.code
    shown["status"] = error.status
    shown["detail"] = error.message
    return shown


def _document(
    operation: Operation,
    path: Callable[[GlueRequest], str],
    response: GlueResponse,
    request: GlueRequest,
) -> Document:
    """Return the document of a success.

    Data is one object where one resource is shown and the path ends in an id, or something was
    created. Else it is a list, of one resource too.
    """
    shown = _Resources(operation, request)
    data = [shown.show(each) for each in response.resources]
    ends_in_id = _ends_in_id(operation, request)
    is_object = len(data) == 1 and (operation.method == "post" or ends_in_id)
    document: Document = {"data": data[0] if is_object else data}
    page = response.pagination
    query = _decoded(request.parameters_string)
    asked_for_page = "page[offset]" in request.query_fields and (
        "page[limit]" in request.query_fields
    )
    if operation.refusal is not None or (not data and ends_in_id):
        document["links"] = []
    elif not is_object:
        address = request.base_url + path(request)
        links = {"self": f"{address}?{query}" if query else address}
        if page is not None:
            links.update(_page_links(address, query, page))
        document["links"] = links
    elif asked_for_page:
        address = request.base_url + path(request)
        document["links"] = _page_links(address, query, page) if page is not None else []
    included = shown.included(response.resources)
    if included:
        document["included"] = included
    return document


def _ends_in_id(operation: Operation, request: GlueRequest) -> bool:
    """Say whether the last segment of the path is an id, other than that of a whole collection."""
    if operation.is_template or not request.resource.id:
        return False
    return request.path.rstrip("/").rpartition("/")[2] != MINE


def _path_of(operation: Operation) -> Callable[[GlueRequest], str]:
    """Compile the path of a list: parents and type, with ids as they are."""
    if operation.is_template or not operation.types:
        return lambda request: request.path
    last = operation.types[-1]

    def path(request: GlueRequest) -> str:
        above = "".join(f"/{each.type}/{each.id or ''}" for each in request.parent_resources)
        return f"{above}/{last}"

    return path


def _decoded(query: str) -> str:
    return unquote_plus(query)


def _page_links(address: str, query: str, page: Pagination) -> dict[str, str]:
    """Return the links to other pages, where the total is known and there is something.

    ``prev`` and ``next`` are there only where they lead somewhere.
    """
    if not page.total or page.limit < 1:
        return {}
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("page["))
    start = f"{address}?{kept}&" if kept else f"{address}?"

    def to(offset: int) -> str:
        return f"{start}page[offset]={offset}&page[limit]={page.limit}"

    links = {"last": to(page.last_index or 0), "first": to(0)}
    if page.offset > 0:
        links["prev"] = to(max(page.offset - page.limit, 0))
    if page.offset + page.limit < page.total:
        links["next"] = to(page.offset + page.limit)
    return links


class _Resources:
    """Shows the resources of one answer."""

    __slots__ = ("_listed", "_model", "_query", "_request", "_requested", "_wanted")

    def __init__(self, operation: Operation, request: GlueRequest) -> None:
        self._model = operation.model
        self._requested = operation.type
        self._request = request
        self._query = _decoded(request.parameters_string)
        self._listed = frozenset(request.included_relationships)
        self._wanted = {
            each.resource_type: frozenset(each.fields) for each in request.sparse_resources
        }

    def show(self, resource: GlueResource) -> Document:
        """Return a resource object; what is linked, not what was merely loaded, is in it."""
        shown: Document = {"type": resource.type, "id": resource.id}
        if resource.attributes is not None:
            attributes = self._attributes(resource)
            if attributes is not None:
                shown["attributes"] = _without_empty_maps(attributes)
        shown["links"] = {"self": self._self(resource)}
        linked = {
            type_: {"data": [{"type": each.type, "id": each.id} for each in related]}
            for type_, related in self._linked(resource).items()
            if related and self._is_listed(type_)
        }
        if linked:
            shown["relationships"] = linked
        return shown

    def included(self, primary: Iterable[GlueResource]) -> list[Document]:
        """Return what is linked: what a resource links to comes before the resource itself."""
        primary = tuple(primary)
        seen = {(each.type, each.id) for each in primary}
        found: list[GlueResource] = []
        for each in primary:
            found.extend(self._below(each, seen))
        return [self.show(each) for each in found]

    def _below(
        self, resource: GlueResource, seen: set[tuple[str | None, str | None]]
    ) -> Iterator[GlueResource]:
        for related in self._linked(resource).values():
            for each in related:
                key = (each.type, each.id)
                if key in seen:
                    continue
                seen.add(key)
                yield from self._below(each, seen)
                yield each

    def _linked(self, resource: GlueResource) -> dict[str, list[GlueResource]]:
        """Return what was loaded of a resource by type: a relationship is called after that."""
        found: dict[str, list[GlueResource]] = {}
        for held in (resource.relationships or {}).values():
            for each in held.resources:
                found.setdefault(each.type or "", []).append(each)
        return found

    def _is_listed(self, type_: str) -> bool:
        """Say whether linkage to a type is shown: not where only the type asked for brought it."""
        return type_ != self._requested or type_ in self._listed

    def _attributes(self, resource: GlueResource) -> Document | None:
        """Return the attributes that were asked for; None of a type that has none at all."""
        model: Model | None = self._model
        type_ = resource.type
        if model is None or type_ is None or type_ not in model:
            raise TypeError(f"A handler answered with a resource of the unknown type {type_!r}.")
        lens = model.lens(type_, self._request.grants)
        if not lens.attributes:
            return None
        return lens.attributes_of(resource.attributes, self._wanted.get(type_))

    def _self(self, resource: GlueResource) -> str:
        """Return where a resource is found; of the type that was asked for with the query.

        A resource that lives below another, or says itself where it lives, never repeats it.
        """
        base = self._request.base_url
        own = (resource.links or {}).get("self")
        if own is not None:
            return base + own.href if own.href.startswith("/") else own.href
        type_, id_ = resource.type, resource.id
        place = self._model.canonical.get(type_ or "") if self._model is not None else None
        is_nested = place is not None and place.count("/") > 2
        if place is not None and is_nested and id_ is not None:
            return base + place.replace("{id}", id_)
        address = f"{base}/{type_}" if id_ is None else f"{base}/{type_}/{id_}"
        if type_ == self._requested and self._query:
            address += f"?{self._query}"
        return address


def _without_empty_maps(value: Any) -> Any:
    """Write an empty map as an empty list, wherever it is, as the old application does."""
    if isinstance(value, dict):
        if not value:
            return []
        return {name: _without_empty_maps(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_empty_maps(each) for each in value]
    return value
