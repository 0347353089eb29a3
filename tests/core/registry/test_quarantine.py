"""Quarantine: what is left out, what never is, and that the order of installation means nothing."""

from __future__ import annotations

import logging
import random
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from marshmallow import Schema, fields
from packaging.specifiers import SpecifierSet

from glue_core import (
    ConfigurationError,
    Features,
    GlueResponse,
    HealthCheck,
    Operation,
    Protection,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
    Section,
    Step,
)
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory

LEAVE_OUT = {"quarantine": {"policy": "leave_out"}}
GROUP = "glue.plugins.shop"

Deploy = Callable[..., Deployment]
Package = Callable[[str, str], Source]


class Colours(Schema):
    """Settings of a plugin."""

    colour = fields.String()


class Shown(Schema):
    """Attributes of anything."""

    name = fields.String()


def answer() -> GlueResponse:
    """Answer."""
    return GlueResponse.of({"id": "1"})


def place(name: str, **more: Any) -> Operation:
    """Return an operation that answers at a place."""
    return Operation("get", answer, name, Resource(name, Shown), **more)


def fail() -> Sequence[Operation]:
    """Raise, as a hook."""
    raise LookupError("No such table.")


def adding(name: str, *places: str, distribution: str = "") -> Source:
    """Return a plugin that adds places."""
    return in_memory(
        GROUP,
        name,
        distribution=distribution or f"dist-{name}",
        glue_resources=lambda: [place(each) for each in places],
    )


@pytest.fixture
def deploy(glue_deployment: Deploy) -> Deploy:
    """Deploy an application ``shop`` with a good plugin that shows ``good``, and others."""
    shop = RequestFlowAwareApiApplication("shop")
    own = [in_memory("glue.applications", "shop", shop), adding("good", "good")]

    def make(*plugins: Source, settings: dict[str, Any] | None = None) -> Deployment:
        return glue_deployment([*own, *plugins], settings={**LEAVE_OUT, **(settings or {})})

    return make


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Write a package with a module ``plugin``; returns what an installed one would be."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(name: str, text: str) -> Source:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text("")
        (folder / "plugin.py").write_text(textwrap.dedent(text))

        def load() -> object:
            from importlib import import_module

            return import_module(f"{name}.plugin")

        return Source(GROUP, name, name.replace("_", "-"), "1.0", f"{name}.plugin", load)

    return write


def ids_of(deployment: Deployment) -> list[str]:
    """Return the ids of what was left out."""
    return [each.source.id for each in deployment.registry.left_out]


def status_of(deployment: Deployment, path: str) -> int:
    """Return the status of an answer."""
    return Client(deployment.applications["shop"]).get(path).status_code


BROKEN_ADDING = """
    from glue_core import hookimpl

    @hookimpl
    def glue_resources():
        return []

    raise RuntimeError("No such\\nengine.")
"""


def test_bad_plugin_stops_the_start_by_default(deploy: Deploy) -> None:
    """Without the setting everything bad stops the start."""
    bad = in_memory(GROUP, "bad", glue_resources=fail)

    with pytest.raises(ConfigurationError, match="No such table"):
        deploy(bad, settings={"quarantine": {}})


def test_hook_that_raises_leaves_its_plugin_out(deploy: Deploy) -> None:
    """What raises in a hook is left out with the reason, and everything else is served."""
    deployment = deploy(in_memory(GROUP, "bad", glue_resources=fail))

    (left_out,) = deployment.registry.left_out
    assert left_out.source.id == "in-memory:bad"
    assert left_out.reason == (
        "The plugin 'in-memory:bad' failed in its hook 'glue_resources'. "
        "LookupError: No such table."
    )
    assert status_of(deployment, "/good/1") == 200


def test_plugin_that_cannot_be_imported(deploy: Deploy, package: Package) -> None:
    """What cannot be imported is judged by its source, which names no hook that closes anything."""
    deployment = deploy(package("broken_adding", BROKEN_ADDING))

    assert ids_of(deployment) == ["broken-adding:broken_adding"]


