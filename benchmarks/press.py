"""The magazine of the benchmarks: its real plugins, over articles that are kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from benchmarks.data import CREATED, new_id
from benchmarks.shop import services
from glue_core import Provider, Work
from glue_core.testing import Deployment, in_memory, installed
from glue_magazine import Article, ArticleDraft, ArticlePage, ArticleStore, AuthorStore, Query

APPLICATION = "magazine_api"


class Articles:
    """Takes articles, and forgets them."""

    def find(self, ids: Sequence[str], work: Work) -> dict[str, Article]:
        """Find nothing."""
        return {}

    def of_authors(self, author_ids: Sequence[str], work: Work) -> dict[str, tuple[Article, ...]]:
        """Find nothing."""
        return {}

    def page(self, query: Query, work: Work) -> ArticlePage:
        """Return an empty page."""
        return ArticlePage((), 0)

    def create(self, draft: ArticleDraft, work: Work) -> Article:
        """Return what the draft becomes."""
        return Article(
            draft.id or new_id(draft.title),
            draft.title,
            draft.body,
            draft.published_at,
            draft.reading_minutes,
            draft.tags,
            draft.author_id,
            1,
            CREATED,
            CREATED,
        )

    def update(self, id: str, changes: Mapping[str, Any], work: Work) -> NoReturn:  # noqa: A002
        """Refuse."""
        raise NotImplementedError

    def delete(self, id: str, work: Work) -> NoReturn:  # noqa: A002
        """Refuse."""
        raise NotImplementedError


class Authors:
    """Nobody: articles are created without an author."""


def deployment(directory: Path) -> Deployment:
    """Return a deployment of the magazine."""
    return Deployment(
        {"services": services(directory)},
        [
            *installed("magazine_api", "json_api", "articles_api", "authors_api"),
            in_memory(
                "glue.features",
                "press",
                glue_features=lambda: [
                    Provider(ArticleStore, lambda features: Articles()),
                    Provider(AuthorStore, lambda features: Authors()),
                ],
            ),
        ],
    )
