"""Order: constraints beat layers, layers beat names, and nothing else counts."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from glue_core.errors import ConfigurationError
from glue_core.registry.discovery import Source


@dataclass(frozen=True, slots=True)
class Contribution:
    """Something that a plugin contributed, and who did.

    Attributes:
        id: ``<distribution>:<entry point>.<name>``.
        name: The name alone.
        source: The plugin.
        layer: Layer of a step: ``common``, ``convention``, ``plain`` or ``application``.
        value: What was contributed.
        before: Names or ids that come later.
        after: Names or ids that come earlier.
        place: Module and name, for people.
        changes: What others changed about it, the last one last.
        history: What these changes did to it, one thing after another.
    """

    id: str
    name: str
    source: Source
    layer: str
    value: Any
    place: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    changes: tuple[Contribution, ...] = ()
    history: tuple[Said, ...] = field(default=(), compare=False)

    @property
    def party(self) -> str:
        """Distribution, version and place, as conflicts name it."""
        party = f"{self.source.distribution} {self.source.version}   {self.place}"
        changers = dict.fromkeys(
            f"{each.source.distribution} {each.source.version}" for each in self.changes
        )
        return f"{party}, changed by {', '.join(changers)}" if changers else party


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that a change did to a declaration.

    Attributes:
        attribute: The attribute by the name that clients know in the end, such as ``address/city``;
            empty where it is about the whole.
        what: What it did: ``added``, ``replaced``, ``hidden``, ``rule``, ``rule gone``, or the
            part of the declaration that is different, such as ``required`` or ``filters``.
        value: What it says of it.
        by: The change.
    """

    attribute: str
    what: str
    value: Any
    by: Contribution


@dataclass(frozen=True, slots=True)
class Placed:
    """A contribution in its place, and why it stands there."""

    contribution: Contribution
    reason: str


def arrange(
    contributions: Iterable[Contribution],
    layers: Sequence[str],
    *,
    known: Iterable[str] = (),
    replaced: Mapping[str, str] | None = None,
    stack: str = "stack",
) -> tuple[Placed, ...]:
    """Put contributions in one order that is the same on every machine.

    Args:
        contributions: What is to be ordered.
        layers: Names of the layers, first to last.
        known: Names and ids that exist in another stack of the application: a constraint may name
            them without effect here.
        replaced: Ids that were replaced, to the ids in their place: constraints that name the
            former mean the latter.
        stack: What is ordered, for messages.

    Raises:
        ConfigurationError: A constraint names nobody, or constraints form a cycle.
    """
    rank = {layer: index for index, layer in enumerate(layers)}
    items = sorted(contributions, key=lambda each: (rank[each.layer], each.name, each.id))
    names: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        for name in (item.name, item.id):
            names.setdefault(name, []).append(index)
    for old, new in (replaced or {}).items():
        for name in (old, old.rpartition(".")[2]):
            if new in names:
                names.setdefault(name, []).extend(names[new])
    elsewhere = set(known)

    later: list[set[int]] = [set() for _ in items]
    reasons: list[list[str]] = [[] for _ in items]
    for index, item in enumerate(items):
        for word, mentioned in (("before", item.before), ("after", item.after)):
            for target in mentioned:
                name = target.removesuffix("?")
                found = [each for each in names.get(name, ()) if each != index]
                if not found and name == target and name not in elsewhere:
                    raise ConfigurationError(
                        f"The step {item.id!r} must come {word} {name!r}, and the {stack} has no "
                        f"such step.\n  {item.party}\n"
                        f"Steps there: {', '.join(each.id for each in items)}.\n"
                        f"Mend the name, or write {name + '?'!r} if it may be absent."
                    )
                for other in found:
                    first, second = (index, other) if word == "before" else (other, index)
                    later[first].add(second)
                    reasons[index].append(f"{word} {items[other].id}")
                    reasons[other].append(
                        f"{'after' if word == 'before' else 'before'} {item.id}, which says so"
                    )

    waiting = [0] * len(items)
    for successors in later:
        for successor in successors:
            waiting[successor] += 1
    ready = [index for index, count in enumerate(waiting) if count == 0]
    heapq.heapify(ready)
    order: list[int] = []
    while ready:
        index = heapq.heappop(ready)
        order.append(index)
        for successor in later[index]:
            waiting[successor] -= 1
            if waiting[successor] == 0:
                heapq.heappush(ready, successor)
    if len(order) < len(items):
        cycle = _cycle(later, {index for index, count in enumerate(waiting) if count})
        chain = " before ".join(items[index].id for index in [*cycle, cycle[0]])
        parties = "\n".join(f"  {items[index].party}" for index in sorted(cycle))
        raise ConfigurationError(
            f"The order of the {stack} has a cycle: {chain}.\n{parties}\n"
            f"Take one 'before' or 'after' away, or disable one of the steps."
        )
    return tuple(
        Placed(
            items[index],
            "; ".join([f"layer {items[index].layer}", *dict.fromkeys(reasons[index])]),
        )
        for index in order
    )


def _cycle(later: Sequence[set[int]], left: set[int]) -> list[int]:
    """Return one cycle among the items that are left, from its smallest item."""
    path: list[int] = []
    index = min(left)
    predecessors = {
        each: min(other for other in left if each in later[other])
        for each in left
        if any(each in later[other] for other in left)
    }
    while index not in path:
        path.append(index)
        index = predecessors[index]
    cycle = path[path.index(index) :][::-1]
    start = cycle.index(min(cycle))
    return cycle[start:] + cycle[:start]