@pytest.mark.parametrize(
    "line",
    [
        "def glue_authorization_policies(): pass",
        "from somewhere import glue_request_validators",
        "from somewhere import check as glue_legacy_user_validators",
        "@hookimpl(specname='glue_protected_paths')",
        "def glue_autorization_policies(): pass",
        "from somewhere import *",
        "# It is like glue_protected_paths.",
    ],
)
def test_source_that_closes_something_stops_the_start(
    deploy: Deploy, package: Package, line: str
) -> None:
    """Whatever its source names that may close something, the start stops, and is told why."""
    text = f"from glue_core import hookimpl\nraise RuntimeError('no')\n{line}\n"

    with pytest.raises(ConfigurationError, match="is not left out: it"):
        deploy(package("broken_closing", text))


def test_names_of_packages_are_no_hooks(deploy: Deploy, package: Package) -> None:
    """A package that is imported, and one that the text speaks of, close nothing."""
    text = """
        '''Like glue_json_api, made for glue_core.'''
        from glue_core import hookimpl
        import glue_core.testing
        from glue_gone_api import something
        raise RuntimeError('no')
    """

    assert ids_of(deploy(package("broken_naming", text))) == ["broken-naming:broken_naming"]


def test_plugin_without_source_stops_the_start(deploy: Deploy) -> None:
    """Nobody can tell what it closes whose source is not there."""

    def load() -> object:
        raise ImportError("no")

    bad = replace(Source.of(GROUP, "bad", object()), load=load, value="nowhere_at_all.plugin")

    with pytest.raises(ConfigurationError, match="its source does not tell"):
        deploy(bad)


def test_plugin_for_another_core_is_left_out_and_not_imported(
    deploy: Deploy, package: Package
) -> None:
    """What is built for another core is judged by its source: importing it would raise here."""
    deployment = deploy(replace(package("other_core", BROKEN_ADDING), core=SpecifierSet(">=99")))

    (left_out,) = deployment.registry.left_out
    assert left_out.reason.endswith("was built for another version of the core.")


@pytest.mark.parametrize(
    "hooks",
    [
        {"glue_resorces": list},
        {"glue_resources": lambda nonsense: []},
        {"glue_resources": lambda: [1]},
        {"glue_resources": lambda: None},
        {"glue_relationships": lambda: [Relationship("r", "nobody", lambda r, q: {}, source="x")]},
        {"glue_resources": lambda: [Operation("get", lambda nonsense: answer(), "odd")]},
        {"glue_resources": lambda: [place("x", protection=Protection(("nobody",)))]},
        {"glue_resources": lambda: [Operation(cast("Any", "gte"), answer, "odd")]},
    ],
)
def test_whatever_is_wrong_with_what_only_adds(deploy: Deploy, hooks: dict[str, Any]) -> None:
    """A misspelled hook, a wrong argument or value, a place that cannot be: it is left out."""
    deployment = deploy(in_memory(GROUP, "bad", **hooks))

    assert ids_of(deployment) == ["in-memory:bad"]
    assert status_of(deployment, "/good/1") == 200


@pytest.mark.parametrize(
    "hook",
    [
        "glue_authentication_servers",
        "glue_identity_readers",
        "glue_authorization_strategies",
        "glue_authorization_policies",
        "glue_protected_paths",
        "glue_declaration_changes",
        "glue_request_builders",
        "glue_request_validators",
        "glue_request_after_routing_validators",
        "glue_controller_wrappers",
        "glue_response_formatters",
        "glue_response_finishers",
        "glue_response_events",
        "glue_start_up",
        "glue_request_validatrs",
        "glue_something_else",
    ],
)
def test_plugin_that_may_close_something_stops_the_start(deploy: Deploy, hook: str) -> None:
    """A plugin with such a hook is not left out for anything that is wrong with it."""
    hooks: dict[str, Any] = {"glue_resources": fail, hook: list}
    bad = in_memory(GROUP, "bad", **hooks)

    with pytest.raises(ConfigurationError) as raised:
        deploy(bad)

    assert "'in-memory:bad' is not left out: it may close something" in str(raised.value)
    assert "glue_" in str(raised.value).rpartition("by ")[2]


