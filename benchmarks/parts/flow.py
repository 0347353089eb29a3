"""Glue against the same answers written by hand on Falcon, in this process; and calls."""

from __future__ import annotations

import gc
from collections.abc import Callable

from benchmarks.counting import calls_of
from benchmarks.driving import microseconds
from benchmarks.figures import Figure, shown, shown_range
from benchmarks.parts import Extent
from benchmarks.results import Result
from benchmarks.tables import Table
from benchmarks.workloads import Workload, differing, workloads

COLUMNS = ("workload", "µs of CPU", "µs of the other", "ratio", "calls", "the other")


def times_of(workload: Workload, extent: Extent) -> tuple[list[float], list[float]]:
    """Measure both sides in turn, and return the microseconds of each round."""
    count = 20 if extent.quick else 900
    sides = (workload.measured, workload.yardstick)
    for side in sides:
        microseconds(side, workload.requests, count)
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(extent.rounds):
        gc.collect()
        for side, times in zip(sides, found, strict=True):
            times.append(microseconds(side, workload.requests, count))
    return found


def run(extent: Extent) -> Result:
    """Measure."""
    return measured(extent, times_of)


def measured(
    extent: Extent, times: Callable[[Workload, Extent], tuple[list[float], list[float]]]
) -> Result:
    """Return the tables of what was measured.

    Args:
        extent: How much is measured.
        times: Measures both sides of a workload.
    """
    rows, data = [], []
    title = "Beside Falcon by hand"
    with workloads() as found:
        for each in found:
            if not extent.takes(each.name):
                continue
            difference = differing(each)
            if difference is not None:
                failure = f"{each.name}: the answers differ: {difference}"
                return Result("flow", title, (), (), failure=failure)
            ours, theirs = times(each, extent)
            own, other = Figure.of(ours), Figure.of(theirs)
            ratio, calls = Figure.of_ratios(ours, theirs), calls_of(each)
            rows.append(
                (
                    each.name,
                    shown(own.median),
                    shown(other.median),
                    shown_range(ratio),
                    f"{calls:.0f}",
                    each.by,
                )
            )
            data.append(
                {
                    "workload": each.name,
                    "by": each.by,
                    "time": own.as_data("µs"),
                    "yardstick": other.as_data("µs"),
                    "ratio": ratio.as_data("times the yardstick"),
                    "calls": calls,
                }
            )
    note = (
        "Microseconds of CPU of one request, in one process; the median of the rounds' ratios, "
        "with the smallest and the largest. Calls are those of Python functions."
    )
    table = Table("CPU time of a request", COLUMNS, tuple(rows), note)
    return Result("flow", title, (table,), tuple(data))
