"""Measures, and prints a table: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import gc
import statistics
import sys
from dataclasses import dataclass
from time import process_time_ns

from benchmarks.counting import calls_of, commit
from benchmarks.workloads import Application, Request, Workload, ask, differing, workloads


@dataclass(frozen=True, slots=True)
class Times:
    """What was measured of one workload; times are in microseconds of CPU per request.

    Attributes:
        ours: Median of the measured side.
        theirs: Median of the yardstick.
        ratios: Ratio of each round, in ascending order.
    """

    ours: float
    theirs: float
    ratios: tuple[float, ...]


def microseconds(application: Application, requests: tuple[Request, ...], count: int) -> float:
    """Return the CPU time of one request, in microseconds, as the mean of some."""
    varied = [requests[number % len(requests)] for number in range(count)]
    started = process_time_ns()
    for request in varied:
        ask(application, request)
    return (process_time_ns() - started) / count / 1000


def measure(workload: Workload, rounds: int, count: int) -> Times:
    """Measure both sides in turn."""
    sides = (workload.measured, workload.yardstick)
    for side in sides:
        microseconds(side, workload.requests, count)
    found: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        gc.collect()
        for side, times in zip(sides, found, strict=True):
            times.append(microseconds(side, workload.requests, count))
    ours, theirs = found
    ratios = sorted(one / other for one, other in zip(ours, theirs, strict=True))
    return Times(statistics.median(ours), statistics.median(theirs), tuple(ratios))


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks.

    Returns:
        0, or 1 where the two sides do not answer alike, so that a ratio would mean nothing.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only show that everything runs")
    parser.add_argument("--commit", action="store_true", help="write the calls per request down")
    parser.add_argument("names", nargs="*", help="workloads, by the start of their names")
    options = parser.parse_args(arguments)
    rounds, count = (2, 20) if options.quick else (15, 900)
    with workloads() as found:
        if options.commit:
            commit({each.name: calls_of(each) for each in found})
            return 0
        _print(
            f"{'workload':<18}{'µs':>8}{'yardstick µs':>14}", f"{'ratio':>7}{'min':>7}{'max':>7}"
        )
        for each in found:
            if options.names and not each.name.startswith(tuple(options.names)):
                continue
            difference = differing(each)
            if difference is not None:
                _print(f"{each.name}: the answers differ:", difference)
                return 1
            times = measure(each, rounds, count)
            ratio, least, most = statistics.median(times.ratios), times.ratios[0], times.ratios[-1]
            _print(
                f"{each.name:<18}{times.ours:>8.1f}{times.theirs:>14.1f}",
                f"{ratio:>7.2f}{least:>7.2f}{most:>7.2f}  {calls_of(each):>6.1f} calls; "
                f"by {each.by}",
            )
    return 0


def _print(*parts: str) -> None:
    print(*parts)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
