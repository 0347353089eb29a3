"""The magazine: articles, their authors, and how both are read and written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from glue_core import Work

__all__ = [
    "ID_PATTERN",
    "LONGEST_BODY",
    "LONGEST_EMAIL",
    "LONGEST_NAME",
    "LONGEST_READING_MINUTES",
    "LONGEST_TAG",
    "LONGEST_TITLE",
    "MOST_TAGS",
    "Article",
    "ArticleDraft",
    "ArticlePage",
    "ArticleStore",
    "Author",
    "AuthorDraft",
    "AuthorPage",
    "AuthorStore",
    "ChangedMeanwhile",
    "IdInUse",
    "MagazineError",
    "NoSuchArticle",
    "NoSuchAuthor",
    "Query",
    "SortKey",
    "is_id",
]

LONGEST_TITLE = 200
"""Characters."""
LONGEST_BODY = 100_000
"""Characters."""
LONGEST_READING_MINUTES = 600
LONGEST_TAG = 50
"""Characters."""
MOST_TAGS = 20
LONGEST_NAME = 100
"""Characters."""
LONGEST_EMAIL = 254
"""Characters; RFC 5321 lets no longer address through."""

ID_PATTERN = r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"
"""What ids look like, as JSON Schema spells it."""
_ID = re.compile(ID_PATTERN, re.ASCII)


def is_id(text: str) -> bool:
    """Say whether a text can be an id: a UUID of version 4, in lower case and with hyphens.

    Source:
        RFC 9562, "UUID Version 4". One spelling only, so that equal ids are equal texts.
    """
    return _ID.fullmatch(text) is not None


class MagazineError(Exception):
    """Why something cannot be written; the unit of work must be rolled back.

    Attributes:
        ids: Ids that are at fault, in the order they were given; at least one.
    """

    def __init__(self, ids: Iterable[str]) -> None:
        self.ids = tuple(ids)
        super().__init__(", ".join(self.ids))


class NoSuchArticle(MagazineError):
    """There are no articles with these ids."""


class NoSuchAuthor(MagazineError):
    """There are no authors with these ids."""


class IdInUse(MagazineError):
    """Something with this id exists already."""


class ChangedMeanwhile(MagazineError):
    """Somebody else changed or deleted it after this unit of work had read it."""


@dataclass(frozen=True, slots=True)
class SortKey:
    """A key of an order: the name of a field."""

    field: str
    is_ascending: bool = True


@dataclass(frozen=True, slots=True)
class Query:
    """What a list is asked for.

    Attributes:
        filters: Pairs of a field and the value it must have; a field that is a list must hold it.
        sorts: Order; what is absent comes last, and ties go by id.
        offset: Index of the first item, from 0.
        limit: Number of items at most, from 1.
    """

    filters: tuple[tuple[str, Any], ...] = ()
    sorts: tuple[SortKey, ...] = ()
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Article:
    """An article.

    Attributes:
        id: UUID of version 4.
        title: Title.
        body: Text, in paragraphs.
        published_at: Point in time, in UTC; None for one that is not published.
        reading_minutes: Time that reading takes, in minutes, from 1.
        tags: Tags, in the author's order, each once.
        author_id: Id of the author, or None.
        version: Number of the state, from 1; every change makes it larger.
        created_at: Point in time, in UTC.
        updated_at: Point in time of the last change, in UTC.
    """

    id: str
    title: str
    body: str
    published_at: datetime | None
    reading_minutes: int
    tags: tuple[str, ...]
    author_id: str | None
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article that is not written yet; see `Article`.

    Attributes:
        id: Id that the client chose, or None to have one made.
        published_at: A point in time in any time zone, or None.
    """

    title: str
    body: str
    published_at: datetime | None = None
    reading_minutes: int = 1
    tags: tuple[str, ...] = ()
    author_id: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """A part of a list of articles; ``total`` counts all that the query matches."""

    articles: tuple[Article, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Author:
    """An author.

    Attributes:
        id: UUID of version 4.
        name: Name.
        email: Address.
        joined_on: Day on which they began to write for the magazine.
        version: Number of the state, from 1; it grows with every change, and when the list of
            their articles becomes another.
        created_at: Point in time, in UTC.
        updated_at: Point in time of the last change to the fields above, in UTC.
    """

    id: str
    name: str
    email: str
    joined_on: date
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class AuthorDraft:
    """An author who is not written yet; see `Author`.

    Attributes:
        id: Id that the client chose, or None to have one made.
    """

    name: str
    email: str
    joined_on: date
    id: str | None = None


@dataclass(frozen=True, slots=True)
class AuthorPage:
    """A part of a list of authors; ``total`` counts all that the query matches."""

    authors: tuple[Author, ...]
    total: int


class ArticleStore(Protocol):
    """Reads and writes articles in the unit of work it is given; it never commits.

    What a unit of work has read, it changes only as long as nobody else did: else the change
    raises `ChangedMeanwhile`.
    """

    def find(self, ids: Sequence[str], work: Work) -> dict[str, Article]:
        """Return articles by id; an id that nobody has is left out."""

    def of_authors(self, author_ids: Sequence[str], work: Work) -> dict[str, tuple[Article, ...]]:
        """Return the articles of each author by the author's id, the latest published first."""

    def page(self, query: Query, work: Work) -> ArticlePage:
        """Return a part of the list.

        Filters may name ``title``, ``reading_minutes``, ``tags`` and ``author_id``; sorts
        ``title``, ``published_at``, ``reading_minutes`` and ``created_at``.

        Raises:
            ValueError: The query names another field.
        """

    def create(self, draft: ArticleDraft, work: Work) -> Article:
        """Write a new article.

        Raises:
            IdInUse: There is an article with the draft's id.
            NoSuchAuthor: There is no author with the draft's author id.
            ValueError: The draft's id is none.
        """

    def update(self, id: str, changes: Mapping[str, Any], work: Work) -> Article:  # noqa: A002
        """Change fields of an article; those that are not named stay.

        Values that it has already are no change, and make no new version.

        Args:
            id: Id of the article.
            changes: Values by the names of `ArticleDraft`, without ``id``.
            work: The unit of work.

        Raises:
            NoSuchArticle: There is no such article.
            NoSuchAuthor: There is no author with the new author id.
            ChangedMeanwhile: Somebody else changed it.
            ValueError: A name is not known.
        """

    def delete(self, id: str, work: Work) -> None:  # noqa: A002
        """Delete an article.

        Raises:
            NoSuchArticle: There is no such article.
            ChangedMeanwhile: Somebody else changed it.
        """


class AuthorStore(Protocol):
    """Reads and writes authors in the unit of work it is given; see `ArticleStore`."""

    def find(self, ids: Sequence[str], work: Work) -> dict[str, Author]:
        """Return authors by id; an id that nobody has is left out."""

    def page(self, query: Query, work: Work) -> AuthorPage:
        """Return a part of the list.

        Filters may name ``name`` and ``email``; sorts ``name``, ``email`` and ``joined_on``.

        Raises:
            ValueError: The query names another field.
        """

    def create(self, draft: AuthorDraft, work: Work) -> Author:
        """Write a new author.

        Raises:
            IdInUse: There is an author with the draft's id.
            ValueError: The draft's id is none.
        """

    def update(self, id: str, changes: Mapping[str, Any], work: Work) -> Author:  # noqa: A002
        """Change fields of an author; those that are not named stay.

        Values that they have already are no change, and make no new version.

        Args:
            id: Id of the author.
            changes: Values by the names of `AuthorDraft`, without ``id``.
            work: The unit of work.

        Raises:
            NoSuchAuthor: There is no such author.
            ChangedMeanwhile: Somebody else changed them.
            ValueError: A name is not known.
        """

    def delete(self, id: str, work: Work) -> None:  # noqa: A002
        """Delete an author; their articles stay, without an author.

        Raises:
            NoSuchAuthor: There is no such author.
            ChangedMeanwhile: Somebody else changed them.
        """

    def replace_articles(self, id: str, article_ids: Sequence[str], work: Work) -> None:  # noqa: A002
        """Let an author have written these articles and no others.

        Articles that are left out stay, without an author; those of another author move.

        Raises:
            NoSuchAuthor: There is no such author.
            NoSuchArticle: An article does not exist.
        """

    def add_articles(self, id: str, article_ids: Sequence[str], work: Work) -> None:  # noqa: A002
        """Let an author have written these articles, too; those of another author move.

        Raises:
            NoSuchAuthor: There is no such author.
            NoSuchArticle: An article does not exist.
        """

    def remove_articles(self, id: str, article_ids: Sequence[str], work: Work) -> None:  # noqa: A002
        """Take articles away from an author; they stay, without one.

        Articles that are not the author's, or do not exist, are left alone: they are not in the
        list either way.

        Raises:
            NoSuchAuthor: There is no such author.
        """
