"""Lanes: which steps of a flow run for which requests.

A step that says what of a request it looks at does nothing for a request that has none of it. So
such a request does not even ask: each flow has its steps in four selections, made at start-up, by
whether a request has a query and whether it has anything else that a step looks at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

QUERY = "?"
"""Stands for a query among what a step looks at."""

MISFIT = "!"
"""Stands for media types that were not agreed on, or that name a version."""

HAS_QUERY = 1
HAS_MORE = 2
EVERYTHING = HAS_QUERY | HAS_MORE
"""What a request may have; a request of which nobody knows has everything."""


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


def lanes_of(parts: Mapping[str, Sequence[Bound]]) -> tuple[Lane, ...]:
    """Return the lanes of a flow, by what a request has; none where they do not differ.

    Args:
        parts: The steps by the fields of a lane.
    """
    if not any(each.looks_at for steps in parts.values() for each in steps):
        return ()
    return tuple(
        Lane(**{name: _running(steps, kind) for name, steps in parts.items()})
        for kind in range(EVERYTHING + 1)
    )


def told(looks_at: Iterable[str]) -> str:
    """Say for people which requests run a step."""
    words = {QUERY: "a query", MISFIT: "a media type that was not agreed on"}
    named = [words.get(each) or each.title() for each in looks_at]
    return f"only with {' or '.join(named)}"


def headers_of(parts: Mapping[str, Sequence[Bound]]) -> frozenset[str]:
    """Return the headers that steps look at, by their lower-case names."""
    names = {name for steps in parts.values() for each in steps for name in each.looks_at}
    return frozenset(names - {QUERY, MISFIT})


def _running(steps: Iterable[Bound], kind: int) -> tuple[Any, ...]:
    runs = (each.run if _runs(each, kind) else each.otherwise for each in steps)
    return tuple(run for run in runs if run is not None)


def _runs(step: Bound, kind: int) -> bool:
    if not step.looks_at:
        return True
    if QUERY in step.looks_at and kind & HAS_QUERY:
        return True
    return kind & HAS_MORE != 0 and step.looks_at != (QUERY,)
