"""What the plugin contributes: the place ``/authors``."""

from __future__ import annotations

from collections.abc import Sequence

from glue_authors_api.controller import AuthorsController
from glue_authors_api.processor import FILTERS, SORTS
from glue_authors_api.resource import (
    ARTICLE_NOT_FOUND,
    AUTHORS,
    CHANGED_MEANWHILE,
    ID_IN_USE,
    INVALID_ID,
    NOT_FOUND,
)
from glue_core import ErrorText, Features, Operation, PageRules, hookimpl
from glue_magazine import AuthorStore

PLACE = "authors"
GERMAN = (
    (NOT_FOUND, "Autor nicht gefunden."),
    (ID_IN_USE, "Es gibt schon einen Autor mit dieser Kennung."),
    (
        CHANGED_MEANWHILE,
        "Der Autor wurde inzwischen geändert. Bitte neu lesen und noch einmal versuchen.",
    ),
    (INVALID_ID, "Die Kennung ist keine UUID der Version 4 in Kleinbuchstaben."),
    (ARTICLE_NOT_FOUND, "Ein Artikel des Autors ist nicht zu finden."),
)


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in German; they carry their English words, which may say more."""
    return [ErrorText(error.code or "", {"de": text}) for error, text in GERMAN]


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute ``/authors`` and ``/authors/{id}``, read and written."""
    authors = AuthorsController(features.get(AuthorStore))
    return [
        Operation(
            "getCollection",
            authors.get_collection,
            PLACE,
            AUTHORS,
            filters=FILTERS,
            sorts=tuple(SORTS),
            page=PageRules(default=10, maximum=100),
        ),
        Operation("get", authors.get, PLACE, AUTHORS, errors=(NOT_FOUND,)),
        Operation(
            "post",
            authors.post,
            PLACE,
            AUTHORS,
            errors=(ID_IN_USE, INVALID_ID, ARTICLE_NOT_FOUND),
        ),
        Operation(
            "patch",
            authors.patch,
            PLACE,
            AUTHORS,
            errors=(NOT_FOUND, CHANGED_MEANWHILE, ARTICLE_NOT_FOUND),
        ),
        Operation("delete", authors.delete, PLACE, AUTHORS, errors=(NOT_FOUND, CHANGED_MEANWHILE)),
    ]
