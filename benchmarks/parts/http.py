"""Over HTTP: answers of a second of one worker, asked on the loopback interface.

Servers with answers made beforehand stand in the same table: what they bear is the most that a
framework behind the same worker could.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import bare
from benchmarks.contestants import CONTESTANTS, YARDSTICK
from benchmarks.contestants.adapting import adapted
from benchmarks.contestants.normalising import normalised
from benchmarks.driving import ask
from benchmarks.figures import Figure, shown
from benchmarks.loading import CONNECTIONS, Load, Refused, generator, loaded
from benchmarks.parts import Extent, tell
from benchmarks.requests import REQUESTS
from benchmarks.results import Result
from benchmarks.runtimes import Runtime, own, runtimes
from benchmarks.servers import (
    ASYNCHRONOUS,
    GRANIAN,
    THREADED,
    THREADED_OF_OTHERS,
    Kind,
    NotServed,
    asked,
    server,
)
from benchmarks.serving import ALONE, ALONE_ASGI
from benchmarks.tables import Table

WORKLOADS = ("one", "page", "compound")
TITLE = "Over HTTP"


@dataclass(frozen=True, slots=True)
class Served:
    """An application behind a server.

    Attributes:
        title: What it is called in the tables.
        name: Name of the contestant, or of what a server alone answers.
        kind: The server.
    """

    title: str
    name: str
    kind: Kind


def run(extent: Extent) -> Result:
    """Measure.

    Raises:
        Absent: There is no load generator.
    """
    tool = generator()
    rounds, seconds = (1, 1) if extent.quick else (5, 3)
    workloads = [name for name in WORKLOADS if extent.takes(name)]
    loads: dict[str, dict[Served, list[Load]]] = {each: {} for each in workloads}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        ports = _started(stack, folder)
        for workload in workloads:
            differing = _differing(workload, ports)
            if differing:
                return Result("http", TITLE, (), (), failure=differing)
            for number in range(rounds):
                tell(f"http: {workload}, round {number + 1} of {rounds}")
                for served, port in ports.items():
                    targets = [adapted(served.name, each).target for each in REQUESTS[workload]()]
                    try:
                        load = loaded(tool, port, targets, seconds, folder)
                    except Refused as error:
                        failure = f"{served.title} did not answer well under load: {error}"
                        return Result("http", TITLE, (), (), failure=failure)
                    loads[workload].setdefault(served, []).append(load)
    return _result(loads, tool, seconds)


def _started(stack: ExitStack, folder: Path) -> Mapping[Served, int]:
    """Start all servers, and return their ports; some of others may be left out, with a message."""
    prepared = {
        request.target: ask(bare.application(), request)[1].decode()
        for workload in WORKLOADS
        for request in REQUESTS[workload]()
    }
    (folder / "answers.json").write_text(json.dumps(prepared), encoding="utf-8")
    ports = {}
    for served, runtime in _wanted(runtimes(CONTESTANTS.values())).items():
        try:
            ports[served] = stack.enter_context(server(runtime, served.name, served.kind, folder))
        except NotServed as error:
            if served.name == ALONE or CONTESTANTS[served.name].is_ours:
                raise
            tell(f"{served.title} is left out. {error}")
    return ports


def _wanted(found: Mapping[str, Runtime]) -> Mapping[Served, Runtime]:
    """Return what is served, and with what: by gunicorn, and what is ours by Granian as well."""
    wanted: dict[Served, Runtime] = {}
    ours = {name: each for name, each in found.items() if CONTESTANTS[name].is_ours}
    wanted[Served("gunicorn alone, gthread", ALONE, THREADED)] = own()
    for name, runtime in ours.items():
        wanted[Served(CONTESTANTS[name].title, name, THREADED)] = runtime
    for name, runtime in found.items():
        each = CONTESTANTS[name]
        if each.is_ours:
            continue
        if each.is_asgi:
            wanted.setdefault(Served("gunicorn alone, uvicorn", ALONE_ASGI, ASYNCHRONOUS), runtime)
        kind = ASYNCHRONOUS if each.is_asgi else THREADED_OF_OTHERS
        wanted[Served(each.title, name, kind)] = runtime
    if find_spec("granian") is None:
        tell("There is no Granian; what it would serve is left out.")
        return wanted
    wanted[Served("Granian alone", ALONE, GRANIAN)] = own()
    for name, runtime in ours.items():
        wanted[Served(f"{CONTESTANTS[name].title}, by Granian", name, GRANIAN)] = runtime
    return wanted


def _differing(workload: str, ports: Mapping[Served, int]) -> str | None:
    request = REQUESTS[workload]()[0]
    port_of_yardstick = next(port for each, port in ports.items() if _is_yardstick(each))
    expected = normalised(workload, asked(port_of_yardstick, request.target))
    for served, port in ports.items():
        answer = asked(port, adapted(served.name, request).target)
        if normalised(workload, answer) != expected:
            return f"{served.title} answers {request.target} differently: {answer!r:.1000}"
    return None


def _is_yardstick(served: Served) -> bool:
    return served.name == YARDSTICK and served.kind is THREADED


def _result(loads: Mapping[str, Mapping[Served, list[Load]]], tool: str, seconds: int) -> Result:
    data = []
    rates: dict[str, list[str]] = {}
    delays: dict[str, list[str]] = {}
    for workload, of_all in loads.items():
        yardstick = [
            each.per_second for served in of_all if _is_yardstick(served) for each in of_all[served]
        ]
        for served, found in of_all.items():
            rate = Figure.of(each.per_second for each in found)
            ratio = Figure.of_ratios([each.per_second for each in found], yardstick)
            middle = Figure.of(each.middle for each in found)
            late = Figure.of(each.late for each in found)
            data.append(
                {
                    "workload": workload,
                    "contestant": served.name,
                    "server": served.kind.name,
                    "rate": rate.as_data("answers a second"),
                    "ratio": ratio.as_data("times Falcon by hand"),
                    "median": middle.as_data("ms"),
                    "late": late.as_data("ms"),
                    "generator": tool,
                    "seconds": seconds,
                    "connections": CONNECTIONS,
                }
            )
            rates.setdefault(served.title, []).append(
                f"{shown(rate.median)} ({shown(ratio.median)})"
            )
            delays.setdefault(served.title, []).append(
                f"{shown(middle.median)} / {shown(late.median)}"
            )
    varied = "" if tool == "wrk" else " ab asks for one target only."
    note = (
        f"Answers of a second, and in brackets the ratio to Falcon by hand under gunicorn; medians "
        f"of rounds of {seconds} s, which alternate. One worker, with four threads behind servers "
        f"of WSGI; {CONNECTIONS} connections, {tool} on the same machine, whose cores it shares "
        f"with the servers.{varied}"
    )
    late_note = "Median, and what 99 of 100 answers took at most."
    tables = (
        Table("Answers of a second", ("server", *loads), _rows(rates), note),
        Table("Milliseconds to an answer", ("server", *loads), _rows(delays), late_note),
    )
    return Result("http", TITLE, tables, tuple(data))


def _rows(cells: Mapping[str, list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple((title, *row) for title, row in cells.items())
