"""The group of all commands: each is imported when it is called, and errors look alike."""

from __future__ import annotations

import importlib
import traceback
from typing import TYPE_CHECKING, Any, cast

import click

from glue_core.cli.session import Session
from glue_core.command import COMMANDS
from glue_core.errors import ConfigurationError, ServiceUnavailable

if TYPE_CHECKING:
    from glue_core.registry.order import Contribution

__all__ = ["COMMANDS", "main"]


class Glue(click.Group):
    """Imports a command when it is called, and tells errors in one style.

    Built-in commands work whatever is installed: only for those of plugins is it looked at.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        try:
            return [*COMMANDS, *ctx.ensure_object(Session).commands()]
        except ConfigurationError:
            return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in COMMANDS:
            module, _, name = COMMANDS[cmd_name][0].partition(":")
            return cast(click.Command, getattr(importlib.import_module(module), name))
        try:
            found = ctx.ensure_object(Session).commands().get(cmd_name)
        except ConfigurationError as error:
            raise ConfigurationError(
                f"{cmd_name!r} is no built-in command, and the commands of plugins are missing:\n"
                f"{error}"
            ) from error
        return None if found is None else _loaded(found)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])
        try:
            found = ctx.ensure_object(Session).commands()
        except ConfigurationError as error:
            with formatter.section("Commands of plugins are missing"):
                for line in str(error).splitlines():
                    formatter.write_text(line)
            return
        if found:
            with formatter.section("Commands of plugins"):
                formatter.write_dl([(name, each.value.help) for name, each in found.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ConfigurationError, ServiceUnavailable) as error:
            if ctx.ensure_object(Session).debug:
                click.echo("".join(traceback.format_exception(error)), err=True)
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)


def _loaded(contribution: Contribution) -> click.Command:
    """Import the command of a plugin.

    Raises:
        ConfigurationError: It cannot be imported, or is no command.
    """
    what = f"The command {contribution.name!r} of a plugin"
    try:
        command = contribution.value.load()
    except Exception as error:
        raise ConfigurationError(
            f"{what} cannot be imported: {type(error).__name__}: {error}\n  {contribution.party}\n"
            f"Mend it, or put {contribution.id!r} under 'disable' in the settings."
        ) from error
    if not isinstance(command, click.Command):
        raise ConfigurationError(
            f"{what} is {command!r}, which is no click.Command.\n  {contribution.party}\n"
            f"Return one from its 'load'."
        )
    return command


@click.command(cls=Glue, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.version_option(package_name="glue-api-core", prog_name="glue")
@click.pass_context
def main(ctx: click.Context, debug: bool) -> None:
    """Run and inspect a deployment of Glue.

    Settings come from the file that GLUE_CONFIG names, else from glue.toml in the working
    directory, and from GLUE_*.
    """
    ctx.ensure_object(Session).debug = debug
