"""Answers requests for authors."""

from __future__ import annotations

from glue_authors_api.processor import articles_of, draft_of, query_of, told
from glue_authors_api.resource import NOT_FOUND
from glue_core import GlueRequest, GlueResponse, NotFound, Pagination
from glue_magazine import AuthorStore


class AuthorsController:
    """Answers requests for authors; every write is in the unit of work of the request."""

    def __init__(self, authors: AuthorStore) -> None:
        self._authors = authors

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the author whose id is in the path."""
        return self._show(request.resource.id or "", request)

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return a page of the authors."""
        query = query_of(request)
        found = self._authors.page(query, request.work)
        return GlueResponse.page(found.authors, Pagination(query.offset, query.limit, found.total))

    def post(self, request: GlueRequest) -> GlueResponse:
        """Write a new author, with the articles that the body names."""
        articles = articles_of(request)
        with told(request):
            author = self._authors.create(draft_of(request), request.work)
            if articles:
                self._authors.add_articles(author.id, articles, request.work)
        return self._show(author.id, request)

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Change the attributes that the body names, and the articles where it names them."""
        id_, articles = request.resource.id or "", articles_of(request)
        with told(request):
            self._authors.update(id_, request.attributes, request.work)
            if articles is not None:
                self._authors.replace_articles(id_, articles, request.work)
        return self._show(id_, request)

    def delete(self, request: GlueRequest) -> GlueResponse:
        """Delete the author; their articles stay, without an author."""
        with told(request):
            self._authors.delete(request.resource.id or "", request.work)
        return GlueResponse.no_content()

    def _show(self, id_: str, request: GlueRequest) -> GlueResponse:
        author = self._authors.find([id_], request.work).get(id_)
        if author is None:
            raise NotFound(NOT_FOUND.code, NOT_FOUND.message)
        return GlueResponse.of(author)
