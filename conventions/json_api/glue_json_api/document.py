"""Documents: the compiled writer of resources, collections and errors."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
from glue_json_api.media_types import NOTHING, Followed, followed_by

VERSION = "1.1"

Document = dict[str, Any]

KEPT_SHAPES = 256


def write_documents(operation: Operation, dialect: Dialect) -> Writer:
    """Compile everything that an operation may answer with.

    Source:
        JSON:API 1.1, "Document Structure".
    """
    errors = error_objects(dialect)
    data = _data_documents(operation, dialect)
    follow = followed_by(operation)
    plain = jsonapi_member(NOTHING)

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
            document["jsonapi"] = plain if followed is NOTHING else jsonapi_member(followed)
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
    total = dialect.total
    primary_path = path_to_primary(operation) if operation.type is not None else None

    if operation.is_linkage:
        return _linkage_documents(operation, dialect, own_path, total)

    objects = _Resources(operation, dialect, primary_path)

    def show(response: GlueResponse, request: GlueRequest) -> Document:
        resources = objects.show(response.resources, request, primary=True)
        included: list[Document] = []
        if response.included_relationships:
            included = objects.show(response.included_relationships, request, primary=False)
        as_list = listed or response.is_collection
        one = None if as_list else _single(resources, operation)
        document: Document = {"data": resources if as_list else one}
        if included or "include" in request.query_fields:
            document["included"] = included
        if creates:
            links = _links_of_created(one, response)
        else:
            links = _links_of_read(own_path(request), response, request, as_list)
        if response.document_links:
            for name, link in response.document_links.items():
                links[name] = link_object(link, request.base_url)
        if links:
            document["links"] = links
        if response.document_meta or response.pagination is not None:
            meta = _meta(response, total)
            if meta:
                document["meta"] = meta
        return document

    return show


def _linkage_documents(
    operation: Operation,
    dialect: Dialect,
    own_path: Callable[[GlueRequest], str],
    total: str | None,
) -> Callable[[GlueResponse, GlueRequest], Document]:
    """Compile the document of a relationship itself: identifiers as primary data.

    Source:
        JSON:API 1.1, "Fetching Relationships"; "Related Resource Links": the links to pages are
        those of the relationship, not of the related resources.
    """
    assert operation.relationship is not None
    name, many = operation.relationship.name, operation.relationship.many
    as_list = dialect.linkage_as_list
    related_path = related_path_of(operation)
    objects = _Resources(operation, dialect, None)

    def show(response: GlueResponse, request: GlueRequest) -> Document:
        held = (response.resources[0].relationships or {})[name]
        document: Document = {"data": _linkage(held, as_list)}
        included = objects.show(response.included_relationships, request, primary=False)
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
    links: Document = {"self": start}
    if request.parameters_string:
        links["self"] += _query_behind(request)
    if as_list and response.pagination is not None:
        links.update(page_links(start, request, response.pagination))
    return links


def _links_of_created(data: Document | None, response: GlueResponse) -> Document:
    """Link to a new resource where its place is known, and say so in ``Location`` as well.

    Source:
        JSON:API 1.1, "Creating Resources": ``Location`` and ``links.self`` must be equal.
    """
    own = data["links"].get("self") if data is not None and "links" in data else None
    if own is None:
        return {}
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


class _Shape:
    """How the resources of one type are shown to one set of grants, whatever they asked for.

    Attributes:
        lens: What the grants see of the type.
        dump: Makes all visible attributes of an object.
        relationships: Names of the visible relationships.
        head: Path of a resource up to its id, or None where the type has no place of its own.
        tail: Path behind the id.
        ends: What follows the address of a resource in the links of each relationship.
    """

    __slots__ = ("dump", "ends", "head", "lens", "relationships", "tail")

    def __init__(self, model: Model, type_: str, grants: frozenset[str], *, links: bool) -> None:
        """Prepare what every answer shares.

        Args:
            model: The types of the application.
            type_: The type.
            grants: What the caller holds.
            links: Whether relationships have links.
        """
        self.lens = lens = model.lens(type_, grants)
        self.dump = lens.dump()
        self.relationships = frozenset(lens.relationships)
        place = model.canonical.get(type_)
        self.head: str | None = None
        self.tail = ""
        if place is not None:
            self.head, _, self.tail = place.partition("{id}")
        self.ends: dict[str, dict[str, str]] = {}
        if links and self.head is not None:
            for name in lens.relationships:
                ends = {}
                if (type_, name) in model.linkage:
                    ends["self"] = f"/{RELATIONSHIPS}/{encoded(name)}"
                if (type_, name) in model.related:
                    ends["related"] = f"/{encoded(name)}"
                if ends:
                    self.ends[name] = ends


class _Resources:
    """Shows the resources of the answers of one operation."""

    __slots__ = ("_dialect", "_operation", "_path", "_repeats_query", "_shapes")

    def __init__(
        self,
        operation: Operation,
        dialect: Dialect,
        path: PrimaryPath | None,
    ) -> None:
        self._operation = operation
        self._dialect = dialect
        self._path = path
        self._repeats_query = dialect.query_in_self_links and operation.method != "post"
        self._shapes: dict[tuple[str | None, frozenset[str]], _Shape] = {}

    def show(
        self, resources: Sequence[GlueResource], request: GlueRequest, *, primary: bool
    ) -> list[Document]:
        """Return resource objects.

        Args:
            resources: What is shown.
            request: The request.
            primary: Whether the operation is about them; else they are included.
        """
        dialect, own_type, grants = self._dialect, self._operation.type, request.grants
        null_ids, as_list, base_url = dialect.null_ids, dialect.linkage_as_list, request.base_url
        shown: list[Document] = []
        known: str | None = None
        for resource in resources:
            type_, id_, held = resource.type, resource.id, resource.relationships
            if type_ != known or not shown:
                known = type_
                shape = self._shapes.get((type_, grants)) or self._shape(type_, grants)
                dump, relationships, ends = shape.dump, shape.relationships, shape.ends
                if request.sparse_resources:
                    only = _wanted(request, type_)
                    if only is not None:
                        dump = shape.lens.dump(only)
                        relationships = relationships & only
                        ends = {name: ends[name] for name in ends if name in only}
                before = None if shape.head is None else base_url + shape.head
                after = shape.tail
                if self._repeats_query and type_ == own_type and request.parameters_string:
                    after += _query_behind(request)
            attributes = None if resource.attributes is None else dump(resource.attributes)
            if id_ is None:
                object_: Document = {"type": type_, "id": None if null_ids else type_}
                if attributes:
                    object_["attributes"] = attributes
                if held:
                    related = _related_without_links(held, relationships, as_list)
                    if related:
                        object_["relationships"] = related
                links = self._links_below(resource, request) if before is None and primary else {}
            else:
                object_ = {"type": type_, "id": id_}
                if attributes:
                    object_["attributes"] = attributes
                if before is None:
                    links = self._links_below(resource, request) if primary else {}
                else:
                    segment = id_ if id_.isalnum() and id_.isascii() else encoded(id_)
                    links = {"self": f"{before}{segment}{after}"}
                if ends:
                    start = f"{before}{segment}"
                    related = {
                        name: {"links": {end: start + path for end, path in those.items()}}
                        for name, those in ends.items()
                    }
                    if held:
                        for name, each in held.items():
                            if name in related:
                                related[name]["data"] = _linkage(each, as_list)
                            elif name in relationships:
                                related[name] = {"data": _linkage(each, as_list)}
                    object_["relationships"] = related
                elif held:
                    related = _related_without_links(held, relationships, as_list)
                    if related:
                        object_["relationships"] = related
            if resource.links:
                for name, link in resource.links.items():
                    links[name] = link_object(link, base_url)
            if links:
                object_["links"] = links
            if resource.meta:
                object_["meta"] = resource.meta
            shown.append(object_)
        return shown

    def _shape(self, type_: str | None, grants: frozenset[str]) -> _Shape:
        model = self._operation.model
        if type_ is None or model is None or type_ not in model:
            raise TypeError(
                f"The handler of {self._operation.contribution_name!r} answered with a resource "
                f"of type {type_!r}, which {self._operation.application!r} does not declare."
            )
        shape = _Shape(model, type_, grants, links=self._dialect.relationship_links)
        if len(self._shapes) >= KEPT_SHAPES:
            self._shapes.clear()
        self._shapes[type_, grants] = shape
        return shape

    def _links_below(self, resource: GlueResource, request: GlueRequest) -> Document:
        """Return the link of a resource whose type has no place: below the request's parents."""
        if self._path is None or resource.type != self._operation.type:
            return {}
        own = request.base_url + self._path(request, resource.id)
        if resource.id is not None or self._operation.singleton:
            return {"self": own}
        declared = self._operation.resource
        if declared is None or declared.id is not None:
            return {}
        # Without an id the query is all that tells one from another.
        return {"self": own + _query_behind(request)}


