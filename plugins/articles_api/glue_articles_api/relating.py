"""Whose articles are, both ways: read for many at once, and written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glue_articles_api.processor import filters_of, told
from glue_core import GlueRequest, GlueResource, GlueResponse, Pagination
from glue_magazine import Article, ArticleStore, Author, AuthorStore, MagazineError, Query, SortKey

LATEST = (SortKey("published_at", is_ascending=False),)


class Authorship:
    """Relates articles to their author and authors to their articles."""

    def __init__(self, articles: ArticleStore, authors: AuthorStore) -> None:
        self._articles = articles
        self._authors = authors

    def author_of(
        self, resources: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, Author | None]:
        """Return the authors of articles by the articles' ids."""
        known: dict[str, str | None] = {
            each.id: each.attributes.author_id
            for each in resources
            if each.id is not None and isinstance(each.attributes, Article)
        }
        unread = [each.id for each in resources if each.id is not None and each.id not in known]
        if unread:
            found = self._articles.find(unread, request.work)
            known.update((id_, article.author_id) for id_, article in found.items())
        wanted = [author_id for author_id in known.values() if author_id is not None]
        authors = self._authors.find(wanted, request.work) if wanted else {}
        return {id_: authors.get(author_id or "") for id_, author_id in known.items()}

    def articles_of(
        self, resources: Sequence[GlueResource], request: GlueRequest
    ) -> Mapping[str, Sequence[Article]]:
        """Return the articles of authors by the authors' ids, the latest published first."""
        return self._articles.of_authors(_ids(resources), request.work)

    def page_of_author(self, resource: GlueResource, request: GlueRequest) -> GlueResponse:
        """Return a page of the articles of one author, in the same order."""
        page = request.pagination
        assert page is not None
        filters = filters_of(request, "articles")
        query = Query((*filters, ("author_id", resource.id or "")), LATEST, page.offset, page.limit)
        found = self._articles.page(query, request.work)
        total = Pagination(page.offset, page.limit, found.total)
        return GlueResponse.page(found.articles, total)

    def replace_author(
        self, resource: GlueResource, related: Sequence[GlueResource], request: GlueRequest
    ) -> None:
        """Give an article another author, or none."""
        author_id = related[0].id if related else None
        try:
            self._articles.update(resource.id or "", {"author_id": author_id}, request.work)
        except MagazineError as error:
            raise told(error, request) from error

    def replace_articles(
        self, resource: GlueResource, related: Sequence[GlueResource], request: GlueRequest
    ) -> None:
        """Let an author have written these articles and no others."""
        try:
            self._authors.replace_articles(resource.id or "", _ids(related), request.work)
        except MagazineError as error:
            raise told(error, request) from error

    def add_articles(
        self, resource: GlueResource, related: Sequence[GlueResource], request: GlueRequest
    ) -> None:
        """Let an author have written these articles, too."""
        try:
            self._authors.add_articles(resource.id or "", _ids(related), request.work)
        except MagazineError as error:
            raise told(error, request) from error

    def remove_articles(
        self, resource: GlueResource, related: Sequence[GlueResource], request: GlueRequest
    ) -> None:
        """Take articles away from an author; they stay, without one."""
        try:
            self._authors.remove_articles(resource.id or "", _ids(related), request.work)
        except MagazineError as error:
            raise told(error, request) from error


def _ids(resources: Sequence[GlueResource]) -> list[str]:
    return [each.id for each in resources if each.id is not None]
