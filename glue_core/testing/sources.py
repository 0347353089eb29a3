"""What a test's deployment consists of: plugins made in memory, and chosen installed ones."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from glue_core.errors import ConfigurationError
from glue_core.hookspecs import hookimpl
from glue_core.registry import discovery
from glue_core.registry.discovery import Source


def in_memory(
    group: str,
    name: str,
    plugin: object = None,
    *,
    distribution: str = "in-memory",
    version: str = "0",
    core: str | None = None,
    **hooks: Callable[..., Any],
) -> Source:
    """Make a plugin that is no distribution.

    ``in_memory("glue.plugins.storefront_api", "things", glue_resources=lambda: [...])``

    Args:
        group: Entry point group it pretends to be in.
        name: Entry point name.
        plugin: An application, a convention, a module or another object with hook implementations;
            None for a plugin that is made of ``hooks`` alone.
        distribution: Name of the distribution it pretends to be.
        version: Version of that distribution.
        core: Versions of the core it says it needs, such as ``>=0.1,<0.2``.
        hooks: Hook implementations by name, as functions; they are marked here. ``list`` stands for
            a hook that contributes nothing.

    Raises:
        TypeError: Both a plugin and hooks are given, or neither, or a hook is no function.
    """
    if (plugin is None) is (not hooks):
        raise TypeError(
            f"in_memory({group!r}, {name!r}) takes either a plugin or hooks by name, such as "
            f"glue_resources=lambda: [...]."
        )
    if plugin is None:
        members: dict[str, Any] = {"__module__": "in_memory", "__qualname__": name}
        for hook, function in hooks.items():
            members[hook] = staticmethod(hookimpl(_function(hook, function)))
        plugin = type(name, (), members)()
    return Source.of(group, name, plugin, distribution=distribution, version=version, core=core)


def _function(hook: str, call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that can be marked; a class such as ``list`` stands for an empty hook."""
    if inspect.isfunction(call):
        return call
    if not inspect.isclass(call):
        raise TypeError(f"{hook} must be a function or a class without arguments, not {call!r}.")
    return lambda: call()


def installed(*names: str) -> tuple[Source, ...]:
    """Return installed plugins, applications and conventions, chosen by entry point name.

    Everything else counts as not installed, so that a test does not depend on what the environment
    has besides.

    Args:
        names: Names of entry points, which are those of folders, such as ``json_api``.

    Raises:
        ConfigurationError: One of them is not installed.
    """
    everything = _installed(_path())
    missing = sorted(set(names) - {each.name for each in everything})
    if missing:
        present = ", ".join(sorted({each.name for each in everything})) or "nothing"
        raise ConfigurationError(
            f"Not installed: {', '.join(missing)}.\nInstalled are: {present}.\n"
            f"Install the distribution into the environment that runs the tests, such as "
            f"'pip install glue-{missing[0].replace('_', '-')}'."
        )
    return tuple(each for each in everything if each.name in names)


def _path() -> tuple[tuple[str, int], ...]:
    """Return the places of distributions, and when something was put into them or taken out."""
    places = [Path(each or ".") for each in sys.path]
    return tuple((str(each), each.stat().st_mtime_ns if each.exists() else 0) for each in places)


@lru_cache(maxsize=1)
def _installed(path: tuple[tuple[str, int], ...]) -> tuple[Source, ...]:
    """Read the metadata of all distributions once, and not again for every test."""
    return discovery.installed()
