"""The group of all commands: each is imported when it is called, and errors look alike."""

from __future__ import annotations

import importlib
import traceback
from typing import Any, cast

import click

from glue_core.cli.session import Session
from glue_core.errors import ConfigurationError, ServiceUnavailable

COMMANDS = {
    "demo": ("glue_core.cli.demo:demo", "Start the demo shop with embedded services."),
    "serve": ("glue_core.cli.serve:serve", "Serve one application, or all that are installed."),
    "plugins": ("glue_core.cli.plugins:plugins", "List what is installed, and its state."),
    "routes": (
        "glue_core.cli.routes:routes",
        "List every operation of every application, and who may call it.",
    ),
    "flow": ("glue_core.cli.flow:flow", "Show the steps of a request, and why they stand there."),
    "doctor": ("glue_core.cli.doctor:doctor", "Check settings, plugins, services, migrations."),
    "new": ("glue_core.cli.new:new", "Write a new distribution that passes its own tests."),
    "migrate": ("glue_core.cli.migrate:migrate", "Bring the database to the newest version."),
    "import": ("glue_core.cli.importing:import_", "Load shop data from a folder of CSV files."),
    "publish": ("glue_core.cli.publishing:publish", "Publish everything anew."),
    "work": ("glue_core.cli.publishing:work", "Run the worker: publish what changes."),
}
"""Name of a command to its place and its line in the overview.

The line stands here as well, so that the overview imports no command.
"""


class Glue(click.Group):
    """Imports a command when it is called, and tells errors in one style."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        return cast(click.Command, getattr(importlib.import_module(module), name))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ConfigurationError, ServiceUnavailable) as error:
            if ctx.ensure_object(Session).debug:
                click.echo("".join(traceback.format_exception(error)), err=True)
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)


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
