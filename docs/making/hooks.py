"""The page of all hooks as their specifications say: signature, groups, when, arguments, result."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import glue_legacy_api
from glue_core import hookspecs
from glue_core.registry import plugins
from glue_core.registry.discovery import APPLICATIONS, COMMON_PLUGINS, CONVENTIONS, FEATURES

EXAMPLES = Path(__file__).resolve().parent.parent / "hooks.md"
LEGACY = "legacy.md#the-flow-and-its-hooks"
WIDTH = 88

GIVEN = {
    "features": "The business logic behind Protocols: `features.get(CatalogReader)`.",
    "services": "The services that the application may reach; opened when first used.",
    "settings": "The settings of the deployment; `settings.section(name)` is a plugin's table.",
}
"""What an argument is where the hook itself does not say."""

BOUND = {
    "Step": "Each step is bound to every operation under every convention while the deployment "
    "starts; what `bind` returns runs for each request of that operation, and None is no step "
    "there.",
    "Listener": "Each listener is bound while the deployment starts; what it returns is called "
    "later, as often as the text above says.",
}
"""When what a hook returns is used, by the type of it."""

INTRODUCTION = """\
# Hook reference

Every hook as its specification says: `glue_core/hookspecs.py`, and `glue_legacy_api/hookspecs.py`
for the old application. [Hooks](hooks.md) has an example of each, and the rules that hold for all.
An implementation takes those of the arguments that it needs, by name.

This page is made from the code: `python -m docs.making` writes it.
"""

_SECTION = re.compile(r"^(Args|Returns):\n", re.MULTILINE)
_ARGUMENT = re.compile(r"^    (\w+): ", re.MULTILINE)
_HEADING = re.compile(r"^## (`(\w+)\(.*\)`)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook as its specification says.

    Attributes:
        name: Its name.
        arguments: Names and types of its arguments.
        returns: Type of what it returns.
        text: What its docstring says before the sections.
        meanings: What the docstring says of its arguments.
        result: What the docstring says of what it returns; empty where the text says it.
        returned: Name of the type of one contribution.
        groups: Groups of entry points whose plugins may implement it.
        called: When it is called.
    """

    name: str
    arguments: dict[str, str]
    returns: str
    text: str
    meanings: dict[str, str]
    result: str
    returned: str
    groups: tuple[str, ...]
    called: str


def core() -> Iterator[Hook]:
    """Yield the hooks of the core, in the order of their specifications."""
    for name, specification in _specifications(hookspecs):
        returned = plugins.EXPECTED[name][0].__name__
        yield _hook(name, specification, returned, _groups(name), _called(name))


def legacy() -> Iterator[Hook]:
    """Yield the hooks of the old application, in the order in which its flow runs."""
    adapter = glue_legacy_api.LEGACY_API.adapter
    if adapter is None or adapter.hookspecs is None:
        raise ValueError("The old application has no hook specifications.")
    for name, specification in _specifications(adapter.hookspecs):
        returned = adapter.returned.get(name)
        yield _hook(
            name,
            specification,
            "Step" if returned is None else returned.__name__,
            ("glue.plugins.legacy_api",),
            "once, for the old application",
        )


def _specifications(module: Any) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, value in vars(module).items():
        if hasattr(value, "glue_spec"):
            yield name, value


def _hook(
    name: str,
    specification: Callable[..., Any],
    returned: str,
    groups: tuple[str, ...],
    called: str,
) -> Hook:
    # The modules postpone their annotations: these are as they are written.
    types = dict(inspect.get_annotations(specification))
    returns = types.pop("return")
    text, *sections = _SECTION.split(inspect.getdoc(specification) or "")
    said = dict(zip(sections[::2], sections[1::2], strict=True))
    _, *parts = _ARGUMENT.split(said.get("Args", ""))
    meanings = {each: _one_line(what) for each, what in zip(parts[::2], parts[1::2], strict=True)}
    return Hook(
        name,
        types,
        returns,
        text.strip(),
        meanings,
        _one_line(said.get("Returns", "")),
        returned,
        groups,
        called,
    )


def _groups(name: str) -> tuple[str, ...]:
    if name == "glue_settings":
        return ("all groups",)
    if name in plugins.FEATURE_HOOKS - plugins.SHARED_HOOKS:
        return (FEATURES,)
    if name in plugins.HOST_HOOKS:
        return (COMMON_PLUGINS,)
    own = (f"{COMMON_PLUGINS}.<application>", APPLICATIONS)
    if name == plugins.ROUTES:
        return (*own, f"{CONVENTIONS}.<convention>")
    if name in plugins.PLACE_HOOKS:
        return own
    conventions = (CONVENTIONS, f"{CONVENTIONS}.<convention>")
    everywhere = (COMMON_PLUGINS, *own, *conventions)
    return (*everywhere, FEATURES) if name in plugins.SHARED_HOOKS else everywhere


def _called(name: str) -> str:
    if name == "glue_settings":
        return "before all other hooks"
    if name in plugins.SHARED_HOOKS:
        return "once for each application, and of features once, without any"
    if name in plugins.FEATURE_HOOKS:
        return "once, without any application: a server, a worker and a command do so alike"
    if name in plugins.HOST_HOOKS:
        return "once, when the host is made"
    return "once for each application"


def page() -> str:
    """Return the page."""
    headings = {name: title for title, name in _HEADING.findall(EXAMPLES.read_text("utf-8"))}
    lines = [INTRODUCTION, "## Hooks of every application", ""]
    for hook in core():
        lines += _section(hook, f"hooks.md#{slug(headings[hook.name])}")
    lines += ["## Hooks of the old application", ""]
    for hook in legacy():
        lines += _section(hook, LEGACY)
    return "\n".join(lines).rstrip() + "\n"


def slug(heading: str) -> str:
    """Return the anchor of a heading, as forges and the site name it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _section(hook: Hook, example: str) -> Iterator[str]:
    yield from (f"### `{hook.name}`", "", "```text", *_signature(hook), "```", "")
    groups = ", ".join(each if " " in each else f"`{each}`" for each in hook.groups)
    yield from (hook.text.replace("``", "`"), "")
    yield from ("| | |", "| --- | --- |")
    yield f"| implemented in | {groups} |"
    yield f"| called | {hook.called} |"
    for name, type_ in hook.arguments.items():
        meaning = hook.meanings.get(name) or GIVEN[name]
        yield f"| `{name}`: `{_cell(type_)}` | {_cell(meaning)} |"
    if hook.result:
        yield f"| returns | {_cell(hook.result)} |"
    if hook.returned in BOUND:
        yield f"| afterwards | {BOUND[hook.returned]} |"
    yield f"| example | [{example.partition('#')[0]}]({example}) |"
    yield ""


def _signature(hook: Hook) -> Iterator[str]:
    arguments = ", ".join(f"{name}: {type_}" for name, type_ in hook.arguments.items())
    line = f"{hook.name}({arguments}) -> {hook.returns}"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"{hook.name}("
    yield f"    {arguments}"
    yield f") -> {hook.returns}"


def _one_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
