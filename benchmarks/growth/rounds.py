"""Rounds of something that grows."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence

from benchmarks.driving import Wsgi, microseconds
from benchmarks.parts import Extent
from benchmarks.requests import Request

Rounds = Mapping[int, list[float]]
"""What was measured in each round, by the number that grows."""

WARMING = 50
"""Requests at most before anything is measured."""


def measured(
    sides: Mapping[int, Wsgi],
    requests: Mapping[int, Sequence[Request]],
    counts: Mapping[int, int],
    extent: Extent,
) -> Rounds:
    """Return the microseconds of CPU of a request, in rounds that alternate.

    Args:
        sides: What is measured, by the number that grows.
        requests: What each is sent, in turn.
        counts: How many requests each has in a round.
        extent: How much is measured.
    """
    times: dict[int, list[float]] = {each: [] for each in sides}
    for number, side in sides.items():
        microseconds(side, requests[number], min(WARMING, counts[number]))
    for _ in range(extent.rounds):
        for number, side in sides.items():
            gc.collect()
            times[number].append(microseconds(side, requests[number], counts[number]))
    return times
