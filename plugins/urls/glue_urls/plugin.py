"""Hook implementations of the addresses; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_core import Importer, Migrations, Provider, Publisher, RowImporter, Services, hookimpl
from glue_urls import URL_CHANGED, UrlReader, UrlRegister, UrlTargets
from glue_urls.reading import PublishedUrlReader

if TYPE_CHECKING:
    from glue_urls.publishing import UrlPublisher

BRANCH = "urls"


@hookimpl
def glue_features(services: Services) -> Sequence[Provider[Any]]:
    """Provide the published addresses, and the register that entities' features write to."""
    return [
        Provider(
            UrlReader,
            lambda features: PublishedUrlReader(services.storage, features.keyed(UrlTargets)),
        ),
        Provider(UrlRegister, lambda features: _register()),
    ]


@hookimpl
def glue_migrations() -> Sequence[Migrations]:
    """Keep the tables of the addresses up to date."""
    return [Migrations(BRANCH, Path(__file__).parent / "migrations" / "versions", _metadata)]


@hookimpl
def glue_importers() -> Sequence[Importer]:
    """Import addresses and redirects."""
    return [
        Importer(
            "url",
            "url",
            ("url", "locale", "entity_type", "entity_id"),
            _importer("URL", "read_url"),
        ),
        Importer(
            "url-redirect",
            "url_redirect",
            ("from_url", "to_url"),
            _importer("REDIRECT", "read_redirect"),
        ),
    ]


@hookimpl
def glue_publishers(services: Services) -> Sequence[Publisher]:
    """Publish paths that lead somewhere else than before."""

    def publisher() -> UrlPublisher:
        from glue_urls.publishing import UrlPublisher

        return UrlPublisher(services.storage)

    return [
        Publisher(
            URL_CHANGED,
            lambda events, work: publisher().handle(events, work),
            lambda work: publisher().keys(work),
            "urls",
            writes=False,
        )
    ]


def _importer(table: str, read: str) -> Callable[[], RowImporter]:
    """Make an importer of a table when it is needed: the tables load SQLAlchemy."""

    def make() -> RowImporter:
        from glue_urls import importers, models

        return importers.PathImporter(getattr(models, table), getattr(importers, read))

    return make


def _register() -> UrlRegister:
    from glue_urls.register import DatabaseUrlRegister

    return DatabaseUrlRegister()


def _metadata() -> object:
    from glue_urls.models import METADATA

    return METADATA
