"""Over HTTP: answers of a second under gunicorn with one worker, asked on the loopback interface.

Servers with answers made beforehand stand in the same table: what they bear is the most that a
framework behind the same worker could.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import bare
from benchmarks.contestants import CONTESTANTS, YARDSTICK
from benchmarks.contestants.adapting import adapted
from benchmarks.contestants.normalising import normalised
from benchmarks.driving import ask
from benchmarks.environment import python_of_others
from benchmarks.figures import Figure, shown
from benchmarks.loading import CONNECTIONS, Load, Refused, generator, loaded
from benchmarks.parts import Absent, Extent, tell
from benchmarks.requests import REQUESTS
from benchmarks.results import Result
from benchmarks.servers import ASYNCHRONOUS, THREADED, NotServed, asked, own_python, server
from benchmarks.serving import FLOORS
from benchmarks.tables import Table

WORKLOADS = ("one", "page", "compound")
TITLE = "Over HTTP, under gunicorn"


def run(extent: Extent) -> Result:
    """Measure.

    Raises:
        Absent: There is no load generator.
    """
    tool = generator()
    rounds, seconds = (1, 1) if extent.quick else (5, 3)
    workloads = [name for name in WORKLOADS if extent.takes(name)]
    loads: dict[str, dict[str, list[Load]]] = {each: {} for each in workloads}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        ports = _started(stack, folder)
        for workload in workloads:
            differing = _differing(workload, ports)
            if differing:
                return Result("http", TITLE, (), (), failure=differing)
            for number in range(rounds):
                tell(f"http: {workload}, round {number + 1} of {rounds}")
                for name, port in ports.items():
                    targets = [adapted(name, each).target for each in REQUESTS[workload]()]
                    try:
                        load = loaded(tool, port, targets, seconds, folder)
                    except Refused as error:
                        failure = f"{name} did not answer well under load: {error}"
                        return Result("http", TITLE, (), (), failure=failure)
                    loads[workload].setdefault(name, []).append(load)
    return _result(loads, tool, seconds)


def _started(stack: ExitStack, folder: Path) -> Mapping[str, int]:
    """Start all servers, and return their ports; some of others may be left out, with a message."""
    prepared = {
        request.target: ask(bare.application(), request)[1].decode()
        for workload in WORKLOADS
        for request in REQUESTS[workload]()
    }
    (folder / "answers.json").write_text(json.dumps(prepared), encoding="utf-8")
    wanted: dict[str, tuple[Path, Sequence[str]]] = {"gthread": (own_python(), THREADED)}
    wanted |= {each: (own_python(), THREADED) for each in ("glue", YARDSTICK)}
    try:
        others = python_of_others()
    except Absent as error:
        tell(str(error))
    else:
        wanted["uvicorn"] = (others, ASYNCHRONOUS)
        for each in CONTESTANTS.values():
            if not each.is_ours:
                settings = ASYNCHRONOUS if each.is_asgi else THREADED_OF_OTHERS
                wanted[each.name] = (others, settings)
    ports = {}
    for name, (python, chosen) in wanted.items():
        try:
            ports[name] = stack.enter_context(server(python, name, chosen, folder))
        except NotServed as error:
            if python == own_python():
                raise
            tell(f"{name} is left out. {error}")
    return ports


THREADED_OF_OTHERS = ("-k", "gthread", "--threads", "4", "--workers", "1", "--no-control-socket")
"""What Glue's settings come to, in an environment that has not got them."""


def _differing(workload: str, ports: Mapping[str, int]) -> str | None:
    request = REQUESTS[workload]()[0]
    expected = normalised(workload, asked(ports[YARDSTICK], request.target))
    for name, port in ports.items():
        answer = asked(port, adapted(name, request).target)
        if normalised(workload, answer) != expected:
            return f"{name} answers {request.target} differently: {answer!r:.1000}"
    return None


def _result(loads: Mapping[str, Mapping[str, list[Load]]], tool: str, seconds: int) -> Result:
    data = []
    rates: dict[str, list[str]] = {}
    delays: dict[str, list[str]] = {}
    for workload, of_all in loads.items():
        yardstick = [each.per_second for each in of_all[YARDSTICK]]
        for name, found in of_all.items():
            rate = Figure.of(each.per_second for each in found)
            ratio = Figure.of_ratios([each.per_second for each in found], yardstick)
            middle = Figure.of(each.middle for each in found)
            late = Figure.of(each.late for each in found)
            data.append(
                {
                    "workload": workload,
                    "contestant": name,
                    "rate": rate.as_data("answers a second"),
                    "ratio": ratio.as_data("times Falcon by hand"),
                    "median": middle.as_data("ms"),
                    "late": late.as_data("ms"),
                    "generator": tool,
                    "seconds": seconds,
                    "connections": CONNECTIONS,
                }
            )
            rates.setdefault(name, []).append(f"{shown(rate.median)} ({shown(ratio.median)})")
            delays.setdefault(name, []).append(f"{shown(middle.median)} / {shown(late.median)}")
    varied = "" if tool == "wrk" else " ab asks for one target only."
    note = (
        f"Answers of a second, and in brackets the ratio to Falcon by hand; medians of rounds of "
        f"{seconds} s, which alternate. One worker, {CONNECTIONS} connections, {tool} on the same "
        f"machine, whose cores it shares with the servers.{varied}"
    )
    late_note = "Median, and what 99 of 100 answers took at most."
    tables = (
        Table("Answers of a second", ("server", *loads), _rows(rates), note),
        Table("Milliseconds to an answer", ("server", *loads), _rows(delays), late_note),
    )
    return Result("http", TITLE, tables, tuple(data))


def _rows(cells: Mapping[str, list[str]]) -> tuple[tuple[str, ...], ...]:
    return tuple((_titled(name), *row) for name, row in cells.items())


def _titled(name: str) -> str:
    return FLOORS[name] if name in FLOORS else CONTESTANTS[name].title
