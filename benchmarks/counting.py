"""Python calls per request: a figure that no machine changes, so that a test can hold it."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import FrameType

from benchmarks.driving import ask
from benchmarks.workloads import Workload, workloads

FIGURES = Path(__file__).parent / "calls.json"
"""Calls by the version of Python and the name of the workload."""

ALLOWED_GROWTH = 1.05
"""What a workload may have of the committed figure before the test fails."""

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def calls_of(workload: Workload) -> float:
    """Return the mean number of calls of Python functions per request, with everything warm.

    What the harness calls itself counts, too: two for each request.
    """
    for request in workload.requests:
        ask(workload.measured, request)
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        if event == "call":
            calls += 1

    sys.setprofile(count)
    try:
        for request in workload.requests:
            ask(workload.measured, request)
    finally:
        sys.setprofile(None)
    return round(calls / len(workload.requests), 1)


def committed(version: str = VERSION) -> Mapping[str, float] | None:
    """Return the committed figures of a version of Python, or None where there are none."""
    figures: dict[str, dict[str, float]] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return figures.get(version)


def commit(calls: Mapping[str, float]) -> None:
    """Write figures down as those of this version of Python."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    figures[VERSION] = dict(calls)
    text = json.dumps(figures, indent=2, sort_keys=True)
    FIGURES.write_text(text + "\n", encoding="utf-8")


def commit_all() -> None:
    """Count the calls of all workloads, and write them down as those of this version of Python."""
    with workloads() as found:
        commit({each.name: calls_of(each) for each in found})
