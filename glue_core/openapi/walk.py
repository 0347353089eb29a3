"""The walk over the compiled operations of an application: places, methods, and what varies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glue_core.messages import GlueVersion
from glue_core.openapi.naming import pascal

if TYPE_CHECKING:
    from glue_core.flow import Flow
    from glue_core.matching import Location, Matcher

Matchers = Mapping[str | None, "Matcher[Flow]"]
"""Compiled operations of an application, by convention."""

METHODS = ("get", "post", "put", "patch", "delete", "options")
"""HTTP methods in the order of the document; HEAD is GET without a body."""

Wanted = Callable[[str, str], bool]
"""Says of a template and an HTTP method whether they are wanted."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of the flows that answer a method at a place.

    Attributes:
        flow: The flow.
        version: Version of the resource that it is for alone; None where it is for who asks none.
        stores: Stores that it is for alone; none where it is for all others.
    """

    flow: Flow
    version: GlueVersion | None = None
    stores: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """End of the names of what differs in it."""
        version = "" if self.version is None else f"V{self.version.major}_{self.version.minor}"
        return version + ("At" + pascal("-".join(self.stores)) if self.stores else "")


@dataclass(frozen=True, slots=True)
class Found:
    """One method at one place under one convention.

    Attributes:
        template: The path as a template, as the application declares it.
        method: HTTP method in lower case.
        convention: Name of the convention.
        is_route: Whether it is a custom route.
        variants: What answers: the newest version first.
    """

    template: str
    method: str
    convention: str | None
    is_route: bool
    variants: tuple[Variant, ...]


def found_in(
    matchers: Matchers,
    conventions: Iterable[str | None],
    wanted: Wanted | None = None,
) -> Iterator[Found]:
    """Yield everything that a client may call, in one order on every machine.

    Args:
        matchers: The compiled operations.
        conventions: Names of the conventions to look at, in their order.
        wanted: Says which templates and methods to look at; None for all.
    """
    for name in conventions:
        for location in matchers[name].locations():
            yield from _at(location, name, wanted)


def refusals_in(matchers: Matchers) -> Iterator[Flow]:
    """Yield what refuses paths and methods that nobody declares; one of each kind."""
    seen: set[str | None] = set()
    for name in sorted(matchers, key=lambda each: each or ""):
        matcher = matchers[name]
        at_places = (
            flow
            for location in matcher.locations()
            for flow in (location.refused, *location.methods.values())
        )
        for flow in (*matcher.elsewhere, *at_places):
            if flow.operation.refusal is not None and flow.operation.refusal not in seen:
                seen.add(flow.operation.refusal)
                yield flow


def _at(location: Location[Flow], convention: str | None, wanted: Wanted | None) -> Iterator[Found]:
    for method in METHODS:
        flow = location.methods.get(method.upper())
        if flow is None or (wanted is not None and not wanted(location.template, method)):
            continue
        variants = tuple(_variants(flow))
        if variants:
            is_route = not location.types
            yield Found(location.template, method, convention, is_route, variants)


def _variants(flow: Flow) -> Iterator[Variant]:
    """Yield the flows of a method: that of the newest version, of older ones, and of stores."""
    yield from _by_store(flow, None)
    if flow.versions is None:
        return
    for version in sorted(flow.versions.targets, reverse=True):
        yield from _by_store(flow.versions.targets[version], version)


def _by_store(flow: Flow, version: GlueVersion | None) -> Iterator[Variant]:
    if flow.operation.refusal is None:
        yield Variant(flow, version)
    if flow.stores is None:
        return
    # What several stores have alike is one flow.
    stores: dict[int, list[str]] = {}
    for store, target in sorted(flow.stores.targets.items()):
        if target.operation.refusal is None:
            stores.setdefault(id(target), []).append(store)
    by_id = {id(each): each for each in flow.stores.targets.values()}
    for key, names in stores.items():
        yield Variant(by_id[key], version, tuple(names))
