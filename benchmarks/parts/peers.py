"""Glue, the yardstick and frameworks of others: the same requests, in processes of their own.

Rounds alternate, so that whatever else the machine does meets everybody. Before anything is
measured, all answers of a workload are compared: see `benchmarks.contestants.normalising`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.contestants import CONTESTANTS, YARDSTICK
from benchmarks.contestants.normalising import normalised
from benchmarks.environment import python_of_others
from benchmarks.figures import Figure, rounded, shown
from benchmarks.parts import Absent, Extent, tell
from benchmarks.piping import Broken, Piped
from benchmarks.requests import REQUESTS
from benchmarks.results import Result
from benchmarks.tables import Table

ROUND = 0.08
"""Seconds of CPU that a contestant gets in a round."""
FEWEST, MOST = 5, 900
"""Requests of a round."""

NOTE = (
    "Microseconds of CPU of one request, called in process without a server, and in brackets the "
    "ratio to Falcon by hand; medians of the rounds, which alternate."
)


def run(extent: Extent) -> Result:
    """Measure."""
    workloads = [name for name in REQUESTS if extent.takes(name)]
    with ExitStack() as stack:
        taking_part = _started(stack)
        times: dict[str, Mapping[str, list[float]]] = {}
        for workload in workloads:
            tell(f"peers: {workload}")
            differing = _differing(workload, taking_part)
            if differing:
                return Result("peers", "Beside other frameworks", (), (), failure=differing)
            times[workload] = _rounds(workload, taking_part, extent)
    return _result(times)


def _started(stack: ExitStack) -> list[Piped]:
    """Start everybody; those of others are left out, with a message, where they cannot run."""
    try:
        others: Path | None = python_of_others()
    except Absent as error:
        tell(str(error))
        others = None
    started = []
    for each in CONTESTANTS.values():
        python = Path(sys.executable) if each.is_ours else others
        if python is None:
            tell(f"{each.title} is left out.")
            continue
        piped = stack.enter_context(Piped(python, each.name))
        try:
            piped.microseconds("unknown", 1)
        except Broken as error:
            if each.is_ours:
                raise
            tell(f"{each.title} is left out. {error}")
            continue
        started.append(piped)
    return started


def _differing(workload: str, taking_part: Sequence[Piped]) -> str | None:
    """Say who answers differently than the yardstick, and how; None where nobody does."""
    answers = {each.name: each.answers(workload) for each in taking_part}
    expected = [normalised(workload, each) for each in answers[YARDSTICK]]
    for name, given in answers.items():
        for number, (answer, wanted) in enumerate(zip(given, expected, strict=True)):
            try:
                found = normalised(workload, answer)
            except (KeyError, TypeError, ValueError):
                found = answer
            if found != wanted:
                return (
                    f"{name} answers request {number} of {workload!r} differently:\n"
                    f"{found!r:.1000}\ninstead of\n{wanted!r:.1000}"
                )
    return None


def _rounds(
    workload: str, taking_part: Sequence[Piped], extent: Extent
) -> Mapping[str, list[float]]:
    share = ROUND / 20 if extent.quick else ROUND
    counts = {}
    for each in taking_part:
        each.microseconds(workload, FEWEST)
        took = each.microseconds(workload, FEWEST)
        counts[each.name] = min(MOST, max(FEWEST, int(share * 1_000_000 / took)))
    times: dict[str, list[float]] = {each.name: [] for each in taking_part}
    for _ in range(extent.rounds):
        for each in taking_part:
            times[each.name].append(each.microseconds(workload, counts[each.name]))
    return times


def _result(times: Mapping[str, Mapping[str, list[float]]]) -> Result:
    data: list[dict[str, Any]] = []
    cells: dict[str, list[str]] = {}
    for workload, of_all in times.items():
        for name, found in of_all.items():
            figure = Figure.of(found)
            ratio = Figure.of_ratios(found, of_all[YARDSTICK])
            data.append(
                {
                    "workload": workload,
                    "contestant": name,
                    "time": figure.as_data("µs"),
                    "ratio": ratio.as_data("times Falcon by hand"),
                }
            )
            cells.setdefault(name, []).append(f"{shown(figure.median)} ({shown(ratio.median)})")
    rows = tuple((CONTESTANTS[name].title, *row) for name, row in cells.items())
    spread = max(
        (rounded(each["ratio"]["max"] / each["ratio"]["median"]) for each in data), default=1
    )
    note = f"{NOTE} No ratio of a round is more than {shown(spread)} times its median."
    tables = (Table("CPU time of a request", ("framework", *times), rows, note),)
    return Result("peers", "Beside other frameworks", tables, tuple(data))
