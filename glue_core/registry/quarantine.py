"""Quarantine: which bad plugins may be left out, where the settings say so, and which never may.

A plugin that only adds something is missed by who asks for that, and by nobody else. One that
closes something would open it by its absence: it stops the start whatever the settings say. So
does a plugin of which nobody can tell.
"""

from __future__ import annotations

import difflib
import importlib.util
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from packaging.utils import canonicalize_name

from glue_core.errors import Complaint, ConfigurationError
from glue_core.hookspecs import PROJECT
from glue_core.registry.discovery import APPLICATIONS, CONVENTIONS, CORE, FEATURES, Source
from glue_core.registry.plugins import HOOKS
from glue_core.settings import Settings

Made = TypeVar("Made")

ADDING = frozenset(
    {
        "glue_resources",
        "glue_route_providers",
        "glue_relationships",
        "glue_encoders",
        "glue_error_catalogue",
        "glue_health_checks",
        "glue_media_type_extensions",
        "glue_settings",
    }
)
"""Hooks that only add something; whatever any other contributes may close something."""

RESTS_ON = {
    APPLICATIONS: "it is an application, and what it answers would fall to others",
    CONVENTIONS: "it is a convention, which decides how requests are read and answers written",
    FEATURES: "it is a feature, and other plugins, the worker and the database rest on it",
}
"""Groups whose plugins are never left out, and why."""

ALIKE = 0.9
"""How near a misspelled hook must be to one that exists, from 0 to 1."""

_NAME = re.compile(r"\bglue_[a-z0-9_]+")
_FROM = re.compile(r"^\s*(?:from|import)\s+(glue_\w+)", re.MULTILINE)
_STAR = re.compile(r"^\s*from\s+\S+\s+import\s+\*", re.MULTILINE)
_INDENTED = re.compile(r"\n  .*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A plugin that was left out.

    Attributes:
        source: The plugin.
        reason: What is wrong with it, in one line.
    """

    source: Source
    reason: str

    @property
    def key(self) -> tuple[str, str]:
        """Group and id: what tells plugins apart."""
        return self.source.group, self.source.id


class Quarantine:
    """The word of the settings on bad plugins."""

    def __init__(self, settings: Settings) -> None:
        """Read the settings."""
        table = settings["quarantine"]
        self.is_on: bool = table["policy"] == "leave_out"
        self._named = frozenset(map(canonicalize_name, table["distributions"]))
        self._kept = {
            **dict.fromkeys(settings["replace"].values(), "replace"),
            **dict.fromkeys(settings["project"], "project"),
        }

    def settle(
        self, make: Callable[[Sequence[LeftOut]], Made], found: Sequence[LeftOut] = ()
    ) -> Made:
        """Make something, without the plugins that keep it from being made.

        What is made is the same as if these were not installed; so are the plugins, whatever the
        order is in which a machine finds them.

        Args:
            make: Makes it without some plugins, and raises `ConfigurationError` where it cannot.
            found: What is left out to begin with.

        Raises:
            ConfigurationError: It cannot be made, and nothing that keeps it from being made may be
                left out.
        """
        while True:
            try:
                return make(found)
            except ConfigurationError as error:
                if not self.is_on:
                    raise
                found = (*found, *self._judged(error))

    def _judged(self, error: ConfigurationError) -> Sequence[LeftOut]:
        """Return what may be left out of the parties of an error.

        Raises:
            ConfigurationError: Nothing may; it says why.
        """
        found: dict[tuple[str, str], LeftOut] = {}
        told = []
        for problem in error.problems:
            complaint = problem if isinstance(problem, Complaint) else Complaint(problem)
            reasons = []
            for party in complaint.parties:
                why = self._kept_for(party, complaint.imported)
                if why is None:
                    left_out = LeftOut(party, _line(problem, party, complaint.parties))
                    found.setdefault(left_out.key, left_out)
                else:
                    reasons.append(f"\n{party.id!r} is not left out: {why}.")
            told.append(problem + "".join(dict.fromkeys(reasons)))
        if not found:
            raise ConfigurationError(*told) from error
        return sorted(found.values(), key=lambda each: each.key)

    def _kept_for(self, source: Source, imported: bool) -> str | None:
        """Say why a plugin may not be left out, or return None."""
        if source.distribution == CORE:
            return "it is part of the core"
        if source.group in RESTS_ON:
            return RESTS_ON[source.group]
        if self._named and source.distribution not in self._named:
            return "'quarantine.distributions' does not name its distribution"
        for id_, key in self._kept.items():
            if id_ == source.id or id_.startswith(source.id + "."):
                return f"{key!r} in the settings names it"
        hooks = _implemented(source.load()) if imported else _written(source)
        if hooks is None:
            return "its source does not tell which hooks it implements"
        closing = sorted(hooks - ADDING)
        if closing:
            named = ", ".join(map(repr, closing))
            return f"it may close something that would be open without it, by {named}"
        return None


def _line(problem: str, party: Source, parties: Sequence[Source]) -> str:
    """Return what a complaint says before it names its parties, and who the others are."""
    said = " ".join(_INDENTED.sub("", problem).split())
    others = ", ".join(sorted({each.id for each in parties} - {party.id}))
    return f"{said} The other is {others}." if others else said


def _implemented(plugin: object) -> frozenset[str]:
    """Return the hooks that something means to implement; of a misspelled one, what is near it."""
    found = set()
    for name in dir(plugin):
        # Nothing of an object is computed to find out what it is: its properties may fail.
        member = inspect.getattr_static(plugin, name, None)
        member = getattr(member, "__func__", member)
        options = getattr(member, f"{PROJECT}_impl", None)
        if options is None and not (name.startswith(f"{PROJECT}_") and inspect.isfunction(member)):
            continue
        hook = (options or {}).get("specname") or name
        found.add(hook if hook in HOOKS else _nearest(hook))
    return frozenset(found)


def _nearest(name: str) -> str:
    return next(iter(difflib.get_close_matches(name, HOOKS, 1, ALIKE)), name)


def _written(source: Source) -> frozenset[str] | None:
    """Return the hooks that the package of a plugin names anywhere in its source.

    Nothing is imported. A name that merely occurs counts as a hook: better stop a start in vain.

    Returns:
        The names; None where there is no source, or more than its names say.
    """
    module = source.value.partition(":")[0].strip()
    files = list(_files_of(module.partition(".")[0]))
    own = "/" + module.replace(".", "/")
    if not any(each.as_posix().endswith((f"{own}.py", f"{own}/__init__.py")) for each in files):
        return None
    names: set[str] = set()
    packages: set[str] = set()
    for each in files:
        try:
            text = each.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None
        if _STAR.search(text):
            return None
        names.update(_NAME.findall(text))
        packages.update(_FROM.findall(text))
    unknown = {each for each in names - packages - set(HOOKS) if not _is_package(each)}
    return frozenset(names & set(HOOKS)) | {_nearest(each) for each in unknown}


def _files_of(package: str) -> Iterator[Path]:
    """Yield the source files of a package, or of a module of that name."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return
    if spec is None:
        return
    if spec.submodule_search_locations is None:
        if spec.origin is not None and spec.origin.endswith(".py"):
            yield Path(spec.origin)
        return
    for folder in spec.submodule_search_locations:
        yield from sorted(Path(folder).rglob("*.py"))


def _is_package(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
