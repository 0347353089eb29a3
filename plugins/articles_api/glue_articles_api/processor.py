"""Between requests and the magazine: queries, drafts, and errors in the client's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from glue_articles_api.resource import (
    AUTHOR_NOT_FOUND,
    CHANGED_MEANWHILE,
    ID_IN_USE,
    INVALID_ID,
    NOT_FOUND,
)
from glue_core import (
    BadRequest,
    Conflict,
    GlueFilter,
    GlueRequest,
    NotFound,
    Unprocessable,
    codes,
)
from glue_magazine import (
    ArticleDraft,
    ChangedMeanwhile,
    IdInUse,
    MagazineError,
    NoSuchArticle,
    NoSuchAuthor,
    Query,
    SortKey,
    is_id,
)

FILTERS = {
    "title": "title",
    "readingMinutes": "reading_minutes",
    "tags": "tags",
    "author": "author_id",
}
SORTS = {
    "title": "title",
    "publishedAt": "published_at",
    "readingMinutes": "reading_minutes",
    "createdAt": "created_at",
}
AUTHOR = "author"
WHOLE = re.compile(r"-?[0-9]+", re.ASCII)


def query_of(request: GlueRequest) -> Query:
    """Return the query that the filters, the order and the page of a request make.

    Raises:
        BadRequest: A filter has a value that its attribute cannot have.
    """
    filters = tuple((FILTERS[each.field], _value(each)) for each in request.filters)
    sorts = tuple(SortKey(SORTS[each.field], each.is_ascending) for each in request.sortings)
    page = request.pagination
    if page is None:
        return Query(filters, sorts)
    return Query(filters, sorts, page.offset, page.limit)


def filters_of(request: GlueRequest, type_: str) -> tuple[tuple[str, str | int], ...]:
    """Return the conditions on resources of one type, such as what the caller may see of it.

    Those that a list cannot be filtered by are left out.
    """
    return tuple(
        (FILTERS[each.field], _value(each))
        for each in request.filters
        if each.resource == type_ and each.field in FILTERS
    )


def _value(filter_: GlueFilter) -> str | int:
    if filter_.field != "readingMinutes":
        return filter_.value
    text = filter_.value
    if WHOLE.fullmatch(text):
        # One that no article can have finds none; the database need not know how long it is.
        return int(text) if len(text) <= 9 else 0
    raise BadRequest(
        codes.INVALID_FILTER,
        "readingMinutes is a whole number.",
        parameter=f"filter[{filter_.resource}.{filter_.field}]",
    )


def draft_of(request: GlueRequest) -> ArticleDraft:
    """Return the article that the body of a request describes.

    Raises:
        Unprocessable: The client chose an id that is none.
    """
    id_ = request.resource.id
    if id_ is not None and not is_id(id_):
        raise Unprocessable(
            INVALID_ID.code, INVALID_ID.message, pointer=request.resource.id_pointer
        )
    return ArticleDraft(**changes_of(request), id=id_)


def changes_of(request: GlueRequest) -> dict[str, Any]:
    """Return what a body says about an article: its attributes, and its author if it names one."""
    changes = dict(request.attributes)
    if "tags" in changes:
        changes["tags"] = tuple(changes["tags"])
    relationships = request.resource.relationships
    if relationships and AUTHOR in relationships:
        author = relationships[AUTHOR].resources
        changes["author_id"] = author[0].id if author else None
    return changes


def told(error: MagazineError, request: GlueRequest) -> Exception:
    """Return what tells the client that the magazine refuses, and where the request asked for it.

    Errors that no request is at fault for stay as they are.
    """
    if isinstance(error, NoSuchArticle):
        message = f"There is no article {' and no article '.join(error.ids)}."
        pointer = _pointer(request, "articles", error.ids)
        return NotFound(NOT_FOUND.code, message, pointer=pointer)
    if isinstance(error, NoSuchAuthor):
        message = f"There is no author {error.ids[0]}."
        return NotFound(AUTHOR_NOT_FOUND.code, message, pointer=_pointer(request, AUTHOR))
    if isinstance(error, IdInUse):
        return Conflict(ID_IN_USE.code, ID_IN_USE.message, pointer=request.resource.id_pointer)
    if isinstance(error, ChangedMeanwhile):
        return Conflict(CHANGED_MEANWHILE.code, CHANGED_MEANWHILE.message)
    return error


def _pointer(request: GlueRequest, name: str, ids: Sequence[str] = ()) -> str | None:
    """Return where the body names what a relationship leads to; None where it does not.

    Args:
        request: The request.
        name: Name of the relationship.
        ids: In a list, the first of these is pointed to.
    """
    held = (request.resource.relationships or {}).get(name)
    if held is None or held.pointer is None:
        return None
    places = (index for index, each in enumerate(held.resources) if each.id in ids)
    index = next(places, None)
    return f"{held.pointer}/{index}" if held.many and index is not None else held.pointer
