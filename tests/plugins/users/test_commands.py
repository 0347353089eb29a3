"""``glue users``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from glue_core import Session
from glue_core.cli import main
from glue_core.testing import installed
from glue_users import UserCredentials
from glue_users.commands import users

PAGE = Path(__file__).resolve().parents[3] / "docs" / "commands.md"
PASSWORD = "Correct horse 1"
ADA = ("ada@example.com", "--first-name", "Ada", "--last-name", "Berg")

Glue = Callable[..., Result]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session over a database that has the users alone."""
    services = {"database": f"sqlite:///{tmp_path}/database.sqlite"}
    return Session(tuple(installed("users")), {"services": services})


@pytest.fixture
def glue(session: Session) -> Glue:
    """Run ``glue`` on a migrated database."""

    def run(*arguments: str, typed: str = "") -> Result:
        return CliRunner().invoke(main, list(arguments), input=typed, obj=session)

    run("migrate")
    return run


def may_log_in(session: Session, password: str = PASSWORD) -> bool:
    """Say whether the user can log in."""
    with session.migrated() as deployment, deployment.services.database.work() as work:
        credentials = deployment.features.get(UserCredentials)
        return credentials.authenticate("ada@example.com", password, work) is not None


def listed(glue: Glue) -> list[dict[str, Any]]:
    """Return what the list tells."""
    found: list[dict[str, Any]] = json.loads(glue("users", "list", "--json").stdout)
    return found


def test_create_asks_for_the_password(glue: Glue, session: Session) -> None:
    """The password is typed twice, is not shown, and lets in."""
    result = glue("users", "create", *ADA, typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert result.exit_code == 0
    assert PASSWORD not in result.output
    assert may_log_in(session)


def test_create_reads_standard_input(glue: Glue, session: Session) -> None:
    """A script hands the password over by standard input; the end of the line is no part of it."""
    result = glue("users", "create", *ADA, "--password-stdin", typed=f"{PASSWORD}\r\nmore\n")

    assert (result.exit_code, result.stdout[:24]) == (0, "Created ada@example.com,")
    assert may_log_in(session)


def test_no_option_takes_a_password() -> None:
    """No argument of a command is a password: others see those."""
    for command in users.commands.values():
        for parameter in command.params:
            assert "password" not in parameter.name or (
                isinstance(parameter, click.Option) and parameter.is_flag
            )


def test_passwords_that_differ_are_asked_again(glue: Glue, session: Session) -> None:
    """Two that differ are asked for once more."""
    glue("users", "create", *ADA, typed=f"{PASSWORD}\nother one\n{PASSWORD}\n{PASSWORD}\n")

    assert may_log_in(session)


@pytest.mark.parametrize(
    ("arguments", "typed", "reason"),
    [
        (ADA, "short\n", "8 to 128 characters"),
        (ADA, "", "8 to 128 characters"),
        (("ada", *ADA[1:]), f"{PASSWORD}\n", "username: 'ada' is no e-mail address."),
        ((*ADA, "--locale", "German"), f"{PASSWORD}\n", "locale: 'German' is no locale"),
        ((*ADA[:3], "--last-name", " "), f"{PASSWORD}\n", "last-name: The value is missing."),
    ],
)
def test_bad_value_is_one_line(
    glue: Glue, arguments: tuple[str, ...], typed: str, reason: str
) -> None:
    """What is wrong is one line with the exit code 1, and nobody is created."""
    result = glue("users", "create", *arguments, "--password-stdin", typed=typed)

    assert result.exit_code == 1
    assert reason in result.stderr
    assert "Traceback" not in result.output
    assert listed(glue) == []


def test_username_in_use_is_told(glue: Glue) -> None:
    """A second user of one name is refused."""
    glue("users", "create", *ADA, "--password-stdin", typed=PASSWORD)

    result = glue("users", "create", *ADA, "--password-stdin", typed=PASSWORD)

    assert result.exit_code == 1
    assert "There is a user 'ada@example.com' already." in result.stderr


def test_list_shows_kind_and_state(glue: Glue) -> None:
    """The list has a line for each user."""
    glue("users", "create", *ADA, "--warehouse-user", "--password-stdin", typed=PASSWORD)
    glue("users", "disable", "ada@example.com")

    assert glue("users", "list").stdout == "ada@example.com  disabled  warehouse  Ada Berg\n"


def test_empty_list_says_what_to_do(glue: Glue) -> None:
    """Without users the list names the command that makes one."""
    assert "'glue users create'" in glue("users", "list").stdout


def test_list_as_json(glue: Glue) -> None:
    """Programs get every field, and neither password nor hash."""
    glue("users", "create", *ADA, "--locale", "de_DE", "--password-stdin", typed=PASSWORD)

    (user,) = listed(glue)
    times = {user.pop(name) for name in ("createdAt", "updatedAt", "passwordChangedAt")}
    assert len(times) == 1
    assert len(user.pop("uuid")) == 36
    assert user == {
        "username": "ada@example.com",
        "firstName": "Ada",
        "lastName": "Berg",
        "isActive": True,
        "isWarehouseUser": False,
        "locale": "de_DE",
    }


def test_disable_and_enable(glue: Glue, session: Session) -> None:
    """A disabled user cannot log in until they are enabled."""
    glue("users", "create", *ADA, "--password-stdin", typed=PASSWORD)

    assert glue("users", "disable", "ADA@example.com").exit_code == 0
    assert not may_log_in(session)
    assert glue("users", "enable", "ada@example.com").exit_code == 0
    assert may_log_in(session)


def test_set_password(glue: Glue, session: Session) -> None:
    """Another password takes the place of the old one."""
    glue("users", "create", *ADA, "--password-stdin", typed=PASSWORD)

    result = glue("users", "set-password", "ada@example.com", typed="Another one 2\n" * 2)

    assert result.exit_code == 0
    assert not may_log_in(session)
    assert may_log_in(session, "Another one 2")


@pytest.mark.parametrize("name", ["disable", "enable", "set-password"])
def test_unknown_user_is_told(glue: Glue, name: str) -> None:
    """A name that nobody has is an error, before a password is asked for."""
    result = glue("users", name, "nobody@example.com")

    assert result.exit_code == 1
    assert "There is no user 'nobody@example.com'" in result.stderr
    assert "Password" not in result.stdout


def test_every_option_is_documented() -> None:
    """docs/commands.md names each command and option of 'glue users'."""
    _, _, section = PAGE.read_text(encoding="utf-8").partition("\n## glue users")
    section = section.partition("\n## ")[0]
    wanted = [f"`{name}" for name in users.commands]
    for command in users.commands.values():
        options = [each for each in command.params if isinstance(each, click.Option)]
        wanted += [f"`{name}" for option in options for name in option.opts]

    assert [each for each in wanted if each not in section] == []
