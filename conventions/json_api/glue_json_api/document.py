"""Documents: the compiled writer of successes and errors."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat
from typing import NoReturn

import orjson

from glue_core import GlueRequest, GlueResponse, Operation, Writer, path_of
from glue_json_api.dialect import Dialect
from glue_json_api.errors import error_objects
from glue_json_api.links import (
    link_object,
    page_links,
    path_to_primary,
    query_behind,
    related_path_of,
)
from glue_json_api.media_types import NOTHING, Followed, followed_by
from glue_json_api.resources import Document, Resources, linkage

VERSION = "1.1"


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

    objects = Resources(operation, dialect, primary_path)

    def show(response: GlueResponse, request: GlueRequest) -> Document:
        included: list[Document] = []
        if response.is_collection:
            resources, included = objects.of(response, request)
        else:
            resources = [*map(objects.one, response.resources, repeat(request))]
            related = response.included_relationships
            if related:
                included = objects.show(related, request, primary=False)
        as_list = listed or response.is_collection
        one = None
        if not as_list and resources:
            one = resources[0]
            if len(resources) > 1:
                _refuse_several(resources, operation)
        document: Document = {"data": resources if as_list else one}
        if included or (request.parameters_string and "include" in request.query_fields):
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
    objects = Resources(operation, dialect, None)

    def show(response: GlueResponse, request: GlueRequest) -> Document:
        held = (response.resources[0].relationships or {})[name]
        document: Document = {"data": linkage(held, as_list)}
        included = objects.show(response.included_relationships, request, primary=False)
        if included or (request.parameters_string and "include" in request.query_fields):
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


def _refuse_several(resources: list[Document], operation: Operation) -> NoReturn:
    """Refuse several resources where one is shown."""
    raise TypeError(
        f"The handler of {operation.contribution_name!r} answered with {len(resources)} "
        f"resources where one is shown; a list is `GlueResponse.page(...)`."
    )


def _links_of_read(
    path: str, response: GlueResponse, request: GlueRequest, as_list: bool
) -> Document:
    """Link to what was asked for, and from a page to the others."""
    start = request.base_url + path
    links: Document = {"self": start}
    if request.parameters_string:
        links["self"] += query_behind(request)
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
