"""Over real services: the demo's catalog as it was published, and articles that are kept.

What a server of others works is not CPU time of this process; so the time that passes is measured.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import catalog, press
from benchmarks.driving import Wsgi, ask
from benchmarks.figures import Figure, shown
from benchmarks.parts import Extent, tell
from benchmarks.requests import REQUESTS, Request
from benchmarks.results import Result
from benchmarks.tables import Table
from glue_core.testing.postgresql import find_binaries, postgresql_server

MEMORY, SQLITE, POSTGRESQL = "in memory", "SQLite", "PostgreSQL"
TITLE = "Over services"
NOTE = (
    "Microseconds that pass during a request, and in brackets the ratio to the answer from memory; "
    "medians of the rounds, which alternate. From memory: documents and lists that were read once, "
    "articles that are forgotten. SQLite: files. PostgreSQL: on the same machine, without waiting "
    "for the disk."
)

Times = dict[str, dict[str, list[tuple[float, float]]]]
"""Microseconds that passed and those of CPU, by workload, variant and round."""


def run(extent: Extent) -> Result:
    """Measure."""
    products = 30 if extent.quick else 240
    count = 5 if extent.quick else 200
    with ExitStack() as stack:
        databases = _databases(stack)
        reading, writing = _deployments(stack, databases, products)
        workloads: dict[str, tuple[Mapping[str, Wsgi], Sequence[Request]]] = {
            name: (reading, requests)
            for name, requests in catalog.reading_requests(
                catalog.published(reading[SQLITE])
            ).items()
        }
        workloads["create"] = (writing, REQUESTS["create"]())
        times: Times = {}
        for name, (sides, requests) in workloads.items():
            if not extent.takes(name):
                continue
            tell(f"services: {name}")
            differing = _differing(name, sides, requests)
            if differing:
                return Result("services", TITLE, (), (), failure=differing)
            times[name] = {variant: [] for variant in sides}
            for _ in range(extent.rounds):
                gc.collect()
                for variant, side in sides.items():
                    times[name][variant].append(timed(side, requests, count))
    return _result(times)


def timed(application: Wsgi, requests: Sequence[Request], count: int) -> tuple[float, float]:
    """Return the microseconds that pass during a request, and those of CPU, as means of some."""
    varied = [requests[number % len(requests)] for number in range(count)]
    began, worked = time.perf_counter_ns(), time.process_time_ns()
    for request in varied:
        ask(application, request)
    worked, passed = time.process_time_ns() - worked, time.perf_counter_ns() - began
    return passed / count / 1000, worked / count / 1000


def _databases(stack: ExitStack) -> Mapping[str, Sequence[str | None]]:
    """Return URLs by variant: of the catalog's database and of the magazine's; None for files."""
    found: dict[str, Sequence[str | None]] = {SQLITE: (None, None)}
    if find_binaries() is None:
        tell("PostgreSQL is left out: it is not installed (Debian: postgresql).")
    else:
        server = stack.enter_context(postgresql_server())
        found[POSTGRESQL] = (server.make_database(), server.make_database())
    return found


def _deployments(
    stack: ExitStack, databases: Mapping[str, Sequence[str | None]], products: int
) -> tuple[Mapping[str, Wsgi], Mapping[str, Wsgi]]:
    """Import and publish everywhere, and return what reads and what writes, by variant."""

    def folder() -> Path:
        return Path(stack.enter_context(TemporaryDirectory()))

    forgetting = stack.enter_context(press.deployment(folder()))
    reading: dict[str, Wsgi] = {}
    writing: dict[str, Wsgi] = {MEMORY: catalog.application_of(forgetting)}
    for variant, (of_catalog, of_magazine) in databases.items():
        tell(f"services: import and publish {products} products over {variant}")
        place = folder()
        storefront = stack.enter_context(catalog.storefront(catalog.urls(place, of_catalog)))
        catalog.publish(storefront, place / "import", products)
        if variant == SQLITE:
            remembered = stack.enter_context(catalog.storefront(catalog.remembered(place)))
            reading[MEMORY] = catalog.application_of(remembered)
        reading[variant] = catalog.application_of(storefront)
        kept = stack.enter_context(catalog.magazine(catalog.urls(folder(), of_magazine)))
        writing[variant] = catalog.application_of(kept)
    return reading, writing


def _differing(workload: str, sides: Mapping[str, Wsgi], requests: Sequence[Request]) -> str | None:
    """Say which variant answers differently, or not at all; every request is sent once."""
    wanted = "201" if workload == "create" else "200"
    for request in requests:
        answers = {variant: ask(side, request) for variant, side in sides.items()}
        # An article that is kept has an id of its own.
        alike = workload == "create" or len({body for _, body in answers.values()}) == 1
        if not alike or any(not status.startswith(wanted) for status, _ in answers.values()):
            return f"{workload}: the answers to {request.target} differ: {answers!r:.2000}"
    return None


def _result(times: Times) -> Result:
    data, rows = [], []
    variants = list(next(iter(times.values()), {}))
    for workload, of_all in times.items():
        cells = []
        base = [passed for passed, _ in of_all[MEMORY]]
        for variant, found in of_all.items():
            passed = Figure.of(each for each, _ in found)
            ratio = Figure.of_ratios([each for each, _ in found], base)
            cells.append(f"{shown(passed.median)} ({shown(ratio.median)})")
            data.append(
                {
                    "workload": workload,
                    "services": variant,
                    "elapsed": passed.as_data("µs"),
                    "time": Figure.of(each for _, each in found).as_data("µs of CPU"),
                    "ratio": ratio.as_data("times the answer from memory"),
                }
            )
        rows.append((workload, *cells))
    table = Table("Microseconds of a request", ("workload", *variants), tuple(rows), NOTE)
    return Result("services", TITLE, (table,), tuple(data))
