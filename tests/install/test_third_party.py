"""A plugin and a convention written elsewhere work after ``pip install`` alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

pytestmark = pytest.mark.slow

RESOURCE = """
from marshmallow import Schema, fields

from glue_core import GlueResponse, NotFound, SimpleResource, hookimpl

COLOURS = {"r": "red", "g": "green"}


class ColourAttributes(Schema):
    name = fields.String()


class Colours(SimpleResource):
    type = "colours"
    attributes = ColourAttributes

    def get(self, id: str) -> GlueResponse:
        if id not in COLOURS:
            raise NotFound("9001", "Colour is not found.")
        return GlueResponse.of({"id": id, "name": COLOURS[id]})

    def get_collection(self) -> GlueResponse:
        return GlueResponse.page([{"id": id, "name": name} for id, name in COLOURS.items()])


@hookimpl
def glue_resources():
    return [Colours()]
"""

CONVENTION = '''
from glue_core import Fragment


class Lines:
    """One line for each resource or error."""

    name = "lines"
    media_types = ("text/x-lines",)
    priority = 10
    attributes_pointer = ""

    def writer(self, operation, settings):
        model = operation.model

        def line(resource, request):
            lens = model.lens(resource.type, request.grants)
            shown = lens.attributes_of(resource.attributes)
            return f"{resource.id}=" + ",".join(f"{key}:{shown[key]}" for key in sorted(shown))

        def write(response, request):
            response.format = "text/x-lines"
            lines = [f"{each.status} {each.code} {each.message}" for each in response.errors]
            if not lines:
                lines = [line(each, request) for each in response.resources]
            response.content = ("\\n".join(lines) + "\\n").encode()

        return write

    def describe(self, operation, view):
        return Fragment(errors_as={"text/x-lines": {"type": "string"}})


LINES = Lines()
'''

# It calls what gunicorn calls, in a process of the environment: nothing of the checkout is loaded.
ASK = """
import json, sys
import falcon.testing
import glue_core
from glue_core.host import create

client = falcon.testing.TestClient(create("storefront_api"))
answers = []
for path, accept in json.loads(sys.argv[1]):
    answer = client.simulate_get(path, headers={"Accept": accept})
    kind = answer.headers.get("content-type", "")
    answers.append({"status": answer.status_code, "type": kind, "text": answer.text})
print(json.dumps({"core": glue_core.__file__, "answers": answers}))
"""

JSON_API = "application/vnd.api+json"
LINES = "text/x-lines"
STOREFRONT = ("core", "storefront_api", "json_api")


class Environment(Protocol):
    """What the fixture ``environment`` gives."""

    directory: Path
    folder: Path

    def run(self, program: str, *arguments: str) -> str: ...

    def pip_install(self, *what: str) -> None: ...

    def pip_uninstall(self, *names: str) -> None: ...


def ask(environment: Environment, *questions: tuple[str, str]) -> list[dict[str, Any]]:
    """Ask the storefront of an environment; a question is a path and an Accept header."""
    printed = environment.run("python", "-c", ASK, json.dumps(questions))
    result = json.loads(printed.splitlines()[-1])
    assert Path(result["core"]).is_relative_to(environment.folder)
    answers: list[dict[str, Any]] = result["answers"]
    return answers


def test_plugin_and_convention_come_and_go_with_pip(
    environment: Environment,
    wheel_of: Callable[[str], Path],
    write_distribution: Callable[[str, str, str, str], Path],
) -> None:
    """The storefront shows an installed resource in an installed format until both are removed."""
    environment.pip_install(*(str(wheel_of(each)) for each in STOREFRONT))
    resource = write_distribution(
        "acme_colours_api", "glue.plugins.storefront_api", "acme_colours_api", RESOURCE
    )
    convention = write_distribution(
        "acme_lines", "glue.conventions", "acme_lines:LINES", CONVENTION
    )
    questions = (("/colours/r", JSON_API), ("/colours", LINES), ("/colours/x", LINES))

    environment.pip_install(str(resource), str(convention))
    one, all_of_them, unknown = ask(environment, *questions)

    assert one["status"] == 200
    assert json.loads(one["text"])["data"]["attributes"] == {"name": "red"}
    assert all_of_them["status"] == 200
    assert all_of_them["type"].startswith("text/x-lines")
    assert all_of_them["text"] == "r=name:red\ng=name:green\n"
    assert unknown["status"] == 404
    assert unknown["text"] == "404 9001 Colour is not found.\n"

    environment.pip_uninstall("acme-lines")
    one, all_of_them, _ = ask(environment, *questions)

    assert one["status"] == 200
    assert not all_of_them["type"].startswith("text/x-lines")

    environment.pip_uninstall("acme-colours-api")
    one, _, _ = ask(environment, *questions)

    assert one["status"] == 404
    assert json.loads(one["text"])["errors"][0]["code"] == "007"


def test_plugin_for_another_core_is_named_and_not_imported(
    environment: Environment,
    wheel_of: Callable[[str], Path],
    write_distribution: Callable[[str, str, str, str], Path],
) -> None:
    """A plugin for another version of the core stops the start before it is imported."""
    environment.pip_install(*(str(wheel_of(each)) for each in STOREFRONT))
    plugin = write_distribution(
        "acme_future_api",
        "glue.plugins.storefront_api",
        "acme_future_api",
        "raise RuntimeError('imported')\n",
    )
    pyproject = plugin / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8").replace(">=0.1,<0.2", ">=7,<8")
    pyproject.write_text(text, encoding="utf-8")
    environment.pip_install("--no-deps", str(plugin))

    message = environment.run(
        "python",
        "-c",
        "import glue_core, glue_core.host\n"
        "try:\n    glue_core.host.create('storefront_api')\n"
        "except glue_core.ConfigurationError as error:\n    print(error)\n",
    )

    assert "acme-future-api 2.5.0" in message
    assert "RuntimeError" not in message
