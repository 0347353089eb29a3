"""Hook implementations of the stores; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_core import (
    Features,
    Importer,
    Migrations,
    Provider,
    Publisher,
    RowImporter,
    Services,
    hookimpl,
)
from glue_stores import STORE_CHANGED, StoreReader, StoreRegister
from glue_stores.reading import StorageStoreReader

if TYPE_CHECKING:
    from glue_stores.publishing import StorePublisher

BRANCH = "stores"


@hookimpl
def glue_features(services: Services) -> Sequence[Provider[Any]]:
    """Provide the published stores, and those in the database."""
    return [
        Provider(StoreReader, lambda features: StorageStoreReader(services.storage)),
        Provider(StoreRegister, lambda features: _register()),
    ]


@hookimpl
def glue_migrations() -> Sequence[Migrations]:
    """Keep the tables of the stores up to date."""
    return [Migrations(BRANCH, Path(__file__).parent / "migrations" / "versions", _metadata)]


@hookimpl
def glue_importers() -> Sequence[Importer]:
    """Import the files of the store set-up."""
    stores = ("store",)
    return [
        Importer("store", "store", ("name",), _importer("STORE", "read_store")),
        Importer(
            "currency", "currency", ("iso_code", "name"), _importer("CURRENCY", "read_currency")
        ),
        Importer(
            "currency-store",
            "currency_store",
            ("currency_code", "store_name"),
            _importer("STORE_CURRENCY", "read_currency_store"),
            after=("store", "currency"),
        ),
        Importer(
            "country-store",
            "country_store",
            ("store_name", "country"),
            _importer("STORE_COUNTRY", "read_country_store"),
            after=stores,
        ),
        Importer(
            "country-region",
            "country_region",
            ("country", "iso2_code", "name"),
            _importer("REGION", "read_country_region"),
        ),
        Importer(
            "locale-store",
            "locale_store",
            ("locale_name", "store_name"),
            _importer("STORE_LOCALE", "read_locale_store"),
            after=stores,
        ),
        Importer(
            "default-locale-store",
            "default_locale_store",
            ("locale_name", "store_name"),
            _importer("STORE_DEFAULT_LOCALE", "read_default_locale_store"),
            after=("store", "locale-store"),
        ),
        Importer(
            "context-store",
            "store_context",
            ("store_name", "appication_context_collection"),
            _importer("STORE_TIME_ZONE", "read_store_context"),
            after=stores,
        ),
    ]


@hookimpl
def glue_publishers(features: Features, services: Services) -> Sequence[Publisher]:
    """Publish stores that changed."""

    def publisher() -> StorePublisher:
        from glue_stores.publishing import StorePublisher

        return StorePublisher(features.get(StoreRegister), services.storage)

    return [
        Publisher(
            STORE_CHANGED,
            lambda events, work: publisher().handle(events, work),
            lambda work: publisher().keys(work),
            "stores",
            writes=False,
        )
    ]


def _importer(table: str, read: str) -> Callable[[], RowImporter]:
    """Make an importer of a table when it is needed: the tables load SQLAlchemy."""

    def make() -> RowImporter:
        from glue_stores import importers, models

        return importers.SetupImporter(getattr(models, table), getattr(importers, read))

    return make


def _register() -> StoreRegister:
    from glue_stores.register import DatabaseStoreRegister

    return DatabaseStoreRegister()


def _metadata() -> object:
    from glue_stores.models import METADATA

    return METADATA
