"""``glue clients``, ``glue keys`` and ``glue tokens``: the authorization server's housekeeping."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from glue_core import Features, Session, Work
from glue_oauth import (
    BadClient,
    ClientDraft,
    ClientRegistry,
    KeyTooYoung,
    NewSecret,
    NoSuchClient,
    NoSuchKey,
    OauthClient,
    SigningKey,
    SigningKeys,
)
from glue_oauth.durations import duration_of

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@contextmanager
def _work(session: Session, *, writes: bool = True) -> Iterator[tuple[Features, Work]]:
    """Open a unit of work; what cannot be done is told without a traceback."""
    with session.migrated() as deployment:
        try:
            with deployment.services.database.work(writes=writes) as work:
                yield deployment.features, work
        except (BadClient, NoSuchClient, NoSuchKey) as error:
            raise click.ClickException(str(error)) from error


@click.group()
def clients() -> None:
    """Create, list and disable clients of the authorization server."""


@clients.command()
@click.argument("name")
@click.option("--id", "id_", metavar="ID", help="Identifier; a random one by default.")
@click.option("--public", is_flag=True, help="It runs where others can look: it gets no secret.")
@click.option("--redirect-uri", multiple=True, metavar="URI", help="Where codes may be sent to.")
@click.option("--grant", multiple=True, metavar="GRANT", help="Grant it may use.")
@click.option("--scope", multiple=True, metavar="SCOPE", help="Scope it is limited to.")
@click.option("--application", multiple=True, metavar="NAME", help="Application it may ask.")
@click.option(
    "--replace-default", is_flag=True, help="Let it be the client of requests that name none."
)
@as_json
@click.pass_obj
def create(
    session: Session,
    name: str,
    id_: str | None,
    public: bool,
    redirect_uri: tuple[str, ...],
    grant: tuple[str, ...],
    scope: tuple[str, ...],
    application: tuple[str, ...],
    replace_default: bool,
    as_json: bool,
) -> None:
    """Register a client under a NAME for people. Its secret is shown once."""
    if not grant:
        raise click.UsageError(
            "Say what the client may do, such as --grant authorization_code --grant refresh_token."
        )
    known = session.applications()
    for each in application:
        if each not in known:
            raise click.BadParameter(
                f"There is no application {each!r}; there are: {', '.join(known)}.",
                param_hint="--application",
            )
    draft = ClientDraft(
        name, not public, redirect_uri, grant, scope, application, id_, replace_default
    )
    with _work(session) as (features, work):
        made = features.get(ClientRegistry).create(draft, work)
    _tell(made, as_json=as_json)


@clients.command("list")
@as_json
@click.pass_obj
def list_(session: Session, as_json: bool) -> None:
    """List the registered clients."""
    with _work(session, writes=False) as (features, work):
        found = features.get(ClientRegistry).every(work)
    if as_json:
        click.echo(json.dumps([_shown(each) for each in found], indent=2))
        return
    for each in found:
        kind = "confidential" if each.is_confidential else "public"
        state = "active" if each.is_active else "disabled"
        click.echo(f"{each.id}  {kind}  {state}  {','.join(each.grants or ())}  {each.name}")
    if not found:
        click.echo("No client is registered; requests without one count for the default client.")


@clients.command()
@click.argument("id_", metavar="ID")
@click.pass_obj
def disable(session: Session, id_: str) -> None:
    """Keep a client from asking for tokens; those it has are void."""
    with _work(session) as (features, work):
        features.get(ClientRegistry).disable(id_, work)
    click.echo(f"Disabled {id_}.")


@clients.command("rotate-secret")
@click.argument("id_", metavar="ID")
@as_json
@click.pass_obj
def rotate_secret(session: Session, id_: str, as_json: bool) -> None:
    """Give a client another secret; the old one is void at once."""
    with _work(session) as (features, work):
        made = features.get(ClientRegistry).rotate_secret(id_, work)
    _tell(made, as_json=as_json)


@click.group()
def keys() -> None:
    """List, rotate and revoke the keys that sign access tokens."""


@keys.command("list")
@as_json
@click.pass_obj
def list_keys(session: Session, as_json: bool) -> None:
    """List the keys, the youngest first."""
    with _work(session, writes=False) as (features, work):
        found = features.get(SigningKeys).every(work)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], indent=2, default=str))
        return
    for each in found:
        click.echo(_line(each))
    if not found:
        click.echo("There is no key yet; the first token makes one.")


@keys.command("rotate")
@click.option("--now", "at_once", is_flag=True, help="Sign with a key that others may not know.")
@click.pass_obj
def rotate_keys(session: Session, at_once: bool) -> None:
    """Let the next key sign; the present one verifies until its tokens have expired."""
    try:
        with _work(session) as (features, work):
            key = features.get(SigningKeys).rotate(work, at_once=at_once)
    except KeyTooYoung as error:
        raise click.ClickException(f"{error}\nWait until then, or say --now.") from error
    if key.state == "next":
        click.echo(
            f"The key {key.kid} ({key.algorithm}) is published now and signs nothing yet.\n"
            f"Rotate again once it is known, or with --now."
        )
    else:
        click.echo(f"The key {key.kid} ({key.algorithm}) signs now.")


@keys.command("revoke")
@click.argument("kids", metavar="KID...", nargs=-1, required=True)
@click.pass_obj
def revoke_keys(session: Session, kids: tuple[str, ...]) -> None:
    """Delete keys that others may have; the tokens that they signed are void."""
    with _work(session) as (features, work):
        for kid in kids:
            active = features.get(SigningKeys).revoke(kid, work)
    click.echo(f"Revoked {', '.join(kids)}. The key {active.kid} ({active.algorithm}) signs now.")


@click.group()
def tokens() -> None:
    """Clean up after tokens."""


@tokens.command("clean")
@click.option(
    "--older-than",
    metavar="DURATION",
    help="Time that expired rows are kept, such as P7D; that of the settings by default.",
)
@click.pass_obj
def clean_tokens(session: Session, older_than: str | None) -> None:
    """Delete refresh tokens, codes, revocations and keys that count for nothing any more."""
    from glue_oauth.cleaning import clean
    from glue_oauth.plugin import ServerParts

    try:
        retention = None if older_than is None else duration_of(older_than)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--older-than") from error
    with _work(session) as (features, work):
        gone = clean(features.get(ServerParts).parts, work, retention)
    for what, count in gone.items():
        click.echo(f"{count:>8}  {what}")


def _tell(made: NewSecret, *, as_json: bool) -> None:
    """Print a client with its secret: this is the only time that it is shown."""
    if as_json:
        click.echo(json.dumps({**_shown(made.client), "secret": made.secret}, indent=2))
        return
    click.echo(f"id      {made.client.id}")
    if made.secret is not None:
        click.echo(f"secret  {made.secret}")
        click.echo("Keep the secret: it is not shown again.", err=True)


def _shown(client: OauthClient) -> dict[str, Any]:
    shown = asdict(client)
    shown["created_at"] = client.created_at.isoformat() if client.created_at else None
    return shown


def _line(key: SigningKey) -> str:
    since = key.retired_at or key.activated_at or key.created_at
    return f"{key.kid}  {key.algorithm}  {key.state}  since {since:%Y-%m-%d %H:%M}Z"
