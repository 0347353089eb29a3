"""``glue doctor``."""

from __future__ import annotations

import json
import sqlite3
import warnings
from contextlib import closing
from types import ModuleType
from typing import Any

import pytest

from glue_core import (
    PUBLIC,
    Adapter,
    Fragment,
    GlueRequest,
    GlueResponse,
    HookDeprecation,
    Identity,
    IdentityReader,
    Operation,
    Protection,
    RequestFlowAgnosticApiApplication,
    RequestFlowAwareApiApplication,
    hookspec,
)
from glue_core.registry.plugins import Hooks, Plugin
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
    glue("publish", "--wait")
    glue.services_have({"probe:a": {}})
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
                "plugins",
                "hooks",
                "unused",
                "writes",
                "addresses",
                "database",
                "storage",
                "search",
                "broker",
                "session",
            ),
            *("migrations", "messages", "published"),
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


def anybody(value: str, request: GlueRequest) -> Identity:
    """Believe whoever asks."""
    return Identity("user", value, 1)


def only_warning(glue: Any, check: str) -> list[str]:
    """Return what a check warns of, a line each; without it there is an empty list."""
    result = glue("doctor", "--json")
    found = checks(result)[check]
    first, _, rest = found["message"].partition("\n")
    assert first.endswith(":") == bool(rest)
    assert found["level"] == ("warning" if rest else "ok")
    lines: list[str] = rest.splitlines()
    return lines


def test_strict_ends_with_one_where_something_warns(glue: Any) -> None:
    """With '--strict' a warning counts as an error does."""
    glue("migrate")

    assert glue("doctor").exit_code == 0
    result = glue("doctor", "--strict", "--json")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["healthy"] is False


def test_plugin_that_is_left_out_is_a_warning(glue: Any) -> None:
    """What the quarantine left out is told with the reason."""
    assert only_warning(glue, "plugins") == []
    glue.settings["quarantine"] = {"policy": "leave_out"}
    glue.plugins.append(in_memory("glue.plugins.probe_api", "bad", glue_resources=lambda: [1]))

    (line,) = only_warning(glue, "plugins")

    assert line.startswith("in-memory:bad: The plugin 'in-memory:bad' returned 1 from")


def test_deprecated_hook_is_a_warning(glue: Any) -> None:
    """Who implements a hook that will go, or takes an argument that will, is told what to do."""
    specs = ModuleType("specs")

    @hookspec(warn_on_impl=HookDeprecation("0.2", "Implement 'glue_resources'."))
    def glue_lamps(settings: Any) -> None:
        """Light lamps."""

    @hookspec(warn_on_impl_args={"services": HookDeprecation("0.3", "They are dark.")})
    def glue_bulbs(features: Any, services: Any, settings: Any) -> None:
        """Light bulbs."""

    specs.__dict__.update(glue_lamps=glue_lamps, glue_bulbs=glue_bulbs)
    own = RequestFlowAgnosticApiApplication(
        "own_api",
        make=lambda deployment: lambda environ, start: [],
        adapter=Adapter(Quiet(), hookspecs=specs),
    )
    glue.plugins += [
        in_memory("glue.applications", "own_api", own),
        in_memory("glue.plugins.own_api", "lamps", glue_lamps=lambda settings: []),
        in_memory("glue.plugins.own_api", "dark", glue_bulbs=lambda services: []),
        in_memory("glue.plugins.own_api", "good", glue_bulbs=lambda settings: []),
    ]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HookDeprecation)
        lines = only_warning(glue, "hooks")

    assert lines == [
        "in-memory:dark implements the argument 'services' of 'glue_bulbs'. Deprecated since 0.3: "
        "They are dark.",
        "in-memory:lamps implements 'glue_lamps'. Deprecated since 0.2: Implement "
        "'glue_resources'.",
    ]