@pytest.mark.parametrize(
    ("group", "why"),
    [
        ("glue.applications", "is an application"),
        ("glue.conventions", "is a convention"),
        ("glue.features", "is a feature"),
    ],
)
def test_what_others_rest_on_stops_the_start(
    deploy: Deploy, package: Package, group: str, why: str
) -> None:
    """Applications, conventions and features are never left out."""
    with pytest.raises(ConfigurationError, match=why):
        deploy(replace(package("rested_on", BROKEN_ADDING), group=group))


def test_both_parties_of_a_conflict_are_left_out(deploy: Deploy) -> None:
    """Of two that claim one type none is preferred: the choice would be an accident."""
    deployment = deploy(adding("one", "lamps"), adding("two", "lamps"))

    assert ids_of(deployment) == ["dist-one:one", "dist-two:two"]
    assert "The other is dist-two:two." in deployment.registry.left_out[0].reason
    assert status_of(deployment, "/lamps/1") == 404


def test_party_that_stays_wins_a_conflict(deploy: Deploy) -> None:
    """Where only one of the parties may be left out, the other one stays."""
    deployment = deploy(
        adding("one", "lamps"),
        in_memory(
            GROUP,
            "two",
            glue_resources=lambda: [place("lamps")],
            glue_request_builders=lambda: [Step("b", lambda operation: None)],
        ),
    )

    assert ids_of(deployment) == ["dist-one:one"]
    assert status_of(deployment, "/lamps/1") == 200


def test_distributions_limit_what_may_be_left_out(deploy: Deploy) -> None:
    """Where distributions are named, plugins of others stop the start."""
    named = {"quarantine": {"policy": "leave_out", "distributions": ["Dist.One"]}}

    assert ids_of(deploy(adding("one", "x"), adding("two", "x"), settings=named)) == [
        "dist-one:one"
    ]
    with pytest.raises(ConfigurationError, match="does not name its distribution"):
        deploy(in_memory(GROUP, "bad", glue_resources=fail), settings=named)


@pytest.mark.parametrize(
    "settings",
    [{"replace": {"dist-good:good.good.get": "in-memory:bad.x"}}, {"project": ["in-memory:bad"]}],
)
def test_what_the_settings_rely_on_stops_the_start(
    deploy: Deploy, settings: dict[str, Any]
) -> None:
    """What 'replace' puts in the place of something, or 'project' names, is not left out."""
    with pytest.raises(ConfigurationError, match="in the settings names it"):
        deploy(in_memory(GROUP, "bad", glue_resources=fail), settings=settings)


def test_what_needs_a_plugin_that_is_left_out_is_left_out_as_well(deploy: Deploy) -> None:
    """A relationship to a type whose plugin is bad cannot stand."""
    shows = in_memory(
        GROUP,
        "lamps",
        distribution="lamps",
        glue_resources=fail,
    )
    relates = in_memory(
        GROUP,
        "relates",
        distribution="relates",
        glue_relationships=lambda: [
            Relationship("lamps", "lamps", lambda r, q: {}, source="good"),
        ],
    )

    assert ids_of(deploy(shows, relates)) == ["lamps:lamps", "relates:relates"]


def test_feature_that_nobody_provides_leaves_its_user_out(deploy: Deploy) -> None:
    """A plugin that asks for a feature which is not installed is bad like any other."""

    class Lamps:
        """A feature."""

    def ask(features: Features) -> Sequence[Operation]:
        features.get(Lamps)
        return []

    assert ids_of(deploy(in_memory(GROUP, "bad", glue_resources=ask))) == ["in-memory:bad"]


