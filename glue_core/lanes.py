"""Lanes: which steps of a flow run for which requests.

A step that says what of a request it looks at does nothing for a request that has none of it. So
such a request does not even ask: each flow has its steps in selections, one for each combination of
what requests have, made when the first such request comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

QUERY = "?"
"""Stands for a query among what a step looks at."""

MISFIT = "!"
"""Stands for media types that were not agreed on, or that name a version."""

HAS_QUERY = 1
HAS_MISFIT = 2
_FIRST_HEADER = 4

EVERYTHING = -1
"""What a request has of which nobody knows."""

KEPT_LANES = 64
"""Combinations that have a lane of their own; requests with others run all steps."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The steps that run for requests of one kind; fields as those of a `Flow`."""

    builders: tuple[Any, ...]
    validators: tuple[Any, ...]
    routed_validators: tuple[Any, ...]
    formatters: tuple[Any, ...]
    finishers: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """One step as an operation has it.

    Attributes:
        run: What runs.
        looks_at: What of a request it looks at; empty for any request.
        otherwise: What runs for requests that have none of that, or None.
    """

    run: Any
    looks_at: tuple[str, ...] = ()
    otherwise: Any = None


class Lanes(dict[int, Lane]):
    """The lanes of one flow, by what a request has: `HAS_QUERY`, `HAS_MISFIT`, and its headers.

    Threads share it. Two that make one lane at once make the same.

    Attributes:
        headers: What a request has that has a header, by its lower-case name.
    """

    __slots__ = ("_bits", "_parts", "headers")

    def __init__(self, parts: Mapping[str, Sequence[Bound]]) -> None:
        """Prepare them.

        Args:
            parts: The steps by the fields of a lane.
        """
        super().__init__()
        names = {name for steps in parts.values() for each in steps for name in each.looks_at}
        self.headers: Mapping[str, int] = MappingProxyType(
            {
                name: _FIRST_HEADER << place
                for place, name in enumerate(sorted(names - {QUERY, MISFIT}))
            }
        )
        self._bits = {QUERY: HAS_QUERY, MISFIT: HAS_MISFIT, **self.headers}
        self._parts = parts
        if names:
            self[EVERYTHING] = self._lane(EVERYTHING)

    def __missing__(self, kind: int) -> Lane:
        """Make the lane of requests that nobody sent yet."""
        if len(self) >= KEPT_LANES:
            return self[EVERYTHING]
        lane = self[kind] = self._lane(kind)
        return lane

    def _lane(self, kind: int) -> Lane:
        return Lane(**{name: self._running(steps, kind) for name, steps in self._parts.items()})

    def _running(self, steps: Iterable[Bound], kind: int) -> tuple[Any, ...]:
        runs = (each.run if self._runs(each, kind) else each.otherwise for each in steps)
        return tuple(run for run in runs if run is not None)

    def _runs(self, step: Bound, kind: int) -> bool:
        return not step.looks_at or any(self._bits[name] & kind for name in step.looks_at)


NO_LANES = Lanes({})
"""Those of a flow all steps of which run for every request."""


def told(looks_at: Iterable[str]) -> str:
    """Say for people which requests run a step."""
    words = {QUERY: "a query", MISFIT: "a media type that was not agreed on"}
    named = [words.get(each) or each.title() for each in looks_at]
    return f"only with {' or '.join(named)}"
