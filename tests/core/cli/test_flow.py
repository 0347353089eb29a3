"""``glue flow``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glue_core import OperationChange, Step
from glue_core.application import RequestFlowAgnosticApiApplication, RequestFlowAwareApiApplication
from glue_core.registry.discovery import Source
from glue_core.testing import in_memory


def flow(glue: Any, *arguments: str) -> Any:
    """Return what 'glue flow --json' prints."""
    result = glue("flow", *arguments, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def test_stages_are_complete_from_top_to_bottom(glue: Any) -> None:
    """The core's own steps are listed, so that the list begins and ends where a request does."""
    stages = [each["stage"] for each in flow(glue, "GET", "/probes/1")["steps"]]

    assert stages[:3] == ["hydrate", "negotiate", "match"]
    assert [each for each in dict.fromkeys(stages) if each != "send"][-3:] == [
        "write",
        "finish",
        "commit",
    ]
    assert stages[-1] == "send"
    assert stages.index("build") < stages.index("verdict") < stages.index("controller")


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0"])
def test_request_that_is_refused_for_its_headers(glue: Any, accept: str) -> None:
    """What is refused before the controller is not shown as if the controller answered."""
    header = f"Accept: {accept}"
    stages = {each["stage"] for each in flow(glue, "GET", "/probes/1", "-H", header)["steps"]}
    every = flow(glue, "GET", "/probes/1", "--all", "-H", header)["steps"]

    assert "controller" not in stages
    (controller,) = [each for each in every if each["stage"] == "controller"]
    assert "not reached: a validator refuses the request with 406" in controller["reason"]


def test_listeners_of_answers_are_listed(glue: Any) -> None:
    """Who adds the security headers is told, and with '--all' who could add others."""
    steps = flow(glue, "GET", "/probes/1")["steps"]
    sent = [each["id"] for each in steps if each["stage"] == "send"]
    every = [each["id"] for each in flow(glue, "GET", "/probes/1", "--all")["steps"]]

    assert any(each.endswith("security-headers") for each in sent)
    assert any(each.endswith(".cors") for each in every)
    assert not any(each.endswith(".cors") for each in sent)


def test_step_tells_who_brought_it(glue: Any) -> None:
    """A plugin's step is listed with its id, its distribution and its reason."""
    steps = flow(glue, "GET", "/probes/1")["steps"]

    step = next(each for each in steps if each["id"] == "probes:probes.late")
    assert step["party"].startswith("probes 0 ")
    assert "after probes:probes.never" in step["reason"]


def test_step_without_use_is_left_out(glue: Any) -> None:
    """A step that the operation has no use for is shown by '--all' only."""
    ids = [each["id"] for each in flow(glue, "GET", "/probes/1")["steps"]]
    every = [each["id"] for each in flow(glue, "GET", "/probes/1", "--all")["steps"]]

    assert "probes:probes.never" not in ids
    assert "probes:probes.never" in every


def test_controller_names_the_handler(glue: Any) -> None:
    """The line of the controller has the operation's id and the handler's place."""
    steps = flow(glue, "GET", "/probes/1")["steps"]

    (controller,) = (each for each in steps if each["stage"] == "controller")
    assert controller["id"] == "probes:probes.probes.get"
    assert controller["party"].endswith(":Probes.get")


def test_template_is_matched(glue: Any) -> None:
    """A custom route is found by its template."""
    operation = flow(glue, "GET", "/ping/me")["operation"]

    assert (operation["id"], operation["path"]) == ("probes:probes.ping", "/ping/{name}")


@pytest.mark.parametrize(
    ("method", "path", "refusal"),
    [
        ("GET", "/nothing", "not-found"),
        ("DELETE", "/probes/1", "method-not-allowed"),
        ("OPTIONS", "/probes/1", "preflight"),
    ],
)
def test_refusal_is_named(glue: Any, method: str, path: str, refusal: str) -> None:
    """A request without an operation shows which refusal answers it."""
    assert flow(glue, method, path)["operation"]["refusal"] == refusal


def test_refusal_shows_no_step_that_it_does_not_reach(glue: Any) -> None:
    """Validators after routing do not run for a refusal."""
    stages = {each["stage"] for each in flow(glue, "GET", "/nothing")["steps"]}

    assert "validate routed" not in stages


