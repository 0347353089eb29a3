"""``glue users``: users of the back office, from the command line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from glue_core import Features, Session, Work
from glue_users import BadValue, User, UserDraft, UsernameInUse, UserReader, UserWriter
from glue_users import check_password as check

FIELDS = ("uuid", "username", "first_name", "last_name", "is_active", "is_warehouse_user", "locale")
"""Fields of a user that ``--json`` prints, with the times."""
TIMES = ("created_at", "updated_at", "password_changed_at")

with_password_from_stdin = click.option(
    "--password-stdin",
    is_flag=True,
    help="Read the password from the first line of standard input, instead of asking for it.",
)


@click.group()
def users() -> None:
    """Create, list, disable users of the back office."""


@users.command()
@click.argument("username")
@click.option("--first-name", required=True, help="First name.")
@click.option("--last-name", required=True, help="Last name.")
@click.option("--warehouse-user", is_flag=True, help="The user works in a warehouse.")
@click.option("--locale", help="Locale of the user, such as de_DE.")
@with_password_from_stdin
@click.pass_obj
def create(
    session: Session,
    username: str,
    first_name: str,
    last_name: str,
    warehouse_user: bool,
    locale: str | None,
    password_stdin: bool,
) -> None:
    """Create a user, whose USERNAME is an e-mail address.

    The password is asked for: it is no argument, since others see those in the list of processes.
    """
    draft = UserDraft(
        username,
        first_name,
        last_name,
        _password(from_stdin=password_stdin),
        is_warehouse_user=warehouse_user,
        locale=locale,
    )
    with _writing(session) as (features, work):
        user = features.get(UserWriter).create(draft, work)
    click.echo(f"Created {user.username}, {user.uuid}.")


@users.command()
@click.argument("username")
@click.pass_obj
def disable(session: Session, username: str) -> None:
    """Keep a user from logging in."""
    _change(session, username, lambda writer, user, work: writer.disable(user.uuid, work))
    click.echo(f"Disabled {username}.")


@users.command()
@click.argument("username")
@click.pass_obj
def enable(session: Session, username: str) -> None:
    """Let a user log in again."""
    _change(session, username, lambda writer, user, work: writer.activate(user.uuid, work))
    click.echo(f"Enabled {username}.")


@users.command("set-password")
@click.argument("username")
@with_password_from_stdin
@click.pass_obj
def set_password(session: Session, username: str, password_stdin: bool) -> None:
    """Give a user another password, which is asked for."""
    with session.migrated() as deployment, deployment.services.database.work(writes=False) as work:
        # Nobody types a password twice for a user who does not exist.
        _named(deployment.features, username, work)
    new = _password(from_stdin=password_stdin)
    _change(session, username, lambda writer, user, work: writer.set_password(user.uuid, new, work))
    click.echo(f"{username} has another password.")


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the users as JSON.")
@click.pass_obj
def list_(session: Session, as_json: bool) -> None:
    """List all users, by username."""
    with session.migrated() as deployment, deployment.services.database.work(writes=False) as work:
        found = deployment.features.get(UserReader).every(work)
    if as_json:
        # ASCII, so that no terminal or pipe can fail at a letter.
        click.echo(json.dumps([_document(each) for each in found], indent=2))
        return
    rows = [
        (
            each.username,
            "active" if each.is_active else "disabled",
            "warehouse" if each.is_warehouse_user else "office",
            f"{each.first_name} {each.last_name}",
        )
        for each in found
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
    if not rows:
        click.echo("There are no users; 'glue users create' makes one.")


def _password(*, from_stdin: bool) -> str:
    """Return a password that a user may have.

    Raises:
        ClickException: It may not be one.
    """
    if from_stdin:
        line = sys.stdin.readline()
        password = line.rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        check(password)
    except BadValue as error:
        raise click.ClickException(error.reason) from None
    return password


def _change(
    session: Session, username: str, change: Callable[[UserWriter, User, Work], User]
) -> None:
    with _writing(session) as (features, work):
        change(features.get(UserWriter), _named(features, username, work), work)


@contextmanager
def _writing(session: Session) -> Iterator[tuple[Features, Work]]:
    """Open a unit of work that commits, and tell what cannot be written.

    Raises:
        ClickException: A value is wrong, or a username is in use.
    """
    with session.migrated() as deployment:
        try:
            with deployment.services.database.work() as work:
                yield deployment.features, work
        except BadValue as error:
            name = error.field.replace("_", "-")
            raise click.ClickException(f"{name}: {error.reason}") from None
        except UsernameInUse as error:
            raise click.ClickException(f"There is a user {str(error)!r} already.") from None


def _named(features: Features, username: str, work: Work) -> User:
    user = features.get(UserReader).by_username(username, work)
    if user is None:
        raise click.ClickException(
            f"There is no user {username!r}; 'glue users list' names all there are."
        )
    return user


def _document(user: User) -> dict[str, Any]:
    values = asdict(user)
    document = {_camel(name): values[name] for name in FIELDS}
    for name in TIMES:
        document[_camel(name)] = None if values[name] is None else values[name].isoformat()
    return document


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.capitalize() for each in rest)
