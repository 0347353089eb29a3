"""Commands that plugins add: how they are shown, run, and what happens where they cannot be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import click
import pytest

from glue_core import Command, Provider, Session, hookimpl
from glue_core.cli.group import COMMANDS
from glue_core.registry.discovery import Source


class Greeter:
    """A feature to ask for."""

    def greet(self, name: str) -> str:
        """Return a greeting."""
        return f"Hello {name}."


@click.command()
@click.argument("name")
@click.pass_obj
def greet(session: Session, name: str) -> None:
    """Greet somebody."""
    with session.migrated() as deployment:
        click.echo(deployment.features.get(Greeter).greet(name))


class GreeterPlugin:
    """A plugin with the feature."""

    @hookimpl
    def glue_features(self) -> Sequence[Provider[Any]]:
        """Provide the greeter."""
        return [Provider(Greeter, lambda features: Greeter())]


class Greeting:
    """A plugin with some commands."""

    def __init__(self, *commands: Command) -> None:
        self.commands = commands

    @hookimpl
    def glue_commands(self) -> Sequence[Command]:
        """Add the commands."""
        return self.commands


@pytest.fixture
def glue(glue: Any) -> Any:
    """Install the feature beside what the folder's deployment has."""
    source = Source.of("glue.features", "greeter", GreeterPlugin(), distribution="glue-greeter")
    glue.plugins.append(source)
    return glue


def installed(glue: Any, *commands: Command, name: str = "greeting") -> None:
    """Install a plugin with commands."""
    source = Source.of("glue.features", name, Greeting(*commands), distribution=f"glue-{name}")
    glue.plugins.append(source)


def loading(value: object, name: str = "greet") -> Command:
    """Return a command that loads this, or raises it."""

    def load() -> Any:
        if isinstance(value, Exception):
            raise value
        return value

    return Command(name, "Greet somebody.", load)


def test_command_gets_the_deployment(glue: Any) -> None:
    """A command of a plugin is run with its arguments, and asks for features by the session."""
    installed(glue, loading(greet))
    glue("migrate")

    result = glue("greet", "Ada")

    assert (result.exit_code, result.stdout) == (0, "Hello Ada.\n")


def test_command_is_told_of_missing_migrations(glue: Any) -> None:
    """On a database that is not migrated a command ends with what to do."""
    installed(glue, loading(greet))

    result = glue("greet", "Ada")

    assert result.exit_code == 1
    assert "Run 'glue migrate'." in result.stderr


def test_overview_names_it(glue: Any) -> None:
    """The overview has a command of a plugin with its line, without loading it."""
    installed(glue, loading(RuntimeError("It was loaded.")))

    result = glue("--help")

    assert "greet  Greet somebody." in result.stdout
    assert result.exit_code == 0


def test_overview_without_plugins_has_no_section(glue: Any) -> None:
    """Where no plugin adds a command, nothing is said of them."""
    assert "of plugins" not in glue("--help").stdout


def test_group_has_commands_of_its_own(glue: Any) -> None:
    """A plugin may add a group; its help names the group as it is typed."""
    group = click.Group("x", commands={"greet": greet})
    installed(glue, loading(group, "greetings"))

    assert " greetings greet [OPTIONS] NAME" in glue("greetings", "greet", "--help").stdout


def test_broken_deployment_shows_why_commands_are_missing(glue: Any) -> None:
    """The overview of a broken deployment has the built-in commands, and says what is wrong."""
    glue.settings["mode"] = "odd"

    result = glue("--help")

    assert result.exit_code == 0
    assert all(name in result.stdout for name in COMMANDS)
    assert "Commands of plugins are missing" in result.stdout
    assert "mode: Must be one of" in result.stdout


def test_broken_deployment_fails_an_unknown_command(glue: Any) -> None:
    """A name that is not built in may be a plugin's: the answer is what is wrong with them."""
    installed(glue, loading(greet))
    glue.settings["mode"] = "odd"

    result = glue("greet", "Ada")

    assert result.exit_code == 1
    assert "'greet' is no built-in command" in result.stderr
    assert "mode: Must be one of" in result.stderr


def test_broken_plugin_leaves_built_in_commands_alone(glue: Any) -> None:
    """A plugin that cannot be loaded does not keep 'glue plugins' from telling of it."""
    source = Source("glue.features", "bad", "glue-bad", "1", "bad", lambda: 1 / 0)
    glue.plugins.append(source)

    result = glue("plugins", "--json")

    (found,) = [
        each for each in json.loads(result.stdout)["plugins"] if each["id"] == "glue-bad:bad"
    ]
    assert found["state"] == "broken"


@pytest.mark.parametrize(
    ("value", "reason"),
    [(ImportError("no module"), "cannot be imported"), (greet.callback, "is no click.Command")],
    ids=["broken", "function"],
)
def test_command_that_cannot_be_loaded_is_told(glue: Any, value: object, reason: str) -> None:
    """The plugin of a command that cannot be loaded is named, without a traceback."""
    installed(glue, loading(value))

    result = glue("greet", "Ada")

    assert result.exit_code == 1
    assert reason in result.stderr
    assert "glue-greeting 0" in result.stderr


@pytest.mark.parametrize("argument", ["greet", "--help"])
def test_two_commands_of_one_name_are_a_conflict(glue: Any, argument: str) -> None:
    """Two plugins with one name are both named; neither is run."""
    installed(glue, loading(greet))
    installed(glue, loading(greet), name="other")

    output = glue(argument).output

    assert "Two commands are named 'greet'." in output
    assert "glue-greeting 0" in output
    assert "glue-other 0" in output


def test_disabled_command_settles_the_conflict(glue: Any) -> None:
    """One of two commands may be left out in the settings, by the id that the conflict names."""
    installed(glue, loading(greet))
    installed(glue, loading(RuntimeError("It was loaded.")), name="other")
    glue.settings["disable"] = ["glue-other:other.greet"]
    glue("migrate")

    assert glue("greet", "Ada").stdout == "Hello Ada.\n"


def test_built_in_name_is_taken(glue: Any) -> None:
    """A plugin cannot take the name of a built-in command: the start stops, and names both."""
    installed(glue, loading(greet, "routes"))

    result = glue("routes")

    assert result.exit_code == 1
    assert "Two commands are named 'routes'." in result.stderr
    assert "glue-api-core" in result.stderr
    assert "glue-greeting 0" in result.stderr


def test_plugin_list_names_the_contribution(glue: Any) -> None:
    """'glue plugins' has the id of a command, which 'disable' takes."""
    installed(glue, loading(greet))

    assert "glue-greeting:greeting.greet" in glue("plugins", "--all").stdout


@pytest.mark.parametrize("name", ["", "Greet", "two words", "-x", "a_b", "a--b"])
def test_name_can_be_typed(name: str) -> None:
    """A command's name is lower case, with hyphens."""
    with pytest.raises(ValueError, match="no name of a command"):
        Command(name, "Greet somebody.", lambda: greet)


@pytest.mark.parametrize("text", ["", " ", "One.\nTwo."])
def test_help_is_one_line(text: str) -> None:
    """The overview has one line for each command."""
    with pytest.raises(ValueError, match="one line of help"):
        Command("greet", text, lambda: greet)
