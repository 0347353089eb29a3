"""Hook implementations of the API keys; objects are wired here and in `everywhere`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from glue_api_keys import ApiKeyChecker, ApiKeyReader, ApiKeyWriter
from glue_core import Command, Migrations, Provider, Section, Services, Settings, hookimpl

if TYPE_CHECKING:
    import click

BRANCH = "api_keys"
SECTION = "api_keys"


class ApiKeySettings(Schema):
    """``[plugins.api_keys]``."""

    cache_seconds = fields.Float(load_default=1.0, validate=validate.Range(min=0, max=3600))
    query_parameter = fields.Boolean(load_default=False)


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Say how long a key is believed, and whether it may come in the query."""
    return [Section(SECTION, ApiKeySettings)]


@hookimpl
def glue_features(services: Services, settings: Settings) -> Sequence[Provider[Any]]:
    """Provide the keys in the database."""
    seconds = settings.section(SECTION)["cache_seconds"]
    return [
        Provider(ApiKeyReader, lambda features: _reader()),
        Provider(ApiKeyWriter, lambda features: _writer()),
        Provider(ApiKeyChecker, lambda features: _checker(services, seconds)),
    ]


@hookimpl
def glue_migrations() -> Sequence[Migrations]:
    """Keep the table of keys up to date."""
    return [Migrations(BRANCH, Path(__file__).parent / "migrations" / "versions", _metadata)]


@hookimpl
def glue_commands() -> Sequence[Command]:
    """Add ``glue api-keys``."""
    return [Command("api-keys", "Create, rotate, revoke, list API keys.", _commands)]


def _reader() -> ApiKeyReader:
    from glue_api_keys.keeping import DatabaseApiKeyReader

    return DatabaseApiKeyReader()


def _writer() -> ApiKeyWriter:
    from glue_api_keys.keeping import DatabaseApiKeyWriter

    return DatabaseApiKeyWriter()


def _checker(services: Services, seconds: float) -> ApiKeyChecker:
    from glue_api_keys.checking import DatabaseApiKeyChecker

    return DatabaseApiKeyChecker(services, seconds)


def _metadata() -> object:
    from glue_api_keys.models import METADATA

    return METADATA


def _commands() -> click.Command:
    from glue_api_keys.commands import api_keys

    return api_keys
