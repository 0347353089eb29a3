"""``glue new``: a distribution that passes its own tests."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from glue_core.cli.scaffolding import plans, rendering
from glue_core.cli.scaffolding.naming import Name
from glue_core.cli.scaffolding.plans import Plan
from glue_core.cli.session import Session
from glue_core.cli.showing import indented
from glue_core.registry.discovery import APPLICATIONS

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")

_GRANT_TYPE = re.compile(r"[A-Za-z0-9._~:/?#@!&'()*+,;=%-]+")

LONGEST_TYPE = 80
"""Letters of a media type or a grant at most: it is a line of the code, and of the README."""

PLAIN_TYPE = "application/json"


class _Name(click.ParamType[Name]):
    """A name, read as words."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Name:
        if isinstance(value, Name):
            return value
        try:
            return Name.parse(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _media_type(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no media type, as wrong usage."""
    if value is not None and not (_MEDIA_TYPE.fullmatch(value) and len(value) <= LONGEST_TYPE):
        raise click.BadParameter(
            f"{value!r} is no media type of at most {LONGEST_TYPE} letters, in lower case and "
            f"without parameters, such as application/vnd.lines+json."
        )
    if value == PLAIN_TYPE:
        raise click.BadParameter(
            f"{value!r} is that of plain JSON, which no convention can have. Choose one of your "
            f"own, such as application/vnd.lines+json."
        )
    return value


def _grant_type(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse what is no grant type, as wrong usage.

    Source:
        RFC 6749, sections 4.5 and A.10: a name, or the absolute URI of an extension.
    """
    if value is not None and not (_GRANT_TYPE.fullmatch(value) and len(value) <= LONGEST_TYPE):
        raise click.BadParameter(
            f"{value!r} is no grant type of at most {LONGEST_TYPE} letters, such as device_key or "
            f"urn:example:device-key."
        )
    return value


NAME = _Name()

in_directory = click.option(
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Folder to write into; the working directory by default.",
)
for_application = click.option(
    "--application", type=NAME, help="Application that shows it; storefront_api by default."
)
for_backend = click.option(
    "--backend", is_flag=True, help="For the back office: named so, and shown by backend_api."
)


class Kinds(click.Group):
    """Names the kinds there are where somebody asks for another."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            known = ", ".join(sorted(self.commands))
            ctx.fail(f"There is no kind {args[0]!r} of distribution. The kinds are: {known}.")
        return super().resolve_command(ctx, args)


@click.group(cls=Kinds)
def new() -> None:
    """Write a new distribution that passes its own tests.

    It is written into a folder that is named after it; nothing that exists is touched.
    """


@new.command()
@click.argument("name", type=NAME)
@in_directory
def application(name: Name, directory: Path) -> None:
    """Write an application.

    It has a first resource, so that something answers. NAME is such as shop_api.
    """
    plan = _planned(lambda: plans.application(name))
    _write(
        plan,
        directory,
        f"glue serve {plan.folder}",
        "curl http://127.0.0.1:8000/greetings/en",
        "curl -H 'Accept: application/vnd.api+json' http://127.0.0.1:8000/greetings",
    )


@new.command()
@click.argument("name", type=NAME)
@click.option("--media-type", callback=_media_type, help="application/vnd.<name>+json by default.")
@in_directory
def convention(name: Name, media_type: str | None, directory: Path) -> None:
    """Write a convention.

    It has a media type of its own. NAME is such as lines.
    """
    plan = _planned(lambda: plans.convention(name, media_type))
    _write(plan, directory, "glue plugins")


@new.command()
@click.argument("name", type=NAME)
@for_application
@for_backend
@in_directory
@click.pass_context
def resource(
    ctx: click.Context, name: Name, application: Name | None, backend: bool, directory: Path
) -> None:
    """Write a plugin with a resource.

    NAME is the type, such as blog-posts.
    """
    plan = _planned(lambda: plans.resource(name, application, backend))
    _write(plan, directory, "glue routes", session=ctx.ensure_object(Session))


@new.command()
@click.argument("source", type=NAME)
@click.argument("target", type=NAME)
@click.option("--name", type=NAME, help="Name of the relationship; that of TARGET by default.")
@click.option("--to-one", is_flag=True, help="It leads to one resource at most.")
@for_application
@for_backend
@in_directory
@click.pass_context
def relationship(
    ctx: click.Context,
    source: Name,
    target: Name,
    name: Name | None,
    to_one: bool,
    application: Name | None,
    backend: bool,
    directory: Path,
) -> None:
    """Write a plugin with a relationship.

    It leads from the type SOURCE to the type TARGET.
    """
    plan = _planned(lambda: plans.relationship(source, target, name, application, backend, to_one))
    _write(plan, directory, "glue routes", session=ctx.ensure_object(Session))


@new.command()
@click.argument("name", type=NAME)
@for_application
@for_backend
@in_directory
@click.pass_context
def authentication_server(
    ctx: click.Context, name: Name, application: Name | None, backend: bool, directory: Path
) -> None:
    """Write a plugin with an authentication server.

    It issues signed tokens to clients with a secret. NAME is that of the server, such as stamps.
    """
    plan = _planned(lambda: plans.authentication_server(name, application, backend))
    _write(plan, directory, "glue plugins", session=ctx.ensure_object(Session))


@new.command()
@click.argument("name", type=NAME)
@for_application
@for_backend
@in_directory
@click.pass_context
def strategy(
    ctx: click.Context, name: Name, application: Name | None, backend: bool, directory: Path
) -> None:
    """Write a plugin with an authorization strategy.

    It decides whether a caller may. NAME is that of the strategy, such as named-users.
    """
    plan = _planned(lambda: plans.strategy(name, application, backend))
    _write(plan, directory, "glue plugins", session=ctx.ensure_object(Session))


@new.command()
@click.argument("name", type=NAME)
@click.option(
    "--grant-type",
    callback=_grant_type,
    help="What requests call it, such as a URI; NAME with underscores by default.",
)
@for_application
@for_backend
@in_directory
@click.pass_context
def grant(
    ctx: click.Context,
    name: Name,
    grant_type: str | None,
    application: Name | None,
    backend: bool,
    directory: Path,
) -> None:
    """Write a plugin with a grant of OAuth 2.

    It is a way to get a token from the authorization server. NAME is such as device-key.
    """
    plan = _planned(lambda: plans.grant(name, grant_type, application, backend))
    _write(plan, directory, "glue plugins", session=ctx.ensure_object(Session))


def _planned(make: Callable[[], Plan]) -> Plan:
    """Make a plan, and refuse as wrong usage what cannot be one.

    Raises:
        click.UsageError: A name is reserved, too long or taken.
    """
    try:
        plan = make()
        plans.refuse_taken(plan)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    return plan


def _write(plan: Plan, directory: Path, *commands: str, session: Session | None = None) -> None:
    """Write the distribution, and say what comes next.

    Args:
        plan: The distribution.
        directory: Folder to write into.
        commands: What to try once it is installed.
        session: Knows which applications are installed, where that matters.

    Raises:
        ConfigurationError: Its folder exists, or cannot be written.
    """
    folder, texts = directory / plan.folder, plan.texts()
    rendering.write(folder, texts)
    click.echo(f"{plan.distribution} is in {folder}:")
    click.echo(indented("\n".join(texts)))
    path = str(folder) if folder.is_absolute() else f"./{folder.as_posix()}"
    following = [
        f"pip install -e {shlex.quote(f'{path}[test]')}",
        f"pytest {shlex.quote(path)}",
        *commands,
    ]
    click.echo("\nNext:\n" + indented("\n".join(following)))
    hints = [*plan.hints, *(_missing(plan, session) if session is not None else ())]
    if hints:
        click.echo("\n" + "\n".join(hints))


def _missing(plan: Plan, session: Session) -> Iterator[str]:
    """Tell of an application that is not installed, and would have to show the plugin."""
    wanted = plan.values["application"]
    if wanted not in {each.name for each in session.sources() if each.group == APPLICATIONS}:
        yield f"The application {wanted!r} is not installed, and no other one shows the plugin."
