"""Answers requests for articles."""

from __future__ import annotations

from glue_articles_api.processor import changes_of, draft_of, query_of, told
from glue_articles_api.resource import NOT_FOUND
from glue_core import GlueRequest, GlueResponse, NotFound, Pagination
from glue_magazine import ArticleStore, MagazineError


class ArticlesController:
    """Answers requests for articles; every write is in the unit of work of the request."""

    def __init__(self, articles: ArticleStore) -> None:
        self._articles = articles

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the article whose id is in the path."""
        id_ = request.resource.id or ""
        article = self._articles.find([id_], request.work).get(id_)
        if article is None:
            raise NotFound(NOT_FOUND.code, NOT_FOUND.message)
        return GlueResponse.of(article)

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return a page of the articles."""
        query = query_of(request)
        found = self._articles.page(query, request.work)
        return GlueResponse.page(found.articles, Pagination(query.offset, query.limit, found.total))

    def post(self, request: GlueRequest) -> GlueResponse:
        """Write a new article, with the author that the body names."""
        try:
            return GlueResponse.of(self._articles.create(draft_of(request), request.work))
        except MagazineError as error:
            raise told(error, request) from error

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Change the attributes that the body names, and the author where it names one."""
        id_, changes = request.resource.id or "", changes_of(request)
        try:
            return GlueResponse.of(self._articles.update(id_, changes, request.work))
        except MagazineError as error:
            raise told(error, request) from error

    def delete(self, request: GlueRequest) -> GlueResponse:
        """Delete the article."""
        try:
            self._articles.delete(request.resource.id or "", request.work)
        except MagazineError as error:
            raise told(error, request) from error
        return GlueResponse.no_content()