def test_deprecated_hook_warns_whoever_writes_it() -> None:
    """Python's own warning comes when the plugin is registered."""
    specs = ModuleType("specs")

    @hookspec(warn_on_impl=HookDeprecation("0.2", "Implement 'glue_resources'."))
    def glue_lamps(settings: Any) -> None:
        """Light lamps."""

    specs.__dict__["glue_lamps"] = glue_lamps
    source = in_memory("glue.plugins.own_api", "lamps", glue_lamps=lambda settings: [])

    with pytest.warns(HookDeprecation, match="Deprecated since 0.2"):
        Hooks(
            [Plugin(source, source.load(), "application")],
            "own_api",
            [Adapter(Quiet(), hookspecs=specs)],
        )


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"cors_max_age": 5}, "cors_max_age counts only with cors_origins."),
        (
            {"server_timing": "development"},
            "server_timing is 'development', and the mode is not: nobody is told.",
        ),
        (
            {"server_timing_token": "0123456789abcdef"},
            "server_timing_token counts only with server_timing = 'token'.",
        ),
        (
            {"server_timing_steps": True},
            "server_timing_steps counts only where server_timing says who is told.",
        ),
        ({"hsts_subdomains": True}, "hsts_subdomains counts only with hsts_max_age."),
        (
            {"protected_paths": [{"path": "/probes/1"}, {"path": "/prbes/1"}]},
            "protected_paths[1], '/prbes/1', fits no place where something answers.",
        ),
        (
            {"protected_paths": [{"path": "/probes/1", "methods": ["DELETE"]}]},
            "protected_paths[0], '/probes/1', fits no place where something answers.",
        ),
        (
            {"protected_paths": [{"pattern": "/probes/.*"}, {"pattern": "/lamps/.*"}]},
            "protected_paths[1], '/lamps/.*', fits no place where something answers; ids of "
            "another form than usual are not tried.",
        ),
    ],
)
def test_setting_of_an_application_without_effect(
    glue: Any, settings: dict[str, Any], line: str
) -> None:
    """A setting that another one switches off, or that fits nothing, is told, and no other."""
    glue.plugins.append(
        in_memory(
            "glue.plugins.probe_api",
            "names",
            glue_identity_readers=lambda: [IdentityReader("name", "x-name", anybody)],
        )
    )
    assert only_warning(glue, "unused") == []
    glue.settings["applications"] = {"probe_api": settings}

    assert only_warning(glue, "unused") == [f"applications.probe_api.{line}"]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (
            {"quarantine": {"distributions": ["probes"]}},
            "quarantine.distributions counts only with quarantine.policy = 'leave_out'.",
        ),
        (
            {"quarantine": {"policy": "leave_out", "distributions": ["Probes", "proves"]}},
            "quarantine.distributions names 'proves', which is not installed.",
        ),
        (
            {"project": ["probes:probes"]},
            "'project' names 'probes:probes', which changes no declaration of others.",
        ),
        (
            {"disable": ["probe-feature:probe.probes", "probe-feature:probe.proves"]},
            "'disable' or 'replace' names 'probe-feature:probe.proves', which nobody has. Did you "
            "mean 'probe-feature:probe.probes'?",
        ),
    ],
)
def test_setting_that_names_nothing(glue: Any, settings: dict[str, Any], line: str) -> None:
    """An id that only turns out to be nobody's once everything is asked for is told as well."""
    glue.settings.update(settings)

    assert only_warning(glue, "unused") == [line]


def test_documentation_without_a_page(glue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page needs is told where it lacks; that is no error, nor a warning."""
    glue.settings["mode"] = "development"
    assert "documentation" not in checks(glue("doctor", "--json"))
    monkeypatch.setattr("glue_core.openapi.page.PACKAGE", "glue_no_such_package")

    found = checks(glue("doctor", "--json"))["documentation"]

    assert found["level"] == "ok"
    assert "pip install 'glue-api-core[page]'" in found["message"]


def test_public_writes_that_nobody_declared(glue: Any) -> None:
    """What everybody may write by is told, unless somebody declared that it is so."""

    def post(place: str, **more: Any) -> Operation:
        return Operation("post", lambda: GlueResponse(), place, **more)

    assert only_warning(glue, "writes") == []
    glue.plugins.append(
        in_memory(
            "glue.plugins.probe_api",
            "post",
            glue_resources=lambda: [
                post("open"),
                post("declared", protection=PUBLIC),
                post("closed", protection=Protection(("oauth-user-scope",))),
                Operation("get", lambda: GlueResponse(), "read"),
            ],
            glue_identity_readers=lambda: [IdentityReader("name", "x-name", anybody)],
        )
    )

    assert only_warning(glue, "writes") == ["probe_api POST /open   in-memory:post.open.post"]


def test_storage_that_lost_what_was_published(glue: Any) -> None:
    """A storage without anything published beside a database with data is told, and the remedy."""
    glue("migrate")
    glue.services_have({"glue:session:1": {}})

    result = glue("doctor", "--json")

    found = checks(result)["published"]
    assert found["level"] == "warning"
    assert "nothing published: probe\n" in found["message"]
    assert "'glue publish --wait'" in found["message"]
    glue.services_have({"probe:a": {}})
    assert checks(glue("doctor", "--json"))["published"]["level"] == "ok"


def test_messages_that_wait_fill_the_storage_later(glue: Any) -> None:
    """While messages wait nothing can be told of the storage."""
    glue("migrate")
    glue("publish")

    assert "published" not in checks(glue("doctor", "--json"))