def _wanted(request: GlueRequest, type_: str | None) -> frozenset[str] | None:
    """Return the fields that a request wants of a type; the last word on it counts."""
    for each in reversed(request.sparse_resources):
        if each.resource_type == type_:
            return frozenset(each.fields)
    return None


def _query_behind(request: GlueRequest) -> str:
    query = query_of(request.parameters_string, with_page=True)
    return f"?{query}" if query else ""


def _related_without_links(
    held: Mapping[str, GlueRelationship], relationships: Collection[str], as_list: bool
) -> Document:
    """Return what the visible ones of some relationships hold."""
    related: Document = {}
    for name, each in held.items():
        if name in relationships:
            resources = each.resources
            if len(resources) == 1:
                one = resources[0]
                identifier = {"type": one.type, "id": one.id}
                related[name] = {"data": [identifier] if each.many or as_list else identifier}
            else:
                related[name] = {"data": _linkage(each, as_list)}
    return related


def _linkage(held: GlueRelationship, as_list: bool) -> Any:
    """Return the identifiers of what a relationship holds; a to-one one may be a list as well."""
    resources = held.resources
    if len(resources) == 1:
        (one,) = resources
        identifier = {"type": one.type, "id": one.id}
        return [identifier] if held.many or as_list else identifier
    if held.many or as_list:
        return [{"type": each.type, "id": each.id} for each in resources]
    return {"type": resources[0].type, "id": resources[0].id} if resources else None
