"""The templates for people without Glue: the same files, as cookiecutter reads them.

``python -m glue_core.cli.scaffolding.exporting templates`` writes them; nobody edits them there.
A placeholder becomes a variable of cookiecutter, and what follows from a name is an expression of
Jinja. Imports are put in order after that, by the code that ``glue new`` does it with.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from glue_core.cli.scaffolding import plans
from glue_core.cli.scaffolding.naming import Name
from glue_core.cli.scaffolding.plans import Plan
from glue_core.cli.scaffolding.rendering import render

SETTINGS = "cookiecutter.json"
BEFORE, AFTER = "hooks/pre_gen_project.py", "hooks/post_gen_project.py"

CHECK = '''"""Refuse names that could not be those of a package."""

import re
import sys

for name in {names}:
    if not re.fullmatch({pattern!r}, name):
        sys.exit(f"{{name!r}} is no name, such as {example!r}.")
'''

SORT = """

for path in sorted(pathlib.Path().rglob("*.py")):
    path.write_text(in_order(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\\n")
"""

_KEBAB, _SNAKE = r"[a-z][a-z0-9]*(-[a-z0-9]+)*", r"[a-z][a-z0-9]*(_[a-z0-9]+)*"


@dataclass(frozen=True, slots=True)
class Template:
    """One template of cookiecutter.

    Attributes:
        plan: The distribution that it writes when nothing is answered otherwise.
        asked: What somebody is asked, with what is taken by default.
        derived: What follows from that, as expressions of Jinja; what is not named here stays as it
            is in the plan.
        pattern: What names look like.
        named: Which of the answers are names.
    """

    plan: Plan
    asked: Mapping[str, str]
    derived: Mapping[str, str]
    pattern: str
    named: tuple[str, ...]

    def files(self) -> dict[str, str]:
        """Return the files of the template by path.

        Raises:
            ValueError: A file has a text that Jinja would take for one of its own.
        """
        values = self.plan.placeholders()
        own = {name: _variable(name if name in self.asked else f"__{name}") for name in values}
        found = {
            f"{own['folder']}/{path}": text
            for path, text in render(self.skeletons, own, sorts=False).items()
        }
        for path, text in render(self.skeletons, values, sorts=False).items():
            if any(mark in text for mark in ("{{", "{%", "{#")):
                raise ValueError(f"{path} has a text that is one of Jinja: write it otherwise.")
        everything = {**values, **self.derived}
        settings = {
            **self.asked,
            **{f"__{name}": text for name, text in everything.items() if name not in self.asked},
        }
        example = self.asked[self.named[0]]
        answers = ", ".join(f'"{_variable(name)}"' for name in self.named)
        imports = files(__package__).joinpath("imports.py").read_text(encoding="utf-8")
        return {
            SETTINGS: json.dumps(_ordered(settings), indent=2) + "\n",
            BEFORE: CHECK.format(names=f"[{answers}]", pattern=self.pattern, example=example),
            AFTER: imports.replace("import re\n", "import pathlib\nimport re\n", 1) + SORT,
            **found,
        }

    @property
    def skeletons(self) -> tuple[str, ...]:
        """Folders of the templates that ``glue new`` fills in."""
        return ("distribution", *self.plan.skeletons)


def _variable(name: str) -> str:
    return "{{ cookiecutter." + name + " }}"


def _ordered(settings: Mapping[str, str]) -> dict[str, str]:
    """Put what is derived behind what it is derived from, as cookiecutter reads from the top."""
    waiting, found = dict(settings), {}
    while waiting:
        ready = [
            name
            for name, text in waiting.items()
            if not any(f"cookiecutter.{other}" in text for other in waiting if other != name)
        ]
        for name in ready:
            found[name] = waiting.pop(name)
    return found


def templates() -> dict[str, Template]:
    """Return the templates by the names of their folders."""
    package = {
        "package": "glue_{{ cookiecutter.__folder }}",
        "distribution": "{{ cookiecutter.__package|replace('_', '-') }}",
    }
    named = {
        **package,
        "folder": "{{ cookiecutter.name }}",
        "constant": "{{ cookiecutter.name|upper }}",
        "entry": "{{ cookiecutter.__package }}:{{ cookiecutter.__constant }}",
    }
    return {
        "application": Template(
            plans.application(Name.parse("shop_api")),
            {"name": "shop_api"},
            {
                **named,
                "host": "{{ cookiecutter.name|replace('_', '-') }}",
                "description": "The API application {{ cookiecutter.name }} of Glue.",
            },
            _SNAKE,
            ("name",),
        ),
        "convention": Template(
            plans.convention(Name.parse("lines"), None),
            {
                "name": "lines",
                "media_type": "application/vnd.{{ cookiecutter.name|replace('_', '-') }}+json",
            },
            {
                **named,
                "camel": "{{ cookiecutter.name.split('_')|map('capitalize')|join }}",
                "description": "The convention {{ cookiecutter.name }} for Glue: resources with "
                "what they are related to.",
            },
            _SNAKE,
            ("name",),
        ),
        "resource": Template(
            plans.resource(Name.parse("blog-posts"), None, False),
            {"type": "blog-posts", "application": plans.STOREFRONT_API},
            {
                **package,
                "folder": "{{ cookiecutter.type|replace('-', '_') }}_api",
                "constant": "{{ cookiecutter.type|replace('-', '_')|upper }}",
                "camel": "{{ cookiecutter.type.split('-')|map('capitalize')|join }}",
                "text": "{{ cookiecutter.type|replace('-', ' ') }}",
                "table": "{{ cookiecutter.__folder }}_row",
                "group": "glue.plugins.{{ cookiecutter.application }}",
                "entry": "{{ cookiecutter.__package }}.plugin",
                "description": "The resource {{ cookiecutter.type }} in the application "
                "{{ cookiecutter.application }} of Glue.",
            },
            _KEBAB,
            ("type",),
        ),
    }


def export() -> dict[str, str]:
    """Return all templates by path."""
    return {
        f"{name}/{path}": text
        for name, template in templates().items()
        for path, text in template.files().items()
    }


def write(folder: Path) -> None:
    """Write the templates into a folder, in the place of those that are there."""
    for name in templates():
        shutil.rmtree(folder / name, ignore_errors=True)
    for path, text in export().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