def test_path_selects_among_applications(glue: Any) -> None:
    """With several applications the settings' path decides, and the mount point is taken off."""
    other = RequestFlowAwareApiApplication("other_api")
    glue.plugins.append(Source.of("glue.applications", "other_api", other))
    glue.settings["applications"] = {
        "probe_api": {"paths": ["/probe"]},
        "other_api": {"paths": ["/"]},
    }

    walk = flow(glue, "GET", "/probe/probes/1")

    assert walk["application"]["name"] == "probe_api"
    assert walk["application"]["mount"] == "/probe"
    assert "'applications.probe_api.paths'" in walk["application"]["reason"]
    assert walk["operation"]["id"] == "probes:probes.probes.get"


def test_host_selects_among_applications(glue: Any) -> None:
    """The host that begins with an application's name selects it."""
    glue.plugins.append(
        Source.of("glue.applications", "other_api", RequestFlowAwareApiApplication("other_api"))
    )

    walk = flow(glue, "GET", "/probes/1", "--header", "Host: probe-api.example.com:80")

    assert walk["application"]["name"] == "probe_api"
    assert "starts with its name" in walk["application"]["reason"]


def test_no_application_is_an_error(glue: Any) -> None:
    """A request that nobody serves says which settings decide."""
    glue.plugins.append(
        Source.of("glue.applications", "other_api", RequestFlowAwareApiApplication("other_api"))
    )

    result = glue("flow", "GET", "/probes/1")

    assert result.exit_code == 1
    assert "applications.<name>.hosts" in result.stderr


def test_named_application_is_asked(glue: Any) -> None:
    """'--application' asks one, wherever it answers."""
    glue.plugins.append(
        Source.of("glue.applications", "other_api", RequestFlowAwareApiApplication("other_api"))
    )

    walk = flow(glue, "GET", "/probes/1", "--application", "probe_api")

    assert walk["application"]["reason"] == "the command line names it"


def test_application_that_answers_by_itself_has_one_step(glue: Any) -> None:
    """An application without a flow is one step."""
    own = RequestFlowAgnosticApiApplication("own_api", make=lambda deployment: lambda e, s: [])
    glue.plugins.append(Source.of("glue.applications", "own_api", own))

    walk = flow(glue, "GET", "/", "--application", "own_api")

    assert [each["stage"] for each in walk["steps"]] == ["answer"]


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ([], "no Accept"),
        (["-H", "Accept: application/json"], "Accept names application/json"),
        (["-H", "Accept: */*"], "allows application/json"),
        (["-H", "Accept: text/html"], "the default refuses it"),
    ],
)
def test_convention_has_a_reason(glue: Any, headers: list[str], reason: str) -> None:
    """The headers that selected the convention are told."""
    assert reason in flow(glue, "GET", "/probes/1", *headers)["convention"]["reason"]


def test_list_for_people_numbers_the_steps(glue: Any) -> None:
    """Without '--json' the steps are numbered from 1, behind what was selected."""
    lines = glue("flow", "get", "/probes/1").stdout.splitlines()

    assert lines[0].startswith("Application  probe_api")
    assert any(line.startswith(" 1  hydrate") for line in lines)


@pytest.mark.parametrize("arguments", [["GET", "probes"], ["GET", "/", "-H", "Accept"]])
def test_wrong_usage_ends_with_two(glue: Any, arguments: list[str]) -> None:
    """A path without a slash and a header without a colon are wrong usage."""
    assert glue("flow", *arguments).exit_code == 2


def test_variant_of_a_store(glue: Any) -> None:
    """``--store`` shows what a store has; without it the general operation is shown."""
    change = OperationChange("probes.get", summary="Show a probe.", stores=("AT",))
    step = Step("store", lambda operation: lambda request: None, chooses_store=True)
    source = in_memory(
        "glue.plugins.probe_api",
        "acme",
        glue_declaration_changes=lambda: [change],
        glue_request_builders=lambda: [step],
    )
    glue.plugins.append(source)

    def shown(*options: str) -> Any:
        return json.loads(glue("flow", "GET", "/probes/1", *options, "--json").stdout)["operation"]

    assert shown()["id"] == "probes:probes.probes.get"
    assert shown()["stores"] == ["AT"]
    assert shown("--store", "DE")["id"] == "probes:probes.probes.get"
    assert shown("--store", "AT")["id"] == "probes:probes.probes.get[AT]"
    assert shown("--store", "AT")["changed_by"] == ["in-memory:acme.probes.get[AT]"]
