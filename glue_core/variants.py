"""Variants: several declarations of one thing, told apart by what a request asks for.

Operations may share a place and a method, and resources a type, where no request could mean two of
them alike: their versions differ (`glue_core.versions`), or their stores do. A declaration that
names stores comes before one that names none, for requests of these stores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from glue_core.versions import share_versions

if TYPE_CHECKING:
    from glue_core.messages import GlueRequest
    from glue_core.operation import Operation
    from glue_core.step import Build

Target = TypeVar("Target")


def stores_of(operation: Operation) -> tuple[str, ...]:
    """Return the stores that an operation is for; none where it is for all."""
    if operation.stores or operation.resource is None:
        return operation.stores
    return operation.resource.stores


def share_stores(one: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether two declarations mean the same store, or both mean all."""
    if not one or not other:
        return not one and not other
    return not set(one).isdisjoint(other)


def answer_alike(one: Operation, other: Operation) -> bool:
    """Say whether one request could mean two operations at one place alike."""
    return share_versions(one, other) and share_stores(stores_of(one), stores_of(other))


def at_stores(stores: Sequence[str]) -> str:
    """Return the end of the name of a declaration for some stores alone."""
    return f"[{','.join(stores)}]" if stores else ""


@dataclass(frozen=True, slots=True)
class Stores(Generic[Target]):
    """What answers one method at one place in single stores.

    Attributes:
        targets: What answers in each store that something differs for.
        choosers: Builders that fill ``request.store`` in.
    """

    targets: Mapping[str, Target]
    choosers: tuple[Build, ...]

    def select(self, request: GlueRequest, general: Target) -> Target:
        """Return what answers a request.

        The builders run again in their place, so what they found wrong is not told from here.
        """
        noted = len(request.errors)
        for choose in self.choosers:
            choose(request)
        del request.errors[noted:]
        store = request.store
        return general if store is None else self.targets.get(store, general)
