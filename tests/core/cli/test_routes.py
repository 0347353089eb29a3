"""``glue routes``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glue_core import GlueResponse, Identity, IdentityReader, Operation, OperationChange, Protection
from glue_core.application import RequestFlowAgnosticApiApplication
from glue_core.registry.discovery import Source
from glue_core.testing import in_memory


def test_resource_tells_everything(glue: Any) -> None:
    """An operation is listed with application, methods, path, type, conventions, place, plugin."""
    found = json.loads(glue("routes", "--json").stdout)["routes"]

    row = next(each for each in found if each["type"] == "probes")
    assert row["application"] == "probe_api"
    assert row["methods"] == ["GET", "HEAD"]
    assert row["path"] == "/probes/{probes_id}"
    assert row["conventions"] == [None]
    assert row["handler"].endswith(":Probes.get")
    assert row["plugin"] == "probes:probes"


def test_template_is_listed(glue: Any) -> None:
    """Custom routes are listed as well."""
    found = json.loads(glue("routes", "--json").stdout)["routes"]

    assert "/ping/{name}" in [each["path"] for each in found]


def test_application_that_answers_by_itself_has_one_line(glue: Any) -> None:
    """An application without a flow is listed as answering everything."""
    own = RequestFlowAgnosticApiApplication("own_api", make=lambda deployment: lambda e, s: [])
    glue.plugins.append(Source.of("glue.applications", "own_api", own))

    found = json.loads(glue("routes", "own_api", "--json").stdout)["routes"]

    assert [(each["application"], each["methods"]) for each in found] == [("own_api", ["*"])]


def test_unknown_application_is_an_error(glue: Any) -> None:
    """A name that is not installed ends with 1."""
    assert glue("routes", "nobody").exit_code == 1


def test_list_for_people_has_columns(glue: Any) -> None:
    """Without '--json' there is a heading and a line for each operation."""
    lines = glue("routes").stdout.splitlines()

    assert lines[0].split()[:3] == ["APPLICATION", "METHODS", "PATH"]
    assert len(lines) == 3


def protected(glue: Any) -> None:
    """Install an operation that asks for a scope, and a reader of identities."""
    anna = Identity("user", "anna", 1)
    protection = Protection(("oauth-user-scope", "user-type"), scopes=("paint",))
    glue.plugins.append(
        in_memory(
            "glue.plugins.probe_api",
            "paint",
            glue_resources=lambda: [
                Operation("post", lambda: GlueResponse(), "paints", protection=protection)
            ],
            glue_identity_readers=lambda: [IdentityReader("name", "x-name", lambda v, r: anna)],
        )
    )


def test_list_says_who_may(glue: Any) -> None:
    """The list names the strategies and scopes of each operation, and what is public."""
    protected(glue)
    lines = glue("routes").stdout.splitlines()

    (line,) = [each for each in lines if "/paints" in each]
    assert " protected: oauth-user-scope,user-type(paint) " in line
    assert all(" public " in each for each in lines[1:] if "/paints" not in each)


def test_application_that_answers_by_itself_is_neither_public_nor_protected(glue: Any) -> None:
    """Nobody knows who may call an application that answers by itself: neither filter shows it."""
    own = RequestFlowAgnosticApiApplication("own_api", make=lambda deployment: lambda e, s: [])
    glue.plugins.append(Source.of("glue.applications", "own_api", own))

    assert " its own " in glue("routes", "own_api").stdout
    for option in ("--public", "--protected"):
        assert json.loads(glue("routes", "own_api", option, "--json").stdout)["routes"] == []


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        (("--public",), ["/ping/{name}", "/probes/{probes_id}"]),
        (("--protected",), ["/paints"]),
        (("--type", "probes"), ["/probes/{probes_id}"]),
        (("--plugin", "probes"), ["/ping/{name}", "/probes/{probes_id}"]),
        (("--plugin", "in-memory"), ["/paints"]),
        (("--plugin", "in-memory:paint"), ["/paints"]),
        (("--plugin", "paint"), ["/paints"]),
        (("--writes",), ["/paints"]),
        (("--writes", "--public"), []),
    ],
)
def test_options_leave_operations_out(
    glue: Any, options: tuple[str, ...], paths: list[str]
) -> None:
    """Each option shows what fits it; of several an operation must fit all."""
    protected(glue)

    found = json.loads(glue("routes", *options, "--json").stdout)["routes"]

    assert [each["path"] for each in found] == paths


def test_scopes_are_collected(glue: Any) -> None:
    """Every scope that somebody declares is listed, and the operations that ask for one."""
    protected(glue)
    document = json.loads(glue("routes", "--json").stdout)
    asked = json.loads(glue("routes", "--scope", "paint", "--json").stdout)

    assert document["scopes"] == ["paint"]
    assert [each["path"] for each in asked["routes"]] == ["/paints"]


def test_changes_stand_below_their_operation(glue: Any) -> None:
    """Who changed an operation is told below it; the change has a line of its own."""
    change = OperationChange("probes.get", summary="Show a probe.")
    glue.plugins.append(
        in_memory("glue.plugins.probe_api", "acme", glue_declaration_changes=lambda: [change])
    )

    lines = glue("routes").stdout.splitlines()

    below = lines.index("    changed by in-memory:acme.probes.get")
    assert "/probes/{probes_id}" in lines[below - 1]
    assert "in-memory:acme.probes.get" in glue("plugins", "--all").stdout


def test_versions_stand_below_their_operation(glue: Any) -> None:
    """Two operations at one place are told apart by their versions."""

    def news(*versions: str) -> Operation:
        return Operation("get", lambda: GlueResponse(), "news", versions=versions)

    glue.plugins.append(
        in_memory(
            "glue.plugins.probe_api",
            "news",
            glue_resources=lambda: [news("1.0", "1.1"), news("2.0")],
        )
    )

    lines = glue("routes").stdout.splitlines()
    found = json.loads(glue("routes", "--json").stdout)["routes"]

    assert "/news/" in lines[lines.index("    in the versions 1.0, 1.1") - 1]
    assert "/news/" in lines[lines.index("    in the versions 2.0") - 1]
    assert sorted(each["versions"] for each in found if each["path"].startswith("/news/")) == [
        ["1.0", "1.1"],
        ["2.0"],
    ]
