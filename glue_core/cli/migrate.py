"""``glue migrate``."""

from __future__ import annotations

import click

from glue_core.cli.session import Session

UNMIGRATED = 1


@click.command()
@click.option(
    "--check", is_flag=True, help="Change nothing; exit with 1 if migrations are missing."
)
@click.pass_context
def migrate(ctx: click.Context, check: bool) -> None:
    """Bring the database to the newest version.

    Applies the migrations of the core and of every installed feature, in one transaction. Several
    processes may do so at once.
    """
    from glue_core import migrating

    session = ctx.ensure_object(Session)
    with session.deployment(serving=False) as deployment:
        database = deployment.services.database
        if check:
            missing = migrating.pending(database, deployment.migrations)
            for revision in missing:
                click.echo(f"missing  {revision}")
            if missing:
                ctx.exit(UNMIGRATED)
        else:
            applied = migrating.migrate(database, deployment.migrations)
            for revision in applied:
                click.echo(f"applied  {revision}")
            if applied:
                return
        click.echo("The database is up to date.")
