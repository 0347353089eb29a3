"""Glue, and Glue compiled, against the same answers written by hand on Falcon; and calls.

Both sides of a comparison are in one process, so that what disturbs one disturbs the other. Glue
as it is and Glue compiled have a process each, with a yardstick each; their rounds alternate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from benchmarks.contestants import COMPARED, CONTESTANTS
from benchmarks.figures import Figure, shown, shown_range
from benchmarks.parts import Extent, tell
from benchmarks.piping import Sides
from benchmarks.results import Result
from benchmarks.runtimes import runtimes
from benchmarks.tables import Table

TITLE = "Beside Falcon by hand"
HEADS = {
    COMPARED[0]: ("µs of CPU", "µs of the other", "ratio"),
    COMPARED[1]: ("µs, compiled", "µs of the other", "ratio, compiled"),
}
"""Columns by whom they are of."""
NOTE = (
    "Microseconds of CPU of one request; the median of the rounds' ratios, with the smallest and "
    "the largest. Both sides are in one process; Glue compiled is in another, with a yardstick of "
    "its own, and the rounds of both processes alternate. Calls are those of Python functions, "
    "with nothing compiled."
)

Rounds = Sequence[tuple[float, float]]
"""Microseconds of both sides, in each round."""


def run(extent: Extent) -> Result:
    """Measure."""
    rows: list[tuple[str, ...]] = []
    data: list[Mapping[str, Any]] = []
    with ExitStack() as stack:
        found = runtimes(CONTESTANTS[name] for name in COMPARED)
        taking_part = [stack.enter_context(Sides(each, name)) for name, each in found.items()]
        for workload, by in taking_part[0].workloads():
            if not extent.takes(workload):
                continue
            tell(f"flow: {workload}")
            for each in taking_part:
                difference = each.differing(workload)
                if difference is not None:
                    failure = f"{workload}, {each.name}: the answers differ: {difference}"
                    return Result("flow", TITLE, (), (), failure=failure)
            rounds = rounds_of(workload, taking_part, extent)
            calls = taking_part[0].calls(workload)
            rows.append((workload, *_cells(rounds), f"{calls:.0f}", by))
            data += _data(workload, by, rounds, calls)
    heads = [head for each in taking_part for head in HEADS[each.name]]
    columns = ("workload", *heads, "calls", "the other")
    table = Table("CPU time of a request", columns, tuple(rows), NOTE)
    return Result("flow", TITLE, (table,), tuple(data))


def rounds_of(workload: str, taking_part: Sequence[Sides], extent: Extent) -> Mapping[str, Rounds]:
    """Measure everybody in turn, and return their rounds by name."""
    count = 20 if extent.quick else 900
    for each in taking_part:
        each.round(workload, count)
    found: dict[str, list[tuple[float, float]]] = {each.name: [] for each in taking_part}
    for _ in range(extent.rounds):
        for each in taking_part:
            found[each.name].append(each.round(workload, count))
    return found


def _figures(rounds: Rounds) -> tuple[Figure, Figure, Figure]:
    """Return the figures of both sides and of their ratio."""
    ours, theirs = [one for one, _ in rounds], [other for _, other in rounds]
    return Figure.of(ours), Figure.of(theirs), Figure.of_ratios(ours, theirs)


def _cells(rounds: Mapping[str, Rounds]) -> Sequence[str]:
    cells = []
    for each in rounds.values():
        own, other, ratio = _figures(each)
        cells += [shown(own.median), shown(other.median), shown_range(ratio)]
    return cells


def _data(
    workload: str, by: str, rounds: Mapping[str, Rounds], calls: float
) -> Sequence[Mapping[str, Any]]:
    data = []
    for name, each in rounds.items():
        own, other, ratio = _figures(each)
        figures: dict[str, Any] = {
            "workload": workload,
            "contestant": name,
            "by": by,
            "time": own.as_data("µs"),
            "yardstick": other.as_data("µs"),
            "ratio": ratio.as_data("times the yardstick"),
        }
        data.append(figures if CONTESTANTS[name].is_compiled else figures | {"calls": calls})
    return data
