"""``glue plugins``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import click
from packaging.specifiers import SpecifierSet

from glue_core import (
    Command,
    Encoder,
    ErrorText,
    GlueRequest,
    GlueResponse,
    HealthCheck,
    Identity,
    IdentityReader,
    Listener,
    MediaTypeExtension,
    Operation,
)
from glue_core.registry.discovery import Source
from glue_core.testing import in_memory


def anybody(value: str, request: GlueRequest) -> Identity:
    """Believe whoever asks."""
    return Identity("user", value, 1)


def light() -> click.Command:
    """Return a command that does nothing."""
    return click.Command("light")


def answer() -> GlueResponse:
    """Answer."""
    return GlueResponse()


def rows_of(glue: Any, *options: str) -> dict[str, Any]:
    """Return the rows of 'glue plugins --json' by id."""
    document = json.loads(glue("plugins", "--json", *options).stdout)
    return {each["id"]: each for each in document["plugins"]}


def raising() -> Callable[[], object]:
    """Return what an entry point does whose module raises."""

    def load() -> object:
        raise RuntimeError("No such engine.")

    return load


def test_active_plugins_tell_their_hooks(glue: Any) -> None:
    """A plugin that is loaded is active, with the hooks that it implements."""
    row = rows_of(glue)["probes:probes"]

    assert row["state"] == "active"
    assert row["hooks"] == ["glue_request_builders", "glue_resources", "glue_route_providers"]


def test_all_shows_contributions(glue: Any) -> None:
    """'--all' lists the ids that 'disable' takes."""
    contributions = rows_of(glue, "--all")["probes:probes"]["contributions"]

    assert "probes:probes.probes.get" in contributions
    assert "probes:probes.late" in contributions


def test_disabled_plugin_is_listed_with_the_reason(glue: Any) -> None:
    """A plugin that the settings leave out stays visible, and says who left it out."""
    glue.settings["disable"] = ["probes:probes"]

    row = rows_of(glue)["probes:probes"]

    assert (row["state"], row["reason"]) == ("disabled", "'disable' in the settings names it")


def test_plugin_of_another_application_is_not_loaded(glue: Any) -> None:
    """A plugin that no served application collects is not imported, and says why."""
    glue.plugins.append(replace(Source.of("glue.plugins.other_api", "o", object()), load=raising()))

    row = rows_of(glue)["in-memory:o"]

    assert row["state"] == "not loaded"
    assert "'glue.plugins.other_api'" in row["reason"]


def test_broken_plugin_does_not_stop_the_list(glue: Any) -> None:
    """A plugin that raises on import is broken with its reason; the others are listed."""
    glue.plugins.append(replace(Source.of("glue.plugins.probe_api", "b", object()), load=raising()))

    result = glue("plugins", "--json")
    rows = {each["id"]: each for each in json.loads(result.stdout)["plugins"]}

    assert result.exit_code == 1
    assert rows["in-memory:b"]["state"] == "broken"
    assert "RuntimeError: No such engine." in rows["in-memory:b"]["reason"]
    assert rows["probes:probes"]["state"] == "active"


def test_incompatible_plugin_is_not_imported(glue: Any) -> None:
    """A plugin for another version of the core is incompatible, known before it is imported."""
    source = Source.of("glue.plugins.probe_api", "i", object())
    glue.plugins.append(replace(source, core=SpecifierSet(">=99"), load=raising()))

    row = rows_of(glue)["in-memory:i"]

    assert row["state"] == "incompatible"
    assert ">=99" in row["reason"]


def test_conflict_is_told_beside_the_list(glue: Any) -> None:
    """Two plugins that are fine alone and claim one type: the list, the conflict, exit code 1."""
    twin = next(each for each in glue.plugins if each.id == "probes:probes")
    glue.plugins.append(
        Source.of("glue.plugins.probe_api", "twin", type(twin.load())(), distribution="twin")
    )

    result = glue("plugins", "--json")

    assert result.exit_code == 1
    assert "probes" in json.loads(result.stdout)["problem"]


def test_every_kind_of_contribution_is_listed(glue: Any) -> None:
    """'--all' lists whatever a plugin contributes, with the hook that it comes through."""
    hooks: dict[str, Any] = {
        "glue_resources": lambda: [Operation("get", answer, "lamps")],
        "glue_response_events": lambda: [Listener("watch", lambda application: None)],
        "glue_encoders": lambda: [Encoder("text/lamps", lambda response, request, rows: b"")],
        "glue_error_catalogue": lambda: [ErrorText("lamp", {"en": "Lamp."})],
        "glue_media_type_extensions": lambda: [
            MediaTypeExtension("quiet", "ext", "https://example.com/lamps")
        ],
        "glue_health_checks": lambda: [HealthCheck("lamps", lambda: None)],
        "glue_identity_readers": lambda: [IdentityReader("name", "x-name", anybody)],
    }
    glue.plugins += [
        in_memory("glue.plugins.probe_api", "lamps", **hooks),
        in_memory(
            "glue.features",
            "wires",
            glue_commands=lambda: [Command("light", "Light a lamp.", light)],
        ),
        in_memory(
            "glue.plugins",
            "all",
            glue_context_expanders=lambda: [Listener("expand", lambda application: None)],
        ),
    ]

    rows = rows_of(glue, "--all")
    lines = glue("plugins", "--all").stdout

    assert {
        hook: len(ids) for hook, ids in rows["in-memory:lamps"]["contributions_by_hook"].items()
    } == dict.fromkeys(hooks, 1)
    assert rows["in-memory:wires"]["contributions_by_hook"] == {
        "glue_commands": ["in-memory:wires.light"]
    }
    assert rows["in-memory:all"]["contributions"] == ["in-memory:all.expand"]
    assert re.search(r"^    response_events +in-memory:lamps\.watch$", lines, re.MULTILINE)


def test_quarantined_plugin_is_listed_with_the_reason(glue: Any) -> None:
    """A plugin that the quarantine left out is no failure of the list, and says why it is out."""
    glue.settings["quarantine"] = {"policy": "leave_out"}
    glue.plugins += [
        in_memory("glue.plugins.probe_api", "bad", glue_resources=lambda: [1]),
        in_memory("glue.plugins.probe_api", "misspelled", glue_resorces=list),
    ]

    result = glue("plugins", "--json")
    rows = {each["id"]: each for each in json.loads(result.stdout)["plugins"]}

    assert result.exit_code == 0
    for name, why in (("bad", "expected is: Operation"), ("misspelled", "does not exist")):
        assert rows[f"in-memory:{name}"]["state"] == "quarantined"
        assert why in rows[f"in-memory:{name}"]["reason"]
    assert rows["probes:probes"]["state"] == "active"


def test_plugin_that_is_never_left_out_is_broken(glue: Any) -> None:
    """Where the quarantine may not help, the plugin is broken and the list ends with 1."""
    glue.settings["quarantine"] = {"policy": "leave_out"}
    bad = in_memory("glue.plugins.probe_api", "bad", glue_protected_pahts=list)
    glue.plugins.append(bad)

    result = glue("plugins", "--json")
    document = json.loads(result.stdout)

    assert result.exit_code == 1
    assert "'in-memory:bad' is not left out" in document["problem"]
    states = {each["id"]: each["state"] for each in document["plugins"]}
    assert states["in-memory:bad"] == "broken"


def test_list_for_people_has_a_line_each(glue: Any) -> None:
    """Without '--json' every plugin has a line with its state."""
    lines = glue("plugins").stdout.splitlines()

    assert any(line.startswith("probes:probes ") and " active " in line for line in lines)
