"""Hooks, their documentation and the tests agree."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from glue_core import hookspecs
from glue_legacy_api import hookspecs as legacy_hookspecs

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "hooks.md"
SECTION = re.compile(r"^## `(\w+)\((.*)\)`$")
HOOKS: dict[str, Callable[..., Any]] = {
    name: each for name, each in vars(hookspecs).items() if hasattr(each, "glue_spec")
}

every_hook = pytest.mark.parametrize("name", sorted(HOOKS))


@functools.cache
def sections() -> dict[str, tuple[list[str], str]]:
    """Return the arguments and the text of each section of the page that names a hook."""
    found: dict[str, tuple[list[str], str]] = {}
    lines: list[str] = []
    name, arguments = "", ""
    for line in [*PAGE.read_text(encoding="utf-8").splitlines(), "## `end()`"]:
        start = SECTION.match(line)
        if start is None:
            lines.append(line)
            continue
        if name:
            names = [each.strip() for each in arguments.split(",") if each.strip()]
            found[name] = (names, "\n".join(lines))
        name, arguments = start.groups()
        lines = []
    return found


def implementations(text: str) -> Iterator[ast.FunctionDef]:
    """Yield the hook implementations in the examples of a section."""
    for block in re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield from implementing_functions(ast.parse(block))


def implementing_functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Yield the functions that are marked as hook implementations."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(
            ast.unparse(each) == "hookimpl" for each in node.decorator_list
        ):
            yield node


@functools.cache
def shipped(name: str) -> set[str]:
    """Return the files of the repository, tests left out, that implement a hook."""
    found = set()
    for parent in ("glue_core", "applications", "conventions", "plugins"):
        for path in (ROOT / parent).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            if f"def {name}(" in text and any(
                node.name == name for node in implementing_functions(ast.parse(text, str(path)))
            ):
                found.add(path.relative_to(ROOT).as_posix())
    return found


@functools.cache
def names_in_tests() -> set[str]:
    """Return the names that tests define or use, those of this file left out."""
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if path == Path(__file__).resolve():
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
            if isinstance(node, ast.FunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.Attribute):
                found.add(node.attr)
            elif isinstance(node, ast.Name):
                found.add(node.id)
            elif isinstance(node, ast.keyword) and node.arg:
                found.add(node.arg)
    return found


@every_hook
def test_hook_says_what_it_is_for(name: str) -> None:
    """A hook starts with ``glue_`` and its docstring says what an implementation returns."""
    doc = inspect.getdoc(HOOKS[name]) or ""

    assert name.startswith("glue_")
    assert "\nReturns:\n" in doc


@every_hook
def test_hook_is_typed(name: str) -> None:
    """Every argument of a hook and what it returns has a type."""
    parameters = inspect.signature(HOOKS[name]).parameters

    assert set(HOOKS[name].__annotations__) == {*parameters, "return"}


@every_hook
def test_hook_has_a_section(name: str) -> None:
    """docs/hooks.md has a section for every hook, with the same arguments in the same order."""
    arguments, _ = sections()[name]

    assert arguments == list(inspect.signature(HOOKS[name]).parameters)


@every_hook
def test_section_shows_an_implementation(name: str) -> None:
    """A section has an example that implements its hook and takes arguments that exist."""
    arguments, text = sections()[name]
    examples = [each for each in implementations(text) if each.name == name]

    assert examples
    for example in examples:
        assert {each.arg for each in example.args.args} <= set(arguments)


@every_hook
def test_section_leads_to_an_implementation_in_use(name: str) -> None:
    """A hook that the repository itself implements has a link to one of these files."""
    _, text = sections()[name]
    linked = set(re.findall(r"^In use: \[.*\]\(\.\./(.*)\)\.$", text, re.MULTILINE))

    files = shipped(name)

    assert linked <= files
    assert linked or not files, f"Add 'In use: [...](../...)' with one of {sorted(files)}"


@every_hook
def test_hook_has_a_test(name: str) -> None:
    """A test implements or calls every hook."""
    assert name in names_in_tests()


def test_sections_name_hooks_that_exist() -> None:
    """docs/hooks.md has no section for a hook that is gone."""
    assert sorted(sections()) == sorted(HOOKS)


LEGACY_PAGE = ROOT / "docs" / "legacy.md"
LEGACY_HOOKS: dict[str, Callable[..., Any]] = {
    name: each for name, each in vars(legacy_hookspecs).items() if hasattr(each, "glue_spec")
}


@pytest.mark.parametrize("name", sorted(LEGACY_HOOKS))
def test_hook_of_the_old_application_has_an_example(name: str) -> None:
    """The page of the old application implements each of its hooks, with arguments that exist."""
    text = LEGACY_PAGE.read_text(encoding="utf-8")
    arguments = inspect.signature(LEGACY_HOOKS[name]).parameters

    found = [each for each in implementations(text) if each.name == name]

    assert found
    for example in found:
        assert {each.arg for each in example.args.args} <= set(arguments)


@pytest.mark.parametrize("name", sorted(LEGACY_HOOKS))
def test_hook_of_the_old_application_says_what_it_returns(name: str) -> None:
    """Its docstring begins so, and every argument and what it returns has a type."""
    parameters = inspect.signature(LEGACY_HOOKS[name]).parameters

    assert (inspect.getdoc(LEGACY_HOOKS[name]) or "").startswith("Return ")
    assert set(LEGACY_HOOKS[name].__annotations__) == {*parameters, "return"}
