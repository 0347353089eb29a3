"""Documents: the compiled writer of resources, collections and problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from glue_core import (
    INCLUDE_NOTE,
    PROBLEM,
    BadRequest,
    ConfigurationError,
    GlueLink,
    GlueRequest,
    GlueResource,
    GlueResponse,
    IncludeTree,
    Lens,
    Operation,
    Places,
    Writer,
    codes,
    page_addresses,
    path_of,
    problem_document,
    query_of,
)
from glue_hal.body import OWN_MEMBERS

MEDIA_TYPE = "application/hal+json"

Document = dict[str, Any]


def write_documents(operation: Operation, size: int) -> Writer:
    """Compile everything that an operation may answer with.

    Args:
        operation: The operation, or a refusal.
        size: Number of embedded resources in a document at most; more are a 400.

    Raises:
        ConfigurationError: A type has an attribute with the name of one of HAL's own members.

    Source:
        JSON Hypertext Application Language, draft-kelly-json-hal; RFC 9457 for errors.
    """
    _refuse_own_names(operation)
    shows = _success_documents(operation, size)

    def write(response: GlueResponse, request: GlueRequest) -> None:
        if response.http_status == 204:
            return
        if response.errors:
            problem = problem_document(response.errors, response.http_status, request)
            response.content = orjson.dumps(problem)
            response.format = PROBLEM
            return
        response.content = orjson.dumps(shows(response, request))
        response.format = MEDIA_TYPE

    return write


def _refuse_own_names(operation: Operation) -> None:
    model = operation.model
    for type_ in model.types if model is not None else ():
        assert model is not None
        for name in OWN_MEMBERS:
            if name in model.lens(type_).attributes:
                raise ConfigurationError(
                    f"The type {type_!r} of {operation.application!r} has the attribute {name!r}, "
                    f"which HAL documents have for themselves.\n"
                    f"Rename it, or leave 'hal' out of the resource's 'conventions'."
                )


def _success_documents(
    operation: Operation, size: int
) -> Callable[[GlueResponse, GlueRequest], Document]:
    """Compile the document of a success: a resource, or a collection of them."""
    listed = operation.method == "getCollection"
    creates = operation.method == "post"
    own_path = path_of(operation)
    places = Places(operation)
    name = operation.type

    def show(response: GlueResponse, request: GlueRequest) -> Document:
        tree: IncludeTree = request.notes.get(INCLUDE_NOTE, ())
        shown = _Resources(operation, places, request, size)
        asked = request.base_url + own_path(request)
        if listed or response.is_collection:
            document = _collection(response, request, asked)
            embedded: dict[str | None, list[Document]] = {name: []} if name is not None else {}
            for each in response.resources:
                embedded.setdefault(each.type, []).append(shown.show(each, tree, True))
            document["_embedded"] = embedded
        else:
            resource = _single(response, operation)
            document = {} if resource is None else shown.show(resource, tree, True)
            links = document.setdefault("_links", {})
            if creates:
                if "self" in links:
                    response.meta.setdefault("location", links["self"]["href"])
            else:
                links.setdefault("self", {"href": asked})
        for key, link in response.document_links.items():
            document["_links"][key] = _link(link, request.base_url)
        if response.document_meta:
            document["_meta"] = {**document.get("_meta", {}), **response.document_meta}
        return document

    return show


def _collection(response: GlueResponse, request: GlueRequest, asked: str) -> Document:
    """Return the document of a collection, without its resources."""
    query = query_of(request.parameters_string, with_page=True)
    links = {"self": {"href": f"{asked}?{query}" if query else asked}}
    document: Document = {"_links": links}
    page = response.pagination
    if page is not None:
        for name, address in page_addresses(asked, request, page).items():
            links[name] = {"href": address}
        # Nobody counts what is in front of a page that a cursor starts.
        start = {} if page.strategy == "cursor" else {"offset": page.offset}
        document["page"] = {**start, "limit": page.limit}
        if page.total is not None:
            document["total"] = page.total
    return document


def _single(response: GlueResponse, operation: Operation) -> GlueResource | None:
    resources = response.resources
    if len(resources) > 1:
        raise TypeError(
            f"The handler of {operation.contribution_name!r} answered with {len(resources)} "
            f"resources where one is shown; a list is `GlueResponse.page(...)`."
        )
    return resources[0] if resources else None


def _link(link: GlueLink, base_url: str) -> Document:
    href = base_url + link.href if link.href.startswith("/") else link.href
    return {**(link.meta or {}), "href": href}


class _Resources:
    """Shows the resources of one answer, each with what is embedded in it."""

    __slots__ = ("_lenses", "_operation", "_places", "_request", "_room", "_size", "_wanted")

    def __init__(
        self, operation: Operation, places: Places, request: GlueRequest, size: int
    ) -> None:
        self._operation = operation
        self._places = places
        self._request = request
        self._size = size
        self._room = size
        self._wanted = {
            each.resource_type: frozenset(each.fields) for each in request.sparse_resources
        }
        self._lenses: dict[str | None, Lens] = {}

    def show(self, resource: GlueResource, tree: IncludeTree, is_primary: bool) -> Document:
        """Return the resource object.

        The tree that the client asked for bounds the depth: two resources may well be related to
        each other, and each is then shown within the other once.
        """
        lens = self._lenses.get(resource.type) or self._lens(resource.type)
        shown: Document = {}
        if resource.attributes is not None:
            wanted = self._wanted.get(lens.type)
            shown.update(lens.attributes_of(resource.attributes, wanted))
        links = self._links(resource, lens, is_primary)
        if links:
            shown["_links"] = links
        embedded = {
            edge.relationship.name: self._embed(resource, edge.relationship.name, edge.tree)
            for edge in tree
            if edge.source == resource.type
        }
        # A to-one relationship that holds nothing has no resource object, so it is left out.
        embedded = {name: each for name, each in embedded.items() if each is not None}
        if embedded:
            shown["_embedded"] = embedded
        if resource.meta:
            shown["_meta"] = dict(resource.meta)
        return shown

    def _embed(
        self, resource: GlueResource, name: str, tree: IncludeTree
    ) -> Document | list[Document] | None:
        held = (resource.relationships or {}).get(name)
        if held is None:
            return None
        self._room -= len(held.resources)
        if self._room < 0:
            raise BadRequest(
                codes.INCLUDE_TOO_LARGE,
                f"The answer would embed more than {self._size} resources. Ask for a smaller "
                f"page or fewer relationships.",
                parameter="include",
            )
        shown = [self.show(each, tree, False) for each in held.resources]
        if held.many:
            return shown
        return shown[0] if shown else None

    def _lens(self, type_: str | None) -> Lens:
        model = self._operation.model
        if type_ is None or model is None or type_ not in model:
            raise TypeError(
                f"The handler of {self._operation.contribution_name!r} answered with a resource "
                f"of type {type_!r}, which {self._operation.application!r} does not declare."
            )
        lens = self._lenses[type_] = model.lens(type_, self._request.grants)
        return lens

    def _links(self, resource: GlueResource, lens: Lens, is_primary: bool) -> Document:
        links: Document = {}
        own = self._places.address_of(resource, self._request, is_primary=is_primary)
        if own is not None:
            for name in lens.relationships:
                if self._places.has_related(resource.type, name):
                    links[name] = {"href": f"{own}/{name}"}
            links["self"] = {"href": own}
        for name, link in (resource.links or {}).items():
            links[name] = _link(link, self._request.base_url)
        return links
