"""``glue plugins lock``."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import GlueResponse, Operation, Protection, Resource, Step
from glue_core.registry.discovery import Source
from glue_core.testing import in_memory

GROUP = "glue.plugins.probe_api"


class Shown(Schema):
    """Attributes of a lamp."""

    name = fields.String(required=True)


class ShownOtherwise(Schema):
    """Attributes of a lamp, with a rule less."""

    name = fields.String()


def show() -> GlueResponse:
    """Answer."""
    return GlueResponse()


def lamps(schema: type[Schema] = Shown, version: str = "1.0", **more: Any) -> Source:
    """Return a plugin that shows lamps."""
    return in_memory(
        GROUP,
        "lamps",
        distribution="lamps",
        version=version,
        glue_resources=lambda: [Operation("get", show, "lamps", Resource("lamps", schema), **more)],
    )


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Path of a lock file."""
    return str(tmp_path / "glue.lock")


def told(glue: Any, file: str) -> list[str]:
    """Return what differs from a lock file, as people read it."""
    result = glue("plugins", "lock", "--check", "--file", file)
    lines: list[str] = result.stdout.splitlines()
    if result.exit_code == 0:
        assert lines == [f"Nothing differs from {file}."]
        return []
    assert result.exit_code == 1, result.output
    return lines


def test_nothing_differs_from_what_was_just_written(glue: Any, file: str) -> None:
    """The check ends with 0 where nothing changed."""
    glue.plugins.append(lamps())

    assert glue("plugins", "lock", "--file", file).stdout == f"Wrote {file}.\n"
    assert told(glue, file) == []


def test_file_says_what_there_is(glue: Any, file: str) -> None:
    """The file has distributions with versions, entry points, contributions, and the order."""
    glue("plugins", "lock", "--file", file)

    document = json.loads(Path(file).read_text())
    probes = document["distributions"]["probes"]

    assert probes["version"] == "0"
    plugin = probes["plugins"]["glue.plugins.probe_api:probes"]
    assert (plugin["place"], plugin["state"]) == ("ProbePlugin", "active")
    assert set(plugin["contributions"]) == {
        *("glue_resources", "glue_route_providers", "glue_request_builders"),
    }
    assert all(len(each) == 16 for each in plugin["contributions"]["glue_resources"].values())
    builders = document["order"]["probe_api"]["plain"]["glue_request_builders"]
    assert builders.index("probes:probes.never") < builders.index("probes:probes.late")


@pytest.mark.parametrize(
    ("now", "lines"),
    [
        (lamps(version="1.1"), ["~ lamps is 1.1, was 1.0"]),
        (
            lamps(ShownOtherwise),
            [
                "~ lamps:lamps in glue.plugins.probe_api contributes 'lamps.get' through "
                "glue_resources, and not the same"
            ],
        ),
        (
            lamps(protection=Protection(())),
            [
                "~ lamps:lamps in glue.plugins.probe_api contributes 'lamps.get' through "
                "glue_resources, and not the same"
            ],
        ),
        (
            lamps(name="first"),
            [
                "+ lamps:lamps in glue.plugins.probe_api contributes 'first' through "
                "glue_resources",
                "- lamps:lamps in glue.plugins.probe_api contributes 'lamps.get' through "
                "glue_resources no longer",
            ],
        ),
        (
            replace(lamps(), value="elsewhere"),
            ["~ lamps:lamps in glue.plugins.probe_api leads to elsewhere, was lamps"],
        ),
        (
            replace(lamps(), name="bulbs"),
            [
                "+ lamps:bulbs in glue.plugins.probe_api is an entry point that was not there",
                "- lamps:lamps in glue.plugins.probe_api is an entry point no longer",
            ],
        ),
    ],
)
def test_change_of_a_plugin_is_told(glue: Any, file: str, now: Source, lines: list[str]) -> None:
    """What changed is told in a line each that names the plugin and what it is about."""
    glue.plugins.append(lamps())
    glue("plugins", "lock", "--file", file)
    glue.plugins[-1] = now

    assert told(glue, file) == lines


