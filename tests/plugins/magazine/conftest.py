"""The magazine on SQLite, and on PostgreSQL where that is installed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import glue_magazine.plugin
from glue_core import Database, Services
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_magazine import Article, ArticleDraft, Author, AuthorDraft
from glue_magazine.articles import DatabaseArticleStore
from glue_magazine.authors import DatabaseAuthorStore

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Clock:
    """Time that moves by a minute whenever somebody looks."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> datetime:
        """Return the time."""
        self.time += timedelta(minutes=1)
        return self.time


class Magazine:
    """The stores over one database; short ways to write for tests that are about something else."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self.articles = DatabaseArticleStore(self.clock)
        self.authors = DatabaseAuthorStore(self.clock)

    def author(self, name: str = "Ada", id: str | None = None) -> Author:  # noqa: A002
        """Write an author and commit."""
        draft = AuthorDraft(name, f"{name.lower()}@example.org", date(2020, 1, 2), id)
        with self.database.work() as work:
            return self.authors.create(draft, work)

    def article(self, title: str = "Lamps", **values: object) -> Article:
        """Write an article and commit."""
        draft = ArticleDraft(title, "It shines.", **values)  # type: ignore[arg-type]
        with self.database.work() as work:
            return self.articles.create(draft, work)

    def read_article(self, id_: str) -> Article:
        """Read an article in a transaction of its own."""
        with self.database.work(writes=False) as work:
            return self.articles.find([id_], work)[id_]

    def read_author(self, id_: str) -> Author:
        """Read an author in a transaction of its own."""
        with self.database.work(writes=False) as work:
            return self.authors.find([id_], work)[id_]

    def titles_of(self, author_id: str) -> list[str]:
        """Return the titles of an author's articles."""
        with self.database.work(writes=False) as work:
            found = self.articles.of_authors([author_id], work)
            return [article.title for article in found.get(author_id, ())]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """Return the URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/database.sqlite"


def opened(url: str) -> Services:
    """Open the services on a database, with the tables of the magazine in it."""
    services = Services({"database": url, "broker": "outbox:"}, glue_service_engines(), timeout=20)
    migrate(services.database, glue_magazine.plugin.glue_migrations())
    return services


@pytest.fixture(params=["sqlite", "postgresql"])
def magazine(request: pytest.FixtureRequest) -> Iterator[Magazine]:
    """An empty magazine, on each engine in turn."""
    services = opened(request.getfixturevalue(f"{request.param}_url"))
    yield Magazine(services.database)
    services.close()


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Magazine]:
    """An empty magazine on PostgreSQL, where two may write at once."""
    services = opened(postgresql_url)
    yield Magazine(services.database)
    services.close()
