"""Discovery: which plugins are installed, read from metadata before anything is imported."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

CORE = "glue-api-core"

APPLICATIONS = "glue.applications"
CONVENTIONS = "glue.conventions"
FEATURES = "glue.features"
COMMON_PLUGINS = "glue.plugins"


@dataclass(frozen=True, slots=True)
class Source:
    """One installed plugin, application or convention, not imported yet.

    Attributes:
        group: Entry point group.
        name: Entry point name.
        distribution: Name of the distribution, normalised.
        version: Version of the distribution.
        value: What the entry point names, such as ``glue_products_api.plugin``.
        load: Imports it.
        core: Versions of the core that its distribution requires, or None where it says nothing.
    """

    group: str
    name: str
    distribution: str
    version: str
    value: str
    load: Callable[[], object]
    core: SpecifierSet | None = None

    @property
    def id(self) -> str:
        """Stable id: distribution and entry point name."""
        return f"{self.distribution}:{self.name}"

    @property
    def party(self) -> str:
        """Distribution, version and place, as conflicts name it."""
        return f"{self.distribution} {self.version}   {self.value}"

    @classmethod
    def of(
        cls,
        group: str,
        name: str,
        plugin: object,
        *,
        distribution: str = "in-memory",
        version: str = "0",
        core: str | None = None,
    ) -> Source:
        """Make a source of an object that is no distribution: a test's plugin.

        Args:
            group: Entry point group it pretends to be in.
            name: Entry point name.
            plugin: Module or object with hook implementations, an application or a convention.
            distribution: Name of the distribution it pretends to be.
            version: Version of that distribution.
            core: Versions of the core it says it needs, such as ``>=0.1,<0.2``.
        """
        value = getattr(plugin, "__name__", None) or type(plugin).__qualname__
        return cls(
            group,
            name,
            distribution,
            version,
            value,
            lambda: plugin,
            None if core is None else SpecifierSet(core),
        )


def core_version() -> str:
    """Return the version of the core that is installed."""
    return importlib.metadata.version(CORE)


def installed() -> tuple[Source, ...]:
    """Return everything that is installed for Glue, in an order that no machine changes.

    The first distribution of a name on the path counts, as for an import.
    """
    found: list[Source] = []
    seen: set[str] = set()
    for distribution in importlib.metadata.distributions():
        points = [each for each in distribution.entry_points if each.group.startswith("glue.")]
        if not points:
            continue
        # It is read and parsed whenever it is asked for.
        metadata = distribution.metadata
        name = canonicalize_name(metadata["Name"])
        if name in seen:
            continue
        seen.add(name)
        version = metadata["Version"]
        core = _required_core(metadata.get_all("Requires-Dist", ()))
        found.extend(Source(p.group, p.name, name, version, p.value, p.load, core) for p in points)
    return tuple(sorted(found, key=lambda source: (source.group, source.name, source.id)))


def _required_core(requirements: Iterable[str]) -> SpecifierSet | None:
    for text in requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and canonicalize_name(requirement.name) == CORE:
            return requirement.specifier
    return None


def place_of(value: object, source: Source) -> str:
    """Return module and name of what a plugin contributed, for people."""
    target = getattr(value, "__func__", value)
    module = getattr(target, "__module__", None)
    name = getattr(target, "__qualname__", None) or getattr(target, "__name__", None)
    if isinstance(target, ModuleType):
        return target.__name__
    if module and name:
        return f"{module}:{name}"
    return source.value
