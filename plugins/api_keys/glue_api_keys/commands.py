"""``glue api-keys``: API keys, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import click

from glue_api_keys import (
    ApiKey,
    ApiKeyDraft,
    ApiKeyReader,
    ApiKeyWriter,
    BadValue,
    IssuedKey,
    KeyRevoked,
    NameInUse,
    NoSuchKey,
)
from glue_core import Session, Work


class EndOfValidity(click.ParamType[datetime]):
    """A day, whose end is meant, or a point in time with its zone."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        """Return the point in time from which on the key does not hold."""
        if isinstance(value, datetime):
            return value
        try:
            end = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if end == date.max:
                self.fail(f"{value!r} is too late.", param, ctx)
            return datetime.combine(end + timedelta(days=1), time(), UTC)
        try:
            point = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date such as 2030-01-31.", param, ctx)
        if point.tzinfo is None:
            self.fail(f"{value!r} has no time zone, such as Z at the end.", param, ctx)
        return point


with_end = click.option(
    "--valid-to",
    type=EndOfValidity(),
    help="Last day on which the key holds, in UTC, or a point in time with its zone.",
)
with_days = click.option(
    "--valid-days", type=click.IntRange(1, 36500), metavar="N", help="Days for which it holds."
)
with_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def api_keys() -> None:
    """Create, rotate, revoke, list API keys."""


@api_keys.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, help="What its bearer may; once for each scope.")
@with_days
@with_end
@click.option("--created-by", default="", help="Who makes it, for the list.")
@with_json
@click.pass_obj
def create(
    session: Session,
    name: str,
    scopes: tuple[str, ...],
    valid_days: int | None,
    valid_to: datetime | None,
    created_by: str,
    as_json: bool,
) -> None:
    """Make a key named NAME, and print it: this once, since it is not kept.

    NAME is a letter, then letters and digits. A key holds for ever unless it is told otherwise.
    """
    draft = ApiKeyDraft(name, scopes, created_by, _end(valid_days, valid_to))
    with _writing(session) as (writer, work):
        issued = writer.create(draft, work)
    _show_issued("Created", issued, as_json)


@api_keys.command()
@click.argument("name")
@with_days
@with_end
@with_json
@click.pass_obj
def rotate(
    session: Session, name: str, valid_days: int | None, valid_to: datetime | None, as_json: bool
) -> None:
    """Make another key in the place of NAME, and print it; the former one holds no longer."""
    end = _end(valid_days, valid_to)
    with _writing(session) as (writer, work):
        issued = writer.rotate(name, work, end)
    _show_issued("Rotated", issued, as_json)


@api_keys.command()
@click.argument("name")
@click.pass_obj
def revoke(session: Session, name: str) -> None:
    """Let the key NAME hold no longer, for good."""
    with _writing(session) as (writer, work):
        found = writer.revoke(name, work)
    click.echo(f"Revoked {found.name}.")


@api_keys.command("list")
@with_json
@click.pass_obj
def list_(session: Session, as_json: bool) -> None:
    """List all keys, by name; the keys themselves are not kept."""
    with session.migrated() as deployment, deployment.services.database.work(writes=False) as work:
        found = deployment.features.get(ApiKeyReader).every(work)
    now = datetime.now(UTC)
    if as_json:
        # ASCII, so that no terminal or pipe can fail at a letter.
        click.echo(json.dumps([_document(each, now) for each in found], indent=2))
        return
    rows = [
        (
            each.name,
            _state(each, now),
            "for ever" if each.valid_to is None else f"to {each.valid_to:%Y-%m-%d %H:%M} UTC",
            "unused" if each.last_used_at is None else f"used {each.last_used_at:%Y-%m-%d}",
            " ".join(each.scopes) or "no scopes",
        )
        for each in found
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
    if not rows:
        click.echo("There are no keys; 'glue api-keys create' makes one.")


def _end(valid_days: int | None, valid_to: datetime | None) -> datetime | None:
    if valid_days is None:
        return valid_to
    if valid_to is not None:
        raise click.UsageError("Give --valid-days or --valid-to, and not both.")
    return datetime.now(UTC) + timedelta(days=valid_days)


def _show_issued(what: str, issued: IssuedKey, as_json: bool) -> None:
    if as_json:
        document = _document(issued.api_key, datetime.now(UTC))
        click.echo(json.dumps({**document, "key": issued.key}, indent=2))
        return
    click.echo(f"{what} {issued.api_key.name}. This is its key, shown this once:")
    click.echo(issued.key)


@contextmanager
def _writing(session: Session) -> Iterator[tuple[ApiKeyWriter, Work]]:
    """Open a unit of work that commits, and tell what cannot be written.

    Raises:
        ClickException: It cannot be written.
    """
    with session.migrated() as deployment:
        try:
            with deployment.services.database.work() as work:
                yield deployment.features.get(ApiKeyWriter), work
        except BadValue as error:
            raise click.ClickException(f"{error.field.replace('_', '-')}: {error.reason}") from None
        except NameInUse as error:
            raise click.ClickException(
                f"There is or was a key {str(error)!r}; no name is given twice."
            ) from None
        except NoSuchKey as error:
            raise click.ClickException(
                f"There is no key {str(error)!r}; 'glue api-keys list' names all there are."
            ) from None
        except KeyRevoked as error:
            raise click.ClickException(
                f"The key {str(error)!r} was revoked, which is for good; create another."
            ) from None


def _state(api_key: ApiKey, now: datetime) -> str:
    if api_key.revoked_at is not None:
        return "revoked"
    return "valid" if api_key.is_valid(now) else "expired"


def _document(api_key: ApiKey, now: datetime) -> dict[str, Any]:
    def shown(point: datetime | None) -> str | None:
        return None if point is None else point.isoformat()

    return {
        "name": api_key.name,
        "state": _state(api_key, now),
        "scopes": list(api_key.scopes),
        "createdBy": api_key.created_by,
        "createdAt": shown(api_key.created_at),
        "rotatedAt": shown(api_key.rotated_at),
        "validTo": shown(api_key.valid_to),
        "revokedAt": shown(api_key.revoked_at),
        "lastUsedAt": shown(api_key.last_used_at),
    }
