"""Documents: the compiled writer of resources, collections and problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from glue_core import (
    PROBLEM,
    GlueLink,
    GlueRelationship,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Lens,
    Operation,
    Places,
    Writer,
    page_addresses,
    path_of,
    problem_document,
    query_of,
)

MEDIA_TYPE = "{{ cookiecutter.media_type }}"

Document = dict[str, Any]
Show = Callable[[GlueResource, bool], Document]
"""Shows a resource; the flag says whether the operation is about it."""


def write_documents(operation: Operation) -> Writer:
    """Compile everything that an operation may answer with.

    One resource is an object with ``type``, ``id``, ``href``, ``attributes`` and, where the client
    asked for them, ``related``. A collection has them in ``items`` and says in ``page`` where the
    others are. What is related is identified where it belongs, and shown once in ``included``.
    Errors are a problem document.
    """
    listed = operation.method == "getCollection"
    creates = operation.method == "post"
    places = Places(operation)
    path = path_of(operation)

    def write(response: GlueResponse, request: GlueRequest) -> None:
        if response.http_status == 204:
            return
        if response.errors:
            problem = problem_document(response.errors, response.http_status, request)
            response.content = orjson.dumps(problem)
            response.format = PROBLEM
            return
        show = _show(operation, places, request)
        asked = request.base_url + path(request)
        document: Document
        if listed or response.is_collection:
            document = {"items": [show(each, True) for each in response.resources]}
            document["page"] = _page(response, request, asked)
        else:
            document = _single(response, operation, show)
            if creates and "href" in document:
                response.meta.setdefault("location", document["href"])
        if response.included_relationships:
            document["included"] = [show(each, False) for each in response.included_relationships]
        if response.document_links:
            document.setdefault("links", {}).update(_links(response.document_links, request))
        if response.document_meta:
            document["meta"] = {**document.get("meta", {}), **response.document_meta}
        response.content = orjson.dumps(document)
        response.format = MEDIA_TYPE

    return write


def _single(response: GlueResponse, operation: Operation, show: Show) -> Document:
    """Return the document of one resource; an empty object where there is none."""
    if len(response.resources) > 1:
        raise TypeError(
            f"The handler of {operation.contribution_name!r} answered with "
            f"{len(response.resources)} resources where one is shown; a list is "
            f"`GlueResponse.page(...)`."
        )
    return show(response.resources[0], True) if response.resources else {}


def _page(response: GlueResponse, request: GlueRequest, asked: str) -> Document:
    """Say which page a collection is, and where the others are."""
    query = query_of(request.parameters_string, with_page=True)
    links = {"self": f"{asked}?{query}" if query else asked}
    page = response.pagination
    if page is None:
        return {"links": links}
    links.update(page_addresses(asked, request, page))
    # Nobody counts what is in front of a page that a cursor starts.
    start = {} if page.strategy == "cursor" else {"offset": page.offset}
    total = {} if page.total is None else {"total": page.total}
    return {**start, "limit": page.limit, **total, "links": links}


def _show(operation: Operation, places: Places, request: GlueRequest) -> Show:
    """Return what shows the resources of one answer."""
    wanted = {each.resource_type: frozenset(each.fields) for each in request.sparse_resources}

    def show(resource: GlueResource, is_primary: bool) -> Document:
        document: Document = {"type": resource.type, "id": resource.id}
        address = places.address_of(resource, request, is_primary=is_primary)
        if address is not None:
            document["href"] = address
        if resource.attributes is not None:
            lens = _lens(operation, resource, request)
            document["attributes"] = lens.attributes_of(resource.attributes, wanted.get(lens.type))
        if resource.relationships:
            document["related"] = {
                name: _identifiers(held) for name, held in resource.relationships.items()
            }
        if resource.links:
            document["links"] = _links(resource.links, request)
        if resource.meta:
            document["meta"] = dict(resource.meta)
        return document

    return show


def _lens(operation: Operation, resource: GlueResource, request: GlueRequest) -> Lens:
    model, type_ = operation.model, resource.type
    if model is None or type_ is None or type_ not in model:
        raise TypeError(
            f"The handler of {operation.contribution_name!r} answered with a resource of type "
            f"{type_!r}, which {operation.application!r} does not declare."
        )
    return model.lens(type_, request.grants)


def _identifiers(held: GlueRelationship) -> Document | list[Document] | None:
    """Return types and ids: a list of a to-many relationship, one or null of a to-one."""
    found = [{"type": each.type, "id": each.id} for each in held.resources]
    if held.many:
        return found
    return found[0] if found else None


def _links(links: dict[str, GlueLink], request: GlueRequest) -> dict[str, str]:
    return {
        name: request.base_url + link.href if link.href.startswith("/") else link.href
        for name, link in links.items()
    }
