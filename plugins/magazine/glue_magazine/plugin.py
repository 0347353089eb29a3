"""Hook implementations of the magazine; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from glue_core import DemoData, Importer, Migrations, Provider, RowImporter, hookimpl
from glue_magazine import ArticleStore, AuthorStore

BRANCH = "magazine"


@hookimpl
def glue_features() -> Sequence[Provider[Any]]:
    """Provide the articles and the authors in the database."""
    return [
        Provider(ArticleStore, lambda features: _articles()),
        Provider(AuthorStore, lambda features: _authors()),
    ]


@hookimpl
def glue_migrations() -> Sequence[Migrations]:
    """Keep the tables of the magazine up to date."""
    return [Migrations(BRANCH, Path(__file__).parent / "migrations" / "versions", _metadata)]


@hookimpl
def glue_importers() -> Sequence[Importer]:
    """Import ``author.csv`` and ``article.csv``."""
    return [
        Importer("author", "author", ("id", "name", "email", "joined_on"), _author_importer),
        Importer("article", "article", ("id", "title", "body"), _article_importer, ("author",)),
    ]


@hookimpl
def glue_demo_data() -> Sequence[DemoData]:
    """Contribute a magazine to look at."""
    return [
        DemoData(
            "demo magazine",
            _write_demo,
            examples=(
                "/magazine_api/articles?page[limit]=3&sort=-publishedAt",
                "/magazine_api/authors?sort=name&include=articles",
            ),
        )
    ]


def _articles() -> ArticleStore:
    from glue_magazine.articles import DatabaseArticleStore

    return DatabaseArticleStore()


def _authors() -> AuthorStore:
    from glue_magazine.authors import DatabaseAuthorStore

    return DatabaseAuthorStore()


def _author_importer() -> RowImporter:
    from glue_magazine.importers import AuthorImporter

    return AuthorImporter()


def _article_importer() -> RowImporter:
    from glue_magazine.importers import ArticleImporter

    return ArticleImporter()


def _metadata() -> object:
    from glue_magazine.models import METADATA

    return METADATA


def _write_demo(directory: Path, size: int | None = None) -> None:
    from glue_magazine.demo import ARTICLES, write_magazine

    write_magazine(directory, ARTICLES if size is None else size)
