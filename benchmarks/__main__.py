"""Measures, and prints tables: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
from collections.abc import Sequence

from benchmarks import machine, results
from benchmarks.parts import Absent, Extent, tell

PARTS = {
    "peers": "frameworks of others in the same run",
    "http": "requests per second under gunicorn, asked by wrk or ab",
    "services": "over SQLite and PostgreSQL",
    "scaling": "by the number of plugins and of resources; start and memory; plots",
    "instructions": "instructions per request, counted by callgrind",
}
"""The parts that an option of their name asks for, and what they measure."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks.

    Returns:
        0, or 1 where somebody does not answer as the yardstick does, so that a figure would mean
        nothing.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.write and options.quick:
        parser.error("What --quick measures is not worth keeping: leave out --quick or --write.")
    if options.commit:
        from benchmarks.counting import commit_all

        commit_all()
        return 0
    asked = [name for name in PARTS if options.all or getattr(options, name)]
    if options.all or not asked:
        asked.insert(0, "flow")
    extent = Extent(options.quick, tuple(options.names))
    described = machine.described()
    for name in asked:
        try:
            result = importlib.import_module(f"benchmarks.parts.{name}").run(extent)
        except Absent as error:
            tell(f"{error}\nThe part '{name}' is left out.")
            continue
        if result.failure is not None:
            tell(result.failure)
            return 1
        print(result.markdown(described))  # noqa: T201 - a command
        if options.write:
            results.write(result, described)
            results.renew_readme()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="WORKLOAD", help="workloads, by the start of their names"
    )
    for name, text in PARTS.items():
        parser.add_argument(f"--{name}", action="store_true", help=text)
    parser.add_argument(
        "--all", action="store_true", help="all of these, and the flow beside Falcon"
    )
    parser.add_argument("--quick", action="store_true", help="only show that everything runs")
    parser.add_argument(
        "--write", action="store_true", help="keep the results in benchmarks/results and the README"
    )
    parser.add_argument(
        "--commit", action="store_true", help="write down the calls per request of this Python"
    )
    return parser


def _end(number: int, frame: object) -> None:
    """Leave every block, so that servers and contestants end as well."""
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
