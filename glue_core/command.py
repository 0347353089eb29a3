"""Commands of ``glue``: those that are built in, and those that plugins contribute."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

COMMANDS = {
    "demo": ("glue_core.cli.demo:demo", "Start the demo shop with embedded services."),
    "serve": ("glue_core.cli.serve:serve", "Serve one application, or all that are installed."),
    "plugins": ("glue_core.cli.plugins:plugins", "List what is installed, and its state."),
    "routes": (
        "glue_core.cli.routes:routes",
        "List every operation of every application, and who may call it.",
    ),
    "schema": (
        "glue_core.cli.schema:schema",
        "Show what a type consists of, and who brought which part.",
    ),
    "flow": ("glue_core.cli.flow:flow", "Show the steps of a request, and why they stand there."),
    "docs": ("glue_core.cli.docs:docs", "Write the OpenAPI document of an application."),
    "contract": (
        "glue_core.cli.contract:contract",
        "Write down what clients rely on, and compare with that.",
    ),
    "errors": ("glue_core.cli.errors:errors", "List every error that clients may be answered."),
    "doctor": (
        "glue_core.cli.doctor:doctor",
        "Check settings, plugins, routes, services, migrations.",
    ),
    "new": ("glue_core.cli.new:new", "Write a new distribution that passes its own tests."),
    "migrate": ("glue_core.cli.migrate:migrate", "Bring the database to the newest version."),
    "import": ("glue_core.cli.importing:import_", "Load shop data from a folder of CSV files."),
    "publish": ("glue_core.cli.publishing:publish", "Publish everything anew."),
    "work": ("glue_core.cli.publishing:work", "Run the worker: publish what changes."),
    "documents": (
        "glue_core.cli.documents:documents",
        "List, show, write and delete documents of the storage.",
    ),
}
"""Name of a command to its place and its line in the overview.

The line stands here as well, so that the overview imports no command.
"""

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Command:
    """A command that a plugin adds to ``glue``.

    Attributes:
        name: What is typed after ``glue``: lower case, with hyphens.
        help: One line for the overview.
        load: Returns the click command, or a group of them; called when it is run. Import what it
            needs in there: the overview of all commands imports the plugin as well.
    """

    name: str
    help: str
    load: Callable[[], click.Command]

    def __post_init__(self) -> None:
        """Check what click would accept and nobody could type.

        Raises:
            ValueError: The name or the line is none.
        """
        if _NAME.fullmatch(self.name) is None:
            raise ValueError(f"{self.name!r} is no name of a command: lower case, with hyphens.")
        if not self.help.strip() or len(self.help.splitlines()) != 1:
            raise ValueError(f"The command {self.name!r} needs one line of help.")
