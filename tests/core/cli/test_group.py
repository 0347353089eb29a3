"""The command as a whole: the overview, and how errors look."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from glue_core.cli import main
from glue_core.cli.group import COMMANDS
from glue_core.cli.session import Session

DOCUMENTATION = Path(__file__).resolve().parents[3] / "docs" / "commands.md"


def command(name: str) -> click.Command:
    """Return a command by its name."""
    assert isinstance(main, click.Group)
    found = main.get_command(click.Context(main), name)
    assert found is not None
    return found


def options_of(each: click.Command) -> list[str]:
    """Return the long options of a command, and of those below it."""
    below = each.commands.values() if isinstance(each, click.Group) else ()
    return [
        option
        for parameter in each.params
        if isinstance(parameter, click.Option) and not parameter.hidden
        for option in parameter.opts
        if option.startswith("--")
    ] + [option for inner in below for option in options_of(inner)]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_overview_says_what_the_command_says(name: str) -> None:
    """The line in the overview is the first line of the command's own help."""
    text = command(name).help

    assert text is not None
    assert COMMANDS[name][1] == text.partition("\n")[0]


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    """docs/commands.md has a section for each command, and names each of its options there."""
    _, _, section = DOCUMENTATION.read_text(encoding="utf-8").partition(f"\n## glue {name}")
    section = section.partition("\n## ")[0]
    options = options_of(command(name))

    assert section, f"Write a section '## glue {name}'."
    assert [each for each in options if f"`{each}" not in section] == []


@pytest.mark.parametrize("library", ["falcon", "sqlalchemy", "alembic", "gunicorn"])
def test_help_imports_nothing_heavy(library: str) -> None:
    """'glue --help' answers at once: it imports no server and no database."""
    program = (
        "import sys\nfrom glue_core.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        f"sys.exit({library!r} in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert done.returncode == 0


def test_unknown_command_is_wrong_usage(glue: Any) -> None:
    """A command that does not exist ends with the exit code 2."""
    assert glue("brew").exit_code == 2


def test_configuration_error_is_a_message_on_standard_error(glue: Any) -> None:
    """What is wrong with the deployment is told without a traceback, with the exit code 1."""
    glue.settings["mode"] = "odd"

    result = glue("routes")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: Settings are wrong")
    assert "Traceback" not in result.stderr


def test_debug_shows_the_traceback(glue: Any) -> None:
    """'--debug' shows where an error came from, too."""
    glue.settings["mode"] = "odd"

    result = glue("--debug", "routes")

    assert result.exit_code == 1
    assert "Traceback" in result.stderr


def test_service_that_is_down_is_a_message(glue: Any) -> None:
    """A database that cannot be reached is told in one line, with the exit code 1."""
    (glue.directory / "file").write_text("")
    glue.settings["services"]["database"] = f"sqlite:///{glue.directory}/file/database.sqlite"

    result = glue("migrate")

    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The service 'database' is unavailable")


def test_version_is_that_of_the_core() -> None:
    """'glue --version' names the version of the distribution."""
    result = CliRunner().invoke(main, ["--version"], obj=Session())

    assert result.output.startswith("glue, version ")
