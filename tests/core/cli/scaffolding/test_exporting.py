"""The templates for people without Glue are the files that ``glue new`` writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from glue_core.cli.scaffolding.exporting import SETTINGS, export, templates, write
from glue_core.cli.scaffolding.imports import in_order

ROOT = Path(__file__).resolve().parents[4]
VARIABLE = re.compile(r"\{\{ cookiecutter\.(?:__)?(\w+) \}\}")

each_template = pytest.mark.parametrize("name", sorted(templates()))


def kept(folder: Path) -> dict[str, str]:
    """Return the files of a folder by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_repository_has_what_is_exported() -> None:
    """The folder ``templates`` is what ``python -m glue_core.cli.scaffolding.exporting`` writes."""
    found = kept(ROOT / "templates")
    found.pop("README.md")
    exported = export()

    assert sorted(found) == sorted(exported)
    assert [path for path, text in exported.items() if found[path] != text] == []


@each_template
def test_filled_in_it_is_what_glue_new_writes(name: str) -> None:
    """With the values of a plan for its variables, a template is the files of that plan."""
    template = templates()[name]
    values = template.plan.placeholders()

    def fill(text: str) -> str:
        return VARIABLE.sub(lambda found: values[found.group(1)], text)

    filled = {}
    for path, text in template.files().items():
        if path.startswith("{{"):
            target = fill(path).partition("/")[2]
            whole = fill(text)
            filled[target] = in_order(whole) if target.endswith(".py") else whole
    assert filled == template.plan.texts()


@each_template
def test_every_variable_is_set(name: str) -> None:
    """The settings of a template have each variable that its files name, defined before its use."""
    files = templates()[name].files()
    settings = json.loads(files[SETTINGS])
    used = {
        variable
        for path, text in files.items()
        if path != SETTINGS
        for variable in re.findall(r"cookiecutter\.(\w+)", path + text)
    }

    assert used <= set(settings)
    seen: set[str] = set()
    for variable, text in settings.items():
        assert set(re.findall(r"cookiecutter\.(\w+)", text)) <= seen, variable
        seen.add(variable)


def test_what_was_exported_before_is_gone(tmp_path: Path) -> None:
    """An export leaves no file of an earlier one, and nothing else is touched."""
    (tmp_path / "README.md").write_text("own")
    old = tmp_path / "resource" / "old.py"
    old.parent.mkdir()
    old.write_text("old")

    write(tmp_path)

    assert not old.exists()
    assert (tmp_path / "README.md").read_text() == "own"
    assert kept(tmp_path) == {"README.md": "own", **export()}
