"""``glue doctor``."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import Any

from glue_core import Fragment, RequestFlowAwareApiApplication
from glue_core.testing import in_memory


def checks(result: Any) -> dict[str, Any]:
    """Return the checks of 'glue doctor --json' by name."""
    return {each["check"]: each for each in json.loads(result.stdout)["checks"]}


def addresses_that_miss(glue: Any) -> list[str]:
    """Return the applications that 'glue doctor' misses an address of."""
    lines = checks(glue("doctor", "--json"))["addresses"]["message"].splitlines()[1:]
    return [each.split(".")[1] for each in lines]


def test_missing_address_is_a_warning_in_production(glue: Any) -> None:
    """An application without base_url is told by the setting's name; in development it is fine."""
    glue("migrate")
    result = glue("doctor", "--json")
    glue.settings["mode"] = "development"

    found = checks(result)["addresses"]
    assert found["level"] == "warning"
    assert "applications." in found["message"]
    assert result.exit_code == 0
    assert "addresses" not in checks(glue("doctor", "--json"))


def test_healthy_deployment_ends_with_zero(glue: Any) -> None:
    """After migrating, every check is fine."""
    glue("migrate")
    glue.settings["applications"] = {
        name: {"base_url": "https://shop.example"} for name in addresses_that_miss(glue)
    }

    result = glue("doctor", "--json")

    assert {name: each["level"] for name, each in checks(result).items()} == dict.fromkeys(
        (
            *(
                "settings",
                "mode",
                "applications",
                "addresses",
                "database",
                "storage",
                "search",
                "broker",
                "session",
            ),
            *("migrations", "messages"),
        ),
        "ok",
    )
    assert result.exit_code == 0


def test_missing_migrations_are_an_error(glue: Any) -> None:
    """A database without its tables is told with the command that makes them."""
    result = glue("doctor", "--json")

    assert result.exit_code == 1
    assert "Run 'glue migrate'." in checks(result)["migrations"]["message"]


def test_service_that_is_down_is_told_and_the_others_checked(glue: Any) -> None:
    """A storage that does not answer is one error; the search is checked all the same."""
    (glue.directory / "storage.sqlite").write_text("No SQLite wrote this file. " * 40)

    found = checks(glue("doctor", "--json"))

    assert found["storage"]["level"] == "error"
    assert found["search"]["level"] == "ok"


def test_applications_that_do_not_fit_are_told_and_the_services_checked(glue: Any) -> None:
    """A conflict among plugins does not hide the state of the database."""
    glue.settings["disable"] = ["nobody"]
    glue("migrate")

    found = checks(glue("doctor", "--json"))

    assert found["applications"]["level"] == "error"
    assert "'nobody'" in found["applications"]["message"]


def test_wrong_settings_are_the_only_finding(glue: Any) -> None:
    """Without settings nothing else can be checked."""
    glue.settings["mode"] = "odd"

    result = glue("doctor", "--json")

    assert list(checks(result)) == ["settings"]
    assert result.exit_code == 1


def test_development_is_a_warning(glue: Any) -> None:
    """The mode 'development' is told, and is no error."""
    glue.settings["mode"] = "development"
    glue("migrate")

    result = glue("doctor", "--json")

    assert checks(result)["mode"]["level"] == "warning"
    assert result.exit_code == 0


def test_messages_are_counted(glue: Any) -> None:
    """What waits for the worker is told."""
    glue("migrate")
    glue("publish")

    assert checks(glue("doctor", "--json"))["messages"]["message"] == "2 waiting, 0 leased"


def test_messages_that_were_set_aside_are_an_error(glue: Any) -> None:
    """What publishers failed at again and again needs a person: it is an error."""
    glue("migrate")
    glue("publish")
    with closing(sqlite3.connect(glue.directory / "database.sqlite")) as connection:
        connection.execute("UPDATE glue_outbox SET is_set_aside = 1 WHERE key = 'a'")
        connection.commit()

    result = glue("doctor", "--json")

    assert result.exit_code == 1
    assert "1 waiting, 0 leased, 1 set aside" in checks(result)["messages"]["message"]


def test_list_for_people_has_a_line_each(glue: Any) -> None:
    """Without '--json' each check has a line that starts with its level."""
    glue("migrate")

    assert glue("doctor").stdout.startswith("ok       settings ")


class Quiet:
    """A convention."""

    name = "quiet"
    media_types = ("text/lamps",)
    priority = 1
    attributes_pointer = ""

    def writer(self, operation: Any, settings: Any) -> Any:
        """Write nothing."""
        return lambda response, request: b""

    def describe(self, operation: Any, view: Any) -> Fragment:
        """Say nothing."""
        return Fragment()


class Loud(Quiet):
    """A convention that takes the same media type before the other."""

    name = "loud"
    priority = 2


def test_convention_that_nobody_selects_is_a_warning(glue: Any) -> None:
    """A convention whose media types another one takes first is told, and is no error."""
    glue("migrate")
    assert "conventions" not in checks(glue("doctor", "--json"))
    glue.plugins += [in_memory("glue.conventions", each.name, each) for each in (Quiet(), Loud())]

    result = glue("doctor", "--json")

    found = checks(result)["conventions"]
    assert found["level"] == "warning"
    assert found["message"].startswith("no request of 'probe_api' selects 'quiet'")
    assert result.exit_code == 0


def test_shadows_are_told(glue: Any) -> None:
    """An application that is run beside another costs something, so it is told."""
    other = RequestFlowAwareApiApplication("other_api")
    glue.plugins.append(in_memory("glue.applications", "other_api", other))
    glue("migrate")
    glue.settings["applications"] = {"probe_api": {"shadow": "other_api"}}
    glue.settings["shadow"] = {"rate": 0.25}

    found = checks(glue("doctor", "--json"))["shadows"]

    assert (found["level"], found["message"]) == (
        "ok",
        "'other_api' is run beside 'probe_api', at a rate of 0.25",
    )


def test_shadow_that_is_not_served_is_an_error(glue: Any) -> None:
    """What the settings name and nobody serves is found before a server starts."""
    glue("migrate")
    one = addresses_that_miss(glue)[0]
    glue.settings["applications"] = {one: {"shadow": "nobody"}}

    found = checks(glue("doctor", "--json"))["applications"]

    assert found["level"] == "error"
    assert "names 'nobody', which is not served" in found["message"]
