"""What the plugin contributes: the place ``/articles``, and the way to authors and back."""

from __future__ import annotations

from collections.abc import Sequence

from glue_articles_api.controller import ArticlesController
from glue_articles_api.processor import AUTHOR, FILTERS, SORTS
from glue_articles_api.relating import Authorship
from glue_articles_api.resource import (
    ARTICLES,
    AUTHOR_NOT_FOUND,
    CHANGED_MEANWHILE,
    ID_IN_USE,
    INVALID_ID,
    NOT_FOUND,
)
from glue_core import ErrorText, Features, Operation, PageRules, Relationship, hookimpl
from glue_magazine import ArticleStore, AuthorStore

PLACE = "articles"
GERMAN = (
    (NOT_FOUND, "Artikel nicht gefunden."),
    (ID_IN_USE, "Es gibt schon einen Artikel mit dieser Kennung."),
    (
        CHANGED_MEANWHILE,
        "Der Artikel wurde inzwischen geändert. Bitte neu lesen und noch einmal versuchen.",
    ),
    (INVALID_ID, "Die Kennung ist keine UUID der Version 4 in Kleinbuchstaben."),
    (AUTHOR_NOT_FOUND, "Der Autor des Artikels ist nicht zu finden."),
)


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in German; they carry their English words, which may say more."""
    return [ErrorText(error.code or "", {"de": text}) for error, text in GERMAN]


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute ``/articles`` and ``/articles/{id}``, read and written."""
    articles = ArticlesController(features.get(ArticleStore))
    return [
        Operation(
            "getCollection",
            articles.get_collection,
            PLACE,
            ARTICLES,
            filters=tuple(FILTERS),
            sorts=tuple(SORTS),
            page=PageRules(default=10, maximum=100),
        ),
        Operation("get", articles.get, PLACE, ARTICLES, errors=(NOT_FOUND,)),
        Operation(
            "post",
            articles.post,
            PLACE,
            ARTICLES,
            errors=(ID_IN_USE, INVALID_ID, AUTHOR_NOT_FOUND),
        ),
        Operation(
            "patch",
            articles.patch,
            PLACE,
            ARTICLES,
            errors=(NOT_FOUND, CHANGED_MEANWHILE, AUTHOR_NOT_FOUND),
        ),
        Operation(
            "delete", articles.delete, PLACE, ARTICLES, errors=(NOT_FOUND, CHANGED_MEANWHILE)
        ),
    ]


@hookimpl
def glue_relationships(features: Features) -> Sequence[Relationship]:
    """Contribute whose an article is, and which articles are an author's."""
    authorship = Authorship(features.get(ArticleStore), features.get(AuthorStore))
    return [
        Relationship(
            AUTHOR,
            "authors",
            authorship.author_of,
            many=False,
            source="articles",
            description="Who wrote the article; null where nobody is named.",
            writable=True,
            replace=authorship.replace_author,
            errors=(AUTHOR_NOT_FOUND,),
        ),
        Relationship(
            "articles",
            "articles",
            authorship.articles_of,
            source="authors",
            description="The articles of the author, the latest published first.",
            writable=True,
            replace=authorship.replace_articles,
            add=authorship.add_articles,
            remove=authorship.remove_articles,
            errors=(NOT_FOUND,),
            load_page=authorship.page_of_author,
        ),
    ]
