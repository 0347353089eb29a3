"""Finding out which of several schemas came in the place of which, whose order means nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from glue_core.openapi.comparing.nodes import Node, Prints
from glue_core.openapi.comparing.rules import Side
from glue_core.openapi.comparing.shapes import Shapes

ALIKE = 0.5
"""Share of members that two alternatives must have in common to be the same one, changed."""


class Pairing:
    """Pairs schemas that are alternatives, or that must all hold.

    What is alike goes together first, then what has the same tags, such as the type of a resource,
    then what has the same name, then what has most members in common.
    """

    def __init__(self, prints: Prints, shapes: Shapes, side: Side) -> None:
        """Pair the schemas of one side.

        Args:
            prints: Knows what is alike.
            shapes: Knows what schemas take.
            side: Who writes the values.
        """
        self._whole = Prints(frozenset())
        self._prints = prints
        self._shapes = shapes
        self._side = side

    def of(
        self, old: Sequence[Node], new: Sequence[Node]
    ) -> tuple[list[tuple[Node, Node]], list[Node], list[Node]]:
        """Find out which schema came in the place of which.

        Args:
            old: The former ones.
            new: The present ones.

        Returns:
            Those that belong together; those that are gone; those that are new.
        """
        left, free = list(old), list(new)
        pairs: list[tuple[Node, Node]] = []

        def take(name_of: Callable[[Node], object]) -> None:
            by_name: dict[object, list[Node]] = {}
            for each in free:
                by_name.setdefault(name_of(each), []).append(each)
            for each in list(left):
                name = name_of(each)
                if name and by_name.get(name):
                    other = by_name[name].pop(0)
                    pairs.append((each, other))
                    left.remove(each)
                    free.remove(other)

        # Of several that are alike each goes with the one that says the same for people, too.
        take(self._whole.of)
        take(self._prints.of)
        self._take_alike(left, free, pairs, self._tags_in_common)
        take(lambda each: each.shared_name)
        self._take_alike(left, free, pairs, self._likeness)
        return pairs, left, free

    @staticmethod
    def _take_alike(
        left: list[Node],
        free: list[Node],
        pairs: list[tuple[Node, Node]],
        likeness: Callable[[Node, Node], float],
    ) -> None:
        """Pair each schema with that which is most like it, where one is."""
        for each in list(left):
            scores = [(likeness(each, other), -index) for index, other in enumerate(free)]
            score, index = max(scores, default=(0.0, 0))
            if score >= ALIKE:
                pairs.append((each, free.pop(-index)))
                left.remove(each)

    def _tags(self, node: Node) -> dict[str, str]:
        """Return the members that tell an alternative from others: those with one value alone."""
        members = self._shapes.of(node, self._side).members
        found = {}
        for name, each in members.items():
            values = self._shapes.of(each, self._side).values
            if values is not None and len(values) == 1:
                found[name] = next(iter(values))
        return found

    def _tags_in_common(self, old: Node, new: Node) -> float:
        """Return the number of tags that two alternatives have alike; 0 where one differs."""
        one, other = self._tags(old), self._tags(new)
        common = one.keys() & other.keys()
        return float(len(common)) if all(one[name] == other[name] for name in common) else 0.0

    def _likeness(self, old: Node, new: Node) -> float:
        """Say how much two alternatives look like one that was changed, from 0 to 1."""
        one, other = self._shapes.of(old, self._side), self._shapes.of(new, self._side)
        tags = self._tags(old), self._tags(new)
        common = tags[0].keys() & tags[1].keys()
        if one.types != other.types or any(tags[0][each] != tags[1][each] for each in common):
            return 0.0
        names = {*one.members, *other.members}
        if not names:
            # Two of one type, such as two lists: whatever differs is inside.
            return 1.0
        return len(one.members.keys() & other.members.keys()) / len(names)


__all__ = ["Pairing"]
