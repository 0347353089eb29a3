"""Hook implementations of the users; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_core import (
    Command,
    DemoData,
    Features,
    Importer,
    Migrations,
    Passwords,
    Provider,
    RowImporter,
    UserProvider,
    hookimpl,
)
from glue_users import UserCredentials, UserReader, UserWriter

if TYPE_CHECKING:
    import click

BRANCH = "users"


@hookimpl
def glue_features() -> Sequence[Provider[Any]]:
    """Provide the users in the database."""
    return [
        Provider(UserReader, lambda features: _reader()),
        Provider(UserWriter, _writer),
        Provider(UserCredentials, _credentials),
    ]


@hookimpl
def glue_migrations() -> Sequence[Migrations]:
    """Keep the table of users up to date."""
    return [Migrations(BRANCH, Path(__file__).parent / "migrations" / "versions", _metadata)]


@hookimpl
def glue_importers(features: Features) -> Sequence[Importer]:
    """Import ``user.csv``."""

    def make() -> RowImporter:
        from glue_users.importers import UserImporter

        return UserImporter(features.get(Passwords))

    return [Importer("user", "user", ("username", "first_name", "last_name"), make)]


@hookimpl
def glue_user_providers(features: Features) -> Sequence[UserProvider]:
    """Let users of the back office log in."""
    from glue_users.login import user_provider

    return [user_provider(features.get(UserCredentials), features.get(UserReader))]


@hookimpl
def glue_demo_data() -> Sequence[DemoData]:
    """Contribute two users to log in as."""
    return [DemoData("demo users", _write_demo)]


@hookimpl
def glue_commands() -> Sequence[Command]:
    """Add ``glue users``."""
    return [Command("users", "Create, list, disable users of the back office.", _commands)]


def _commands() -> click.Command:
    from glue_users.commands import users

    return users


def _reader() -> UserReader:
    from glue_users.reading import DatabaseUserReader

    return DatabaseUserReader()


def _writer(features: Features) -> UserWriter:
    from glue_users.writing import DatabaseUserWriter

    return DatabaseUserWriter(features.get(Passwords))


def _credentials(features: Features) -> UserCredentials:
    from glue_users.credentials import DatabaseUserCredentials

    return DatabaseUserCredentials(features.get(Passwords))


def _metadata() -> object:
    from glue_users.models import METADATA

    return METADATA


def _write_demo(directory: Path, size: int | None = None) -> None:
    from glue_users.demo import write_users

    write_users(directory)
