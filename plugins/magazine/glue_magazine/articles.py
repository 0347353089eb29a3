"""Articles as they stand in the database."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from glue_core import Work, chunks, in_utc
from glue_magazine import (
    Article,
    ArticleDraft,
    ArticlePage,
    IdInUse,
    NoSuchArticle,
    NoSuchAuthor,
    Query,
    is_id,
)
from glue_magazine.lists import read_page
from glue_magazine.locking import add_new, count_up, lock_authors, remember, unchanged
from glue_magazine.models import ArticleRow, TagRow

CONDITIONS = {
    "title": lambda value: ArticleRow.title == value,
    "reading_minutes": lambda value: ArticleRow.reading_minutes == value,
    "tags": lambda value: ArticleRow.tags.any(TagRow.tag == value),
    "author_id": lambda value: ArticleRow.author_id == value,
}
SORTS = {
    "title": ArticleRow.title,
    "published_at": ArticleRow.published_at,
    "reading_minutes": ArticleRow.reading_minutes,
    "created_at": ArticleRow.created_at,
}
CHANGEABLE = tuple(field.name for field in fields(ArticleDraft) if field.name != "id")


def utc_now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


class DatabaseArticleStore:
    """Keeps articles in the database; see `ArticleStore`."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        """Remember the clock.

        Args:
            now: Returns the time, with its zone.
        """
        self._now = now

    def find(self, ids: Sequence[str], work: Work) -> dict[str, Article]:
        """Return articles by id."""
        found: dict[str, Article] = {}
        for part in chunks(ids):
            for row in work.session.scalars(sa.select(ArticleRow).where(ArticleRow.id.in_(part))):
                remember(work.session, row)
                found[row.id] = article_of(row)
        return found

    def of_authors(self, author_ids: Sequence[str], work: Work) -> dict[str, tuple[Article, ...]]:
        """Return the articles of each author, the latest published first."""
        found: dict[str, list[Article]] = defaultdict(list)
        for part in chunks(author_ids):
            question = (
                sa.select(ArticleRow)
                .where(ArticleRow.author_id.in_(part))
                .order_by(ArticleRow.published_at.desc().nulls_last(), ArticleRow.id)
            )
            for row in work.session.scalars(question):
                article = article_of(row)
                found[str(article.author_id)].append(article)
        return {author_id: tuple(articles) for author_id, articles in found.items()}

    def page(self, query: Query, work: Work) -> ArticlePage:
        """Return a part of the list."""
        rows, total = read_page(ArticleRow, query, CONDITIONS, SORTS, work)
        return ArticlePage(tuple(map(article_of, rows)), total)

    def create(self, draft: ArticleDraft, work: Work) -> Article:
        """Write a new article."""
        session = work.session
        id_ = str(uuid.uuid4()) if draft.id is None else draft.id
        if not is_id(id_):
            raise ValueError(f"{id_!r} is no UUID of version 4 in lower case.")
        if session.get(ArticleRow, id_) is not None:
            raise IdInUse([id_])
        authors = _some(draft.author_id)
        missing = lock_authors(session, authors)
        if missing:
            raise NoSuchAuthor(missing)
        now = self._now()
        row = ArticleRow(id=id_, version=1, created_at=now, updated_at=now)
        fill(row, values_of(draft))
        add_new(row, work)
        count_up(session, authors)
        return article_of(row)

    def update(self, id: str, changes: Mapping[str, Any], work: Work) -> Article:  # noqa: A002
        """Change fields of an article."""
        unknown = sorted(changes.keys() - set(CHANGEABLE))
        if unknown:
            raise ValueError(f"An article has no {', '.join(unknown)} to change.")
        session = work.session
        row = session.get(ArticleRow, id)
        if row is None:
            raise NoSuchArticle([id])
        authors: list[str] = []
        if "author_id" in changes and changes["author_id"] != row.author_id:
            authors = _some(row.author_id, changes["author_id"])
            # A former author who is gone has changed the article: that shows below.
            if changes["author_id"] in lock_authors(session, authors):
                raise NoSuchAuthor([changes["author_id"]])
        if not fill(row, changes):
            return article_of(row)
        row.updated_at = self._now()
        row.version += 1
        with unchanged(id):
            session.flush()
        count_up(session, authors)
        return article_of(row)

    def delete(self, id: str, work: Work) -> None:  # noqa: A002
        """Delete an article."""
        session = work.session
        row = session.get(ArticleRow, id)
        if row is None:
            raise NoSuchArticle([id])
        authors = _some(row.author_id)
        lock_authors(session, authors)
        session.delete(row)
        with unchanged(id):
            session.flush()
        count_up(session, authors)


def article_of(row: ArticleRow) -> Article:
    """Return an article as features know it."""
    return Article(
        id=row.id,
        title=row.title,
        body=row.body,
        published_at=row.published_at,
        reading_minutes=row.reading_minutes,
        tags=tuple(each.tag for each in row.tags),
        author_id=row.author_id,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def values_of(draft: ArticleDraft) -> dict[str, Any]:
    """Return the fields of a draft that a row has, by name, without the id."""
    return {name: getattr(draft, name) for name in CHANGEABLE}


def fill(row: ArticleRow, values: Mapping[str, Any]) -> bool:
    """Set fields of a row by their names in a draft, and say whether any became another."""
    is_changed = False
    for name, value in values.items():
        if name == "tags":
            if tuple(value) != tuple(each.tag for each in row.tags):
                row.tags = [TagRow(position=index, tag=tag) for index, tag in enumerate(value)]
                is_changed = True
            continue
        kept = in_utc(value) if isinstance(value, datetime) else value
        if kept != getattr(row, name):
            setattr(row, name, kept)
            is_changed = True
    return is_changed


def _some(*ids: str | None) -> list[str]:
    return [id_ for id_ in ids if id_ is not None]
