"""Measures, and prints a table: ``python -m benchmarks [--quick]``."""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from time import process_time_ns
from typing import Any

import falcon.testing

from benchmarks import bare, shop

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
PAGE = "page%5Boffset%5D=40&page%5Blimit%5D=20"
FIELDS = "fields%5Bproducts%5D=sku,price,makers,labels"


@dataclass(frozen=True, slots=True)
class Workload:
    """One comparison.

    Attributes:
        name: Name in the table.
        path: Path of the request.
        query: Its query.
        measured: What is measured.
        yardstick: What it is compared with.
    """

    name: str
    path: str
    query: str
    measured: Application
    yardstick: Application


def environ_of(workload: Workload) -> dict[str, Any]:
    """Return the WSGI environment of a workload's request."""
    return falcon.testing.create_environ(
        path=workload.path, query_string=workload.query, headers={"Accept": bare.MEDIA_TYPE}
    )


def ask(application: Application, environ: dict[str, Any]) -> tuple[str, bytes]:
    """Send one request and return status and body."""
    statuses: list[str] = []

    def start_response(status: str, headers: object, error: object = None) -> None:
        statuses.append(status)

    body = application(dict(environ), start_response)
    return statuses[0], b"".join(body)


def comparable(answer: tuple[str, bytes]) -> Any:
    """Return what both sides must agree on: everything but the spelling of the page links."""
    status, body = answer
    document = json.loads(body)
    document["links"] = sorted(document.get("links", ()))
    document.get("included", []).sort(key=lambda each: (each["type"], each["id"]))
    return status, document


def microseconds(application: Application, environ: dict[str, Any], requests: int) -> float:
    """Return the CPU time of one request, in microseconds, as the mean of some."""
    started = process_time_ns()
    for _ in range(requests):
        ask(application, environ)
    return (process_time_ns() - started) / requests / 1000


def measure(workload: Workload, rounds: int, requests: int) -> tuple[float, float, float]:
    """Return the median times of both sides, in microseconds, and the median ratio."""
    environ = environ_of(workload)
    ours, theirs, ratios = [], [], []
    for side in (workload.measured, workload.yardstick):
        microseconds(side, environ, requests)
    for _ in range(rounds):
        gc.collect()
        ours.append(microseconds(workload.measured, environ, requests))
        theirs.append(microseconds(workload.yardstick, environ, requests))
        ratios.append(ours[-1] / theirs[-1])
    return statistics.median(ours), statistics.median(theirs), statistics.median(ratios)


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmarks.

    Returns:
        0, or 1 where the two sides do not answer alike, so that a ratio would mean nothing.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only show that everything runs")
    rounds, requests = (2, 20) if parser.parse_args(arguments).quick else (15, 1000)
    with ExitStack() as stack:
        few, many = (
            stack.enter_context(shop.deployment(others)).applications["storefront_api"]
            for others in (5, 200)
        )
        by_hand = bare.application()
        compound = f"{PAGE}&include=makers,labels&{FIELDS}"
        workloads = [
            Workload("one", "/products/003", "", few, by_hand),
            Workload("page", "/products", PAGE, few, by_hand),
            Workload("compound", "/products", compound, few, by_hand),
            Workload("unknown", "/nowhere", "", few, by_hand),
            Workload("one, 200 plugins", "/products/003", "", many, few),
        ]
        print(f"{'workload':<20}{'glue µs':>10}{'yardstick µs':>14}{'ratio':>8}")  # noqa: T201
        for each in workloads:
            environ = environ_of(each)
            answers = [comparable(ask(side, environ)) for side in (each.measured, each.yardstick)]
            if answers[0] != answers[1]:
                shown = "\n".join(str(answer)[:2000] for answer in answers)
                print(f"{each.name}: the answers differ:\n{shown}")  # noqa: T201
                return 1
            ours, theirs, ratio = measure(each, rounds, requests)
            print(f"{each.name:<20}{ours:>10.1f}{theirs:>14.1f}{ratio:>8.2f}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
