"""``glue docs APPLICATION``: the generated OpenAPI document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from glue_core.cli.routes import PLAIN
from glue_core.cli.session import Session

if TYPE_CHECKING:
    from glue_core.openapi.view import Grants


@click.command()
@click.argument("application")
@click.option("--format", "format_", default="json", show_default=True, help="json or yaml.")
@click.option("--all", "everything", is_flag=True, help="Show everything; so it is by default.")
@click.option("--public", is_flag=True, help="Show what somebody without credentials may see.")
@click.option(
    "--grants",
    metavar="NAMES",
    help="Show what somebody with these grants may see: scopes, and kinds of callers behind '@', "
    "with commas.",
)
@click.option(
    "--convention",
    metavar="NAME",
    help="Describe requests in one convention alone; 'plain' without one.",
)
@click.pass_context
def docs(
    ctx: click.Context,
    application: str,
    format_: str,
    everything: bool,
    public: bool,
    grants: str | None,
    convention: str | None,
) -> None:
    """Write the OpenAPI document of an application.

    It is made of the same declarations that validate and route. Nothing is asked of a service.
    """
    if everything and (public or grants is not None):
        raise click.UsageError("--all, --public and --grants do not go together.")
    seen = grants_of(public, grants)
    with ctx.ensure_object(Session).deployment(application) as deployment:
        registry = deployment.registry.applications[application]
        documentation = registry.documentation
        if documentation is None:
            raise click.ClickException(
                f"{application!r} answers by itself, without operations that could be described."
            )
        conventions = None
        if convention is not None:
            name = None if convention == PLAIN else convention
            if name not in registry.conventions:
                spoken = sorted(each or PLAIN for each in registry.conventions)
                raise click.BadParameter(
                    f"{application!r} speaks: {', '.join(spoken)}.", param_hint="--convention"
                )
            conventions = [name]
        document = documentation.made(seen, conventions=conventions)
        content = documentation.written(document, format_)
    click.echo(content, nl=False)


def grants_of(public: bool, grants: str | None) -> Grants:
    """Return whom ``--public`` and ``--grants`` are about; None for everything.

    Args:
        public: Whether it is about somebody without credentials.
        grants: What somebody holds, with commas; None where nobody said so.

    Raises:
        UsageError: Both are given.
    """
    if public and grants is not None:
        raise click.UsageError("--public and --grants do not go together.")
    if not public and grants is None:
        return None
    return frozenset(each.strip() for each in (grants or "").split(",") if each.strip())