def test_distributions_that_come_and_go(glue: Any, file: str) -> None:
    """A distribution that is new, and one that is gone, are told with their versions."""
    glue.plugins.append(lamps())
    glue("plugins", "lock", "--file", file)
    glue.plugins[-1] = in_memory(GROUP, "bulbs", distribution="bulbs", glue_resources=list)

    assert told(glue, file) == [
        "+ bulbs 0 is installed, and is not locked",
        "- lamps 1.0 is locked, and is not installed",
    ]


def test_state_is_told(glue: Any, file: str) -> None:
    """A plugin that is disabled, or left out, differs by that alone."""
    glue.plugins.append(lamps())
    glue("plugins", "lock", "--file", file)
    glue.settings["disable"] = ["lamps:lamps"]

    assert told(glue, file) == ["~ lamps:lamps in glue.plugins.probe_api is disabled, was active"]


def test_order_of_steps_is_told(glue: Any, file: str) -> None:
    """Steps that run in another order are told, where nothing else changed about them."""

    def steps(*constraints: tuple[str, ...]) -> Source:
        first, second = constraints
        return in_memory(
            GROUP,
            "steps",
            glue_response_formatters=lambda: [
                Step("one", lambda operation: None, after=first),
                Step("two", lambda operation: None, after=second),
            ],
        )

    glue.plugins.append(steps((), ()))
    glue("plugins", "lock", "--file", file)
    glue.plugins[-1] = steps(("two",), ())

    lines = told(glue, file)
    assert lines[0].endswith("'one' through glue_response_formatters, and not the same")
    assert len(lines) == 2
    assert "glue_response_formatters of probe_api under plain runs in the order" in lines[1]
    assert "in-memory:steps.two, in-memory:steps.one; was " in lines[1]


def test_differences_as_json(glue: Any, file: str) -> None:
    """With '--json' the differences are a document, and the exit code is the same."""
    glue.plugins.append(lamps())
    glue("plugins", "lock", "--file", file)
    glue.plugins[-1] = lamps(version="2")

    result = glue("plugins", "lock", "--check", "--json", "--file", file)

    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "file": file,
        "differences": [{"kind": "changed", "text": "lamps is 2, was 1.0"}],
    }


def test_writing_tells_what_changed(glue: Any, file: str) -> None:
    """Writing anew shows what is different from before, and the next check is content."""
    glue("plugins", "lock", "--file", file)
    glue.plugins.append(lamps())

    assert glue("plugins", "lock", "--file", file).stdout.splitlines() == [
        "+ lamps 1.0 is installed, and is not locked",
        f"Wrote {file}.",
    ]
    assert told(glue, file) == []


def test_check_without_a_file_is_an_error(glue: Any, file: str) -> None:
    """Nothing to compare with is no success."""
    result = glue("plugins", "lock", "--check", "--file", file)

    assert result.exit_code == 1
    assert "'glue plugins lock' writes it" in result.stderr


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}'])
def test_file_that_is_none_is_an_error(glue: Any, file: str, text: str) -> None:
    """A file of another kind is not overwritten, and the message says what to do."""
    Path(file).write_text(text)

    result = glue("plugins", "lock", "--file", file)

    assert result.exit_code == 1
    assert "Take it away" in result.stderr
    assert Path(file).read_text() == text


def test_deployment_that_cannot_start_is_not_locked(glue: Any, file: str) -> None:
    """What does not start has no contributions to write down."""
    glue.plugins.append(in_memory(GROUP, "bad", glue_resources=lambda: [1]))

    assert glue("plugins", "lock", "--file", file).exit_code == 1
    assert not Path(file).exists()


def test_file_is_the_same_on_every_machine(installed: Any) -> None:
    """Nothing of the process or the machine is in the file, which is beside the settings."""
    del installed.environment["GLUE_SERVE"]
    written = []
    for seed in ("1", "2"):
        code, output = installed.run("glue_core.cli", "plugins", "lock", PYTHONHASHSEED=seed)
        assert code == 0, output
        written.append((installed.folder / "glue.lock").read_text())
        (installed.folder / "glue.lock").unlink()

    assert written[0] == written[1]
    assert str(installed.folder) not in written[0]
