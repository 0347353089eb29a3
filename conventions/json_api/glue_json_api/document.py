"""Documents: the compiled writer of resources, collections and errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

from glue_core import (
    GlueRelationship,
    GlueRequest,
    GlueResource,
    GlueResponse,
    Model,
    Operation,
    Writer,
    encoded,
    path_of,
    query_of,
)
from glue_json_api.dialect import Dialect
from glue_json_api.errors import error_objects
from glue_json_api.links import (
    RELATIONSHIPS,
    link_object,
    page_links,
    path_to_primary,
    related_path_of,
)
from glue_json_api.media_types import Followed, followed_by

VERSION = "1.1"

Document = dict[str, Any]


def write_documents(operation: Operation, dialect: Dialect) -> Writer:
    """Compile everything that an operation may answer with.

    Source:
        JSON:API 1.1, "Document Structure".
    """
    errors = error_objects(dialect)
    data = _data_documents(operation, dialect)
    follow = followed_by(operation)

    def write(response: GlueResponse, request: GlueRequest) -> None:
        if response.http_status == 204:
            return
        if response.errors:
            document: Document = {"errors": [errors(each) for each in response.errors]}
            if response.document_meta:
                document["meta"] = dict(response.document_meta)
        else:
            document = data(response, request)
        followed = follow(request)
        if dialect.jsonapi_member:
            document["jsonapi"] = jsonapi_member(followed)
        response.content = orjson.dumps(document)
        response.format = followed.media_type

    return write


def jsonapi_member(followed: Followed) -> Document:
    """Return the member ``jsonapi``: the version, and what the answer follows.

    Source:
        JSON:API 1.1, "JSON:API Object".
    """
    member: Document = {"version": VERSION}
    if followed.ext:
        member["ext"] = followed.ext
    if followed.profile:
        member["profile"] = followed.profile
    return member


def _data_documents(
    operation: Operation, dialect: Dialect
) -> Callable[[GlueResponse, GlueRequest], Document]:
    """Compile the document of a success."""
    listed = operation.method == "getCollection" or (
        dialect.singleton_as_list and operation.singleton and operation.method != "post"
    )
    creates = operation.method == "post"
    own_path = path_of(operation)
    linkage = _to_one_as_list if dialect.linkage_as_list else _to_one
    total = dialect.total
    primary_path = path_to_primary(operation) if operation.type is not None else None

    if operation.is_linkage:
        return _linkage_documents(operation, dialect, own_path, linkage, total)

    def show(response: GlueResponse, request: GlueRequest) -> Document:
        shown = _Resources(operation, dialect, primary_path, linkage, request)
        resources = [shown.show(each, True) for each in response.resources]
        included = [shown.show(each, False) for each in response.included_relationships]
        as_list = listed or response.is_collection
        document: Document = {"data": resources if as_list else _single(resources, operation)}
        if included or "include" in request.query_fields:
            document["included"] = included
        if creates:
            links = _links_of_created(document["data"], response)
        else:
            links = _links_of_read(own_path(request), response, request, as_list)
        for name, link in response.document_links.items():
            links[name] = link_object(link, request.base_url)
        if links:
            document["links"] = links
        meta = _meta(response, total)
        if meta:
            document["meta"] = meta
        return document

    return show


def _linkage_documents(
    operation: Operation,
    dialect: Dialect,
    own_path: Callable[[GlueRequest], str],
    linkage: Linkage,
    total: str | None,
) -> Callable[[GlueResponse, GlueRequest], Document]:
    """Compile the document of a relationship itself: identifiers as primary data.

    Source:
        JSON:API 1.1, "Fetching Relationships"; "Related Resource Links": the links to pages are
        those of the relationship, not of the related resources.
    """
    assert operation.relationship is not None
    name, many = operation.relationship.name, operation.relationship.many
    related_path = related_path_of(operation)

    def show(response: GlueResponse, request: GlueRequest) -> Document:
        held = (response.resources[0].relationships or {})[name]
        document = _relationship(held, linkage)
        shown = _Resources(operation, dialect, None, linkage, request)
        included = [shown.show(each, False) for each in response.included_relationships]
        if included or "include" in request.query_fields:
            document["included"] = included
        links = _links_of_read(own_path(request), response, request, many)
        model = operation.model
        if model is not None and (operation.type, name) in model.related:
            links["related"] = request.base_url + related_path(request)
        document["links"] = links
        meta = _meta(response, total)
        if meta:
            document["meta"] = meta
        return document

    return show


def _single(resources: list[Document], operation: Operation) -> Document | None:
    if len(resources) > 1:
        raise TypeError(
            f"The handler of {operation.contribution_name!r} answered with {len(resources)} "
            f"resources where one is shown; a list is `GlueResponse.page(...)`."
        )
    return resources[0] if resources else None


def _links_of_read(
    path: str, response: GlueResponse, request: GlueRequest, as_list: bool
) -> Document:
    """Link to what was asked for, and from a page to the others."""
    start = request.base_url + path
    query = query_of(request.parameters_string, with_page=True)
    links: Document = {"self": f"{start}?{query}" if query else start}
    if as_list and response.pagination is not None:
        links.update(page_links(start, request, response.pagination))
    return links


def _links_of_created(data: Any, response: GlueResponse) -> Document:
    """Link to a new resource where its place is known, and say so in ``Location`` as well.

    Source:
        JSON:API 1.1, "Creating Resources": ``Location`` and ``links.self`` must be equal.
    """
    if not isinstance(data, dict) or "self" not in data.get("links", ()):
        return {}
    own = data["links"]["self"]
    if response.http_status == 201:
        response.meta.setdefault("location", own if isinstance(own, str) else own["href"])
    return {"self": own}


def _meta(response: GlueResponse, total: str | None) -> Document:
    meta = dict(response.document_meta)
    if total is not None and response.pagination is not None:
        known = response.pagination.total
        if known is not None:
            meta.setdefault(total, known)
    if response.pagination is not None and response.pagination.is_truncated:
        meta.setdefault("page", {"rangeTruncated": True})
    return meta


PrimaryPath = Callable[[GlueRequest, str | None], str]
"""The path of a resource that the operation shows, from the request and the id."""

Linkage = Callable[[list[Document]], Any]
"""The linkage of a to-one relationship, from the identifiers in it: one or none."""


def _to_one(identifiers: list[Document]) -> Any:
    return identifiers[0] if identifiers else None


def _to_one_as_list(identifiers: list[Document]) -> Any:
    return identifiers


class _View:
    """How one request sees the resources of one type."""

    __slots__ = ("after", "attributes_of", "before", "links", "relationships", "wanted")

    def __init__(
        self,
        model: Model,
        type_: str,
        request: GlueRequest,
        wanted: frozenset[str] | None,
        *,
        relationship_links: bool,
        query: str,
    ) -> None:
        lens = model.lens(type_, request.grants)
        self.attributes_of = lens.attributes_of
        self.wanted = wanted
        self.relationships = frozenset(
            name for name in lens.relationships if wanted is None or name in wanted
        )
        place = model.canonical.get(type_)
        self.before: str | None = None
        self.after = ""
        if place is not None:
            head, _, self.after = place.partition("{id}")
            self.before = request.base_url + head
        # What follows the id in the links of each relationship, in the order of the lens.
        self.links: dict[str, dict[str, str]] = {}
        if relationship_links and self.before is not None:
            for name in lens.relationships:
                if name not in self.relationships:
                    continue
                links = {}
                if (type_, name) in model.linkage:
                    links["self"] = f"/{RELATIONSHIPS}/{encoded(name)}"
                if (type_, name) in model.related:
                    links["related"] = f"/{encoded(name)}"
                if links:
                    self.links[name] = links
        self.after += query


class _Resources:
    """Shows the resources of one answer."""

    __slots__ = (
        "_base_url",
        "_dialect",
        "_operation",
        "_path",
        "_request",
        "_to_one",
        "_views",
        "_wanted",
    )

    def __init__(
        self,
        operation: Operation,
        dialect: Dialect,
        path: PrimaryPath | None,
        to_one: Linkage,
        request: GlueRequest,
    ) -> None:
        self._operation = operation
        self._dialect = dialect
        self._path = path
        self._to_one = to_one
        self._request = request
        self._base_url = request.base_url
        self._wanted = {
            each.resource_type: frozenset(each.fields) for each in request.sparse_resources
        }
        self._views: dict[str | None, _View] = {}

    def show(self, resource: GlueResource, primary: bool) -> Document:
        """Return the resource object; a primary one is what the operation is about."""
        view = self._views.get(resource.type) or self._view(resource.type)
        id_ = resource.id if resource.id is not None or self._dialect.null_ids else resource.type
        shown: Document = {"type": resource.type, "id": id_}
        if resource.attributes is not None:
            attributes = view.attributes_of(resource.attributes, view.wanted)
            if attributes:
                shown["attributes"] = attributes
        relationships: Document = {}
        if view.links and resource.id is not None:
            start = f"{view.before}{encoded(resource.id)}"
            for name, ends in view.links.items():
                links = {end: start + path for end, path in ends.items()}
                relationships[name] = {"links": links}
        if resource.relationships:
            for name, held in resource.relationships.items():
                if name in view.relationships:
                    object_ = relationships.setdefault(name, {})
                    object_.update(_relationship(held, self._to_one))
        if relationships:
            shown["relationships"] = relationships
        own = self._links(resource, view, primary)
        if own:
            shown["links"] = own
        if resource.meta:
            shown["meta"] = resource.meta
        return shown

    def _view(self, type_: str | None) -> _View:
        model = self._operation.model
        if type_ is None or model is None or type_ not in model:
            raise TypeError(
                f"The handler of {self._operation.contribution_name!r} answered with a resource "
                f"of type {type_!r}, which {self._operation.application!r} does not declare."
            )
        query = ""
        asked = type_ == self._operation.type and self._operation.method != "post"
        if self._dialect.query_in_self_links and asked:
            query = query_of(self._request.parameters_string, with_page=True)
        view = _View(
            model,
            type_,
            self._request,
            self._wanted.get(type_),
            relationship_links=self._dialect.relationship_links,
            query=f"?{query}" if query else "",
        )
        self._views[type_] = view
        return view

    def _links(self, resource: GlueResource, view: _View, primary: bool) -> Document:
        links: Document = {}
        own = self._self(resource, view, primary)
        if own is not None:
            links["self"] = own
        if resource.links:
            for name, link in resource.links.items():
                links[name] = link_object(link, self._base_url)
        return links

    def _self(self, resource: GlueResource, view: _View, primary: bool) -> str | None:
        """Return the place of a resource: that of its type, else below the request's parents."""
        id_ = resource.id
        if view.before is not None:
            return None if id_ is None else f"{view.before}{encoded(id_)}{view.after}"
        if not primary or self._path is None or resource.type != self._operation.type:
            return None
        if id_ is not None or self._operation.singleton:
            return self._base_url + self._path(self._request, id_)
        declared = self._operation.resource
        if declared is None or declared.id is not None:
            return None
        # Without an id the query is all that tells one from another.
        query = query_of(self._request.parameters_string, with_page=True)
        address = self._base_url + self._path(self._request, None)
        return f"{address}?{query}" if query else address


def _relationship(held: GlueRelationship, to_one: Linkage) -> Document:
    identifiers = [{"type": each.type, "id": each.id} for each in held.resources]
    return {"data": identifiers if held.many else to_one(identifiers)}