def test_settings_may_still_speak_of_it(deploy: Deploy) -> None:
    """Settings of a plugin that is left out, and ids of what it contributed, are no mistakes."""
    deployment = deploy(
        in_memory(
            GROUP, "bad", glue_resources=fail, glue_settings=lambda: [Section("bad", Colours)]
        ),
        settings={"plugins": {"bad": {"colour": "red"}}, "disable": ["in-memory:bad.lamps.get"]},
    )

    assert ids_of(deployment) == ["in-memory:bad"]


def test_order_of_installation_means_nothing(deploy: Deploy, package: Package) -> None:
    """However a machine finds the plugins, the same ones are left out for the same reasons."""
    plugins = [
        adding("one", "lamps"),
        adding("two", "lamps", "bulbs"),
        adding("three", "bulbs"),
        in_memory(GROUP, "bad", distribution="d", glue_resources=fail),
        in_memory(GROUP, "worse", distribution="e", glue_resorces=list),
        package("broken_too", BROKEN_ADDING),
    ]
    seen = set()
    for seed in range(6):
        random.Random(seed).shuffle(plugins)
        left_out = deploy(*plugins).registry.left_out
        seen.add(tuple((each.source.id, each.reason) for each in left_out))

    (found,) = seen
    assert [id_ for id_, _ in found] == [
        *("broken-too:broken_too", "d:bad", "dist-one:one", "dist-three:three", "dist-two:two"),
        "e:worse",
    ]


def test_log_has_a_line_for_each(
    deploy: Deploy, package: Package, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says who was left out, with distribution and version, and why, in a line."""
    with caplog.at_level(logging.ERROR):
        deploy(package("broken_lines", BROKEN_ADDING))

    (line,) = [each.getMessage() for each in caplog.records if "Left out" in each.getMessage()]
    assert line == (
        "Left out: 'broken-lines:broken_lines' (broken-lines 1.0   broken_lines.plugin). The "
        "plugin 'broken-lines:broken_lines' cannot be imported: RuntimeError: No such engine."
    )


def health(deployment: Deployment, query: str = "") -> tuple[int, dict[str, Any]]:
    """Return the status of the health check, and the report of the check of plugins."""
    response = Client(deployment.applications["shop"]).get(f"/health-check{query}")
    shown = response.json[0] if isinstance(response.json, list) else response.json
    reports = {each["name"]: each for each in shown["healthCheckServiceResponses"]}
    return response.status_code, reports["plugins"]


@pytest.mark.parametrize(("unhealthy", "status"), [(False, 200), (True, 503)])
def test_health_check_tells(deploy: Deploy, unhealthy: bool, status: int) -> None:
    """A named check tells that somebody is left out; it fails where a setting says so."""
    deployment = deploy(
        in_memory(GROUP, "bad", glue_resources=fail),
        settings={
            "quarantine": {"policy": "leave_out", "unhealthy": unhealthy},
            "applications": {"shop": {"health_check": True}},
        },
    )

    found = health(deployment, "?services=plugins")

    message = "1 plugin is left out; the log and 'glue plugins' tell which and why."
    assert found == (status, {"name": "plugins", "status": not unhealthy, "message": message})


def test_health_check_has_nothing_to_tell(deploy: Deploy) -> None:
    """While nothing is left out the check is there and well."""
    deployment = deploy(settings={"applications": {"shop": {"health_check": True}}})

    assert health(deployment)[1] == {"name": "plugins", "status": True, "message": None}


def test_check_of_plugins_has_its_name_alone(deploy: Deploy) -> None:
    """A plugin whose check has the name of that one is in conflict with the core."""
    twin = in_memory(
        GROUP, "twin", glue_health_checks=lambda: [HealthCheck("plugins", lambda: None)]
    )

    assert ids_of(deploy(twin)) == ["in-memory:twin"]
