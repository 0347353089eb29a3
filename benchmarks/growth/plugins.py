"""What a request costs where more plugins are installed that have nothing to do with it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import shop
from benchmarks.figures import Figure, shown, shown_range
from benchmarks.growth.rounds import Rounds, measured
from benchmarks.parts import Extent, tell
from benchmarks.requests import REQUESTS
from benchmarks.tables import Table


def rounds_of(numbers: Sequence[int], extent: Extent) -> Rounds:
    """Return the time of a request for one resource by the number of other plugins."""
    tell("scaling: plugins")
    requests = REQUESTS["one"]()
    count = 20 if extent.quick else 900
    with ExitStack() as stack:
        sides = {}
        for number in numbers:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            made = stack.enter_context(shop.deployment(folder, number))
            sides[number] = made.applications[shop.APPLICATION]
        counts = dict.fromkeys(sides, count)
        return measured(sides, dict.fromkeys(sides, requests), counts, extent)


def table_of(times: Rounds) -> Table:
    """Return the table."""
    fewest = times[min(times)]
    rows = tuple(
        (
            str(number),
            shown(Figure.of(found).median),
            shown_range(Figure.of_ratios(found, fewest)),
        )
        for number, found in times.items()
    )
    return Table(
        "One resource, by the number of other plugins",
        ("other plugins", "µs of CPU", f"ratio to {min(times)}"),
        rows,
    )
