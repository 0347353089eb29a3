"""Between requests and the magazine: queries, drafts, and errors in the client's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from glue_authors_api.resource import (
    ARTICLE_NOT_FOUND,
    CHANGED_MEANWHILE,
    ID_IN_USE,
    INVALID_ID,
    NOT_FOUND,
)
from glue_core import Conflict, GlueRequest, NotFound, Unprocessable
from glue_magazine import (
    AuthorDraft,
    ChangedMeanwhile,
    IdInUse,
    NoSuchArticle,
    NoSuchAuthor,
    Query,
    SortKey,
    is_id,
)

FILTERS = ("name", "email")
SORTS = {"name": "name", "email": "email", "joinedOn": "joined_on"}
ARTICLES = "articles"


def query_of(request: GlueRequest) -> Query:
    """Return the query that the filters, the order and the page of a request make."""
    filters = tuple((each.field, each.value) for each in request.filters)
    sorts = tuple(SortKey(SORTS[each.field], each.is_ascending) for each in request.sortings)
    page = request.pagination
    if page is None:
        return Query(filters, sorts)
    return Query(filters, sorts, page.offset, page.limit)


def draft_of(request: GlueRequest) -> AuthorDraft:
    """Return the author that the body of a request describes.

    Raises:
        Unprocessable: The client chose an id that is none.
    """
    id_ = request.resource.id
    if id_ is not None and not is_id(id_):
        raise Unprocessable(
            INVALID_ID.code, INVALID_ID.message, pointer=request.resource.id_pointer
        )
    return AuthorDraft(**request.attributes, id=id_)


def articles_of(request: GlueRequest) -> Sequence[str] | None:
    """Return the ids of the articles that a body gives an author; None where it says nothing."""
    held = (request.resource.relationships or {}).get(ARTICLES)
    return None if held is None else [each.id for each in held.resources if each.id is not None]


def pointer_to_first(request: GlueRequest, ids: Sequence[str]) -> str | None:
    """Return where a body names the first of some articles; None where it does not."""
    held = (request.resource.relationships or {}).get(ARTICLES)
    if held is None or held.pointer is None:
        return None
    places = (index for index, each in enumerate(held.resources) if each.id in ids)
    index = next(places, None)
    return held.pointer if index is None else f"{held.pointer}/{index}"


@contextmanager
def told(request: GlueRequest) -> Iterator[None]:
    """Tell the client what the magazine refuses, and where the request asked for it."""
    try:
        yield
    except NoSuchAuthor as error:
        raise NotFound(NOT_FOUND.code, NOT_FOUND.message) from error
    except NoSuchArticle as error:
        message = f"There is no article {' and no article '.join(error.ids)}."
        pointer = pointer_to_first(request, error.ids)
        raise NotFound(ARTICLE_NOT_FOUND.code, message, pointer=pointer) from error
    except IdInUse as error:
        pointer = request.resource.id_pointer
        raise Conflict(ID_IN_USE.code, ID_IN_USE.message, pointer=pointer) from error
    except ChangedMeanwhile as error:
        raise Conflict(CHANGED_MEANWHILE.code, CHANGED_MEANWHILE.message) from error
