"""Both sides of every workload in one process, which is told what to measure.

    python -m benchmarks.sides glue | glue_compiled

An order is a line of JSON, and so is its answer:

    {"do": "workloads"}                                 [name, what the yardstick is] of each
    {"do": "differing", "workload": "one"}              how the answers differ, or null
    {"do": "round", "workload": "one", "count": 900}    microseconds of CPU of both sides
    {"do": "calls", "workload": "one"}                  calls of Python functions of one request

Glue as it is and Glue compiled cannot be in one process. So there is one of each, and each has its
own yardstick: see `benchmarks.parts.flow`.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.compiled import ensure
from benchmarks.contestants import COMPARED, CONTESTANTS
from benchmarks.counting import calls_of
from benchmarks.driving import microseconds
from benchmarks.orders import orders
from benchmarks.workloads import Workload, differing, workloads


def main(name: str) -> None:
    """Follow orders until the input ends."""
    with orders() as follow, workloads() as found:
        ensure(CONTESTANTS[name].is_compiled)
        by_name = {each.name: each for each in found}
        follow(lambda order: obeyed(by_name, order))


def obeyed(by_name: Mapping[str, Workload], order: Mapping[str, Any]) -> Any:
    """Do what an order says."""
    if order["do"] == "workloads":
        return [(each.name, each.by) for each in by_name.values()]
    workload = by_name[order["workload"]]
    if order["do"] == "differing":
        return differing(workload)
    if order["do"] == "calls":
        return calls_of(workload)
    return round_of(workload, order["count"])


def round_of(workload: Workload, count: int) -> tuple[float, float]:
    """Measure both sides in turn, and return the microseconds of a request of each."""
    gc.collect()
    return (
        microseconds(workload.measured, workload.requests, count),
        microseconds(workload.yardstick, workload.requests, count),
    )


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in COMPARED:
        sys.exit(f"Usage: python -m benchmarks.sides {' | '.join(COMPARED)}")
    main(sys.argv[1])
