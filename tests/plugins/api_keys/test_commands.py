"""``glue api-keys``."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from glue_api_keys import ApiKey, ApiKeyChecker
from glue_core import Session
from glue_core.cli import main
from glue_core.testing import installed

Glue = Callable[..., Result]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A session over a database that has the keys alone."""
    services = {"database": f"sqlite:///{tmp_path}/database.sqlite"}
    return Session(tuple(installed("api_keys")), {"services": services})


@pytest.fixture
def glue(session: Session) -> Glue:
    """Run ``glue`` on a migrated database."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(main, list(arguments), obj=session)

    assert run("migrate").exit_code == 0
    return run


def issued(result: Result) -> dict[str, Any]:
    """Return the document that a command printed."""
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def listed(glue: Glue) -> list[dict[str, Any]]:
    """Return the documents of all keys."""
    result = glue("api-keys", "list", "--json")
    assert result.exit_code == 0
    documents: list[dict[str, Any]] = json.loads(result.stdout)
    return documents


def holder(session: Session, key: str) -> ApiKey | None:
    """Return who has a key that holds."""
    with session.migrated() as deployment:
        return deployment.features.get(ApiKeyChecker).check(key)


def test_create_prints_the_key(glue: Glue, session: Session) -> None:
    """The last line is the key, which holds; the list has it no more."""
    result = glue("api-keys", "create", "shipping", "--scope", "a", "--scope", "b")
    key = result.stdout.splitlines()[-1]

    found = holder(session, key)
    assert found is not None
    assert (found.name, found.scopes) == ("shipping", ("a", "b"))
    assert key not in glue("api-keys", "list").stdout
    assert key not in glue("api-keys", "list", "--json").stdout


def test_create_as_json(glue: Glue, session: Session) -> None:
    """With ``--json`` the key is a member of one document."""
    document = issued(glue("api-keys", "create", "shipping", "--created-by", "Ann", "--json"))

    assert holder(session, document["key"]) is not None
    assert (document["name"], document["createdBy"], document["state"]) == (
        "shipping",
        "Ann",
        "valid",
    )
    assert document["validTo"] is None


def test_valid_days(glue: Glue) -> None:
    """A key holds for as many days as were asked for, counted from now."""
    before = datetime.now(UTC)
    document = issued(glue("api-keys", "create", "shipping", "--valid-days", "2", "--json"))

    end = datetime.fromisoformat(document["validTo"])
    assert before + timedelta(days=2) <= end <= datetime.now(UTC) + timedelta(days=2)


@pytest.mark.parametrize(
    ("given", "end"),
    [
        ("2990-01-31", "2990-02-01T00:00:00+00:00"),
        ("2990-01-31T10:00:00Z", "2990-01-31T10:00:00+00:00"),
        ("2990-01-31T10:00:00+02:00", "2990-01-31T08:00:00+00:00"),
    ],
)
def test_valid_to(glue: Glue, given: str, end: str) -> None:
    """A day counts to its end in UTC, a point in time is meant as it is."""
    issued(glue("api-keys", "create", "shipping", "--valid-to", given, "--json"))

    assert [each["validTo"] for each in listed(glue)] == [end]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--valid-to", "soon"), "no date such as"),
        (("--valid-to", "2990-01-31T10:00:00"), "no time zone"),
        (("--valid-to", "9999-12-31"), "too late"),
        (("--valid-days", "0"), "range"),
        (("--valid-days", "1", "--valid-to", "2990-01-31"), "not both"),
    ],
)
def test_wrong_usage(glue: Glue, options: tuple[str, ...], complaint: str) -> None:
    """An option that cannot be understood is wrong usage, and no key is made."""
    result = glue("api-keys", "create", "shipping", *options)

    assert result.exit_code == 2
    assert complaint in result.stderr
    assert listed(glue) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("create", "1st"), "name: '1st' is no name"),
        (("create", "new", "--scope", "a b"), "scopes: 'a b' is no scope"),
        (("create", "new", "--valid-to", "2000-01-01"), "valid-to: 2000-01-02"),
        (("create", "Shipping"), "There is or was a key 'Shipping'"),
        (("rotate", "nobody"), "There is no key 'nobody'"),
        (("revoke", "nobody"), "There is no key 'nobody'"),
        (("rotate", "revoked"), "The key 'revoked' was revoked, which is for good"),
    ],
)
def test_what_cannot_be_done(glue: Glue, arguments: tuple[str, ...], complaint: str) -> None:
    """What cannot be done is one message with the exit code 1, and changes nothing."""
    glue("api-keys", "create", "shipping")
    glue("api-keys", "create", "revoked")
    glue("api-keys", "revoke", "revoked")
    before = listed(glue)
    result = glue("api-keys", *arguments)

    assert result.exit_code == 1
    assert complaint in result.stderr
    assert listed(glue) == before


def test_rotate(glue: Glue, session: Session) -> None:
    """A rotated key is another one, and the former holds no longer."""
    first = issued(glue("api-keys", "create", "shipping", "--json"))["key"]
    second = glue("api-keys", "rotate", "SHIPPING", "--valid-days", "1").stdout.splitlines()[-1]

    assert holder(session, first) is None
    assert holder(session, second) is not None


def test_revoke(glue: Glue, session: Session) -> None:
    """A revoked key holds no longer, and is listed as such."""
    key = issued(glue("api-keys", "create", "shipping", "--json"))["key"]

    assert glue("api-keys", "revoke", "shipping").stdout == "Revoked shipping.\n"
    assert holder(session, key) is None
    assert [each["state"] for each in listed(glue)] == ["revoked"]


def test_list_for_people(glue: Glue) -> None:
    """The list has a line for each key; where there is none it says so."""
    empty = glue("api-keys", "list").stdout
    glue("api-keys", "create", "shipping", "--scope", "a", "--valid-to", "2990-01-31")
    glue("api-keys", "create", "billing")
    glue("api-keys", "revoke", "billing")

    assert empty == "There are no keys; 'glue api-keys create' makes one.\n"
    assert glue("api-keys", "list").stdout == (
        "billing   revoked  for ever                 unused  no scopes\n"
        "shipping  valid    to 2990-02-01 00:00 UTC  unused  a\n"
    )
