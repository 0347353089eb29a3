"""Instructions of the processor per request, counted by callgrind: hardly two runs differ.

The count is the difference between N and twice N requests, so that whatever else a process does
falls out: see `benchmarks.repeating`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.contestants import CONTESTANTS, YARDSTICK
from benchmarks.environment import ROOT
from benchmarks.figures import rounded, shown
from benchmarks.parts import Absent, Extent, tell
from benchmarks.requests import REQUESTS
from benchmarks.results import Result
from benchmarks.tables import Table

PATIENCE = 1800
"""Seconds that one contestant may take."""
TOTALS = re.compile(r"^totals: (\d+)", re.MULTILINE)


def run(extent: Extent) -> Result:
    """Count.

    Raises:
        Absent: There is no valgrind.
    """
    if shutil.which("valgrind") is None:
        raise Absent("Instructions are not counted: there is no valgrind (Debian: valgrind).")
    count = 5 if extent.quick else 100
    workloads = [name for name in REQUESTS if extent.takes(name)]
    counted = {}
    for name in ("glue", YARDSTICK):
        tell(f"instructions: {name}")
        counted[name] = count_of(name, count, workloads)
    rows, data = [], []
    for workload in workloads:
        ours, theirs = counted["glue"][workload], counted[YARDSTICK][workload]
        rows.append((workload, shown(ours / 1000), shown(theirs / 1000), shown(ours / theirs)))
        data += [
            {"workload": workload, "contestant": name, "instructions": rounded(found[workload])}
            for name, found in counted.items()
        ]
    table = Table(
        "Instructions of a request, in thousands",
        ("workload", "Glue", CONTESTANTS[YARDSTICK].title, "ratio"),
        tuple(rows),
        f"Counted by callgrind: the difference between {count} and {2 * count} requests.",
    )
    return Result("instructions", "Instructions", (table,), tuple(data))


def count_of(name: str, count: int, workloads: Sequence[str]) -> Mapping[str, float]:
    """Return the instructions of a request by workload.

    Args:
        name: Name of a contestant that is a WSGI application.
        count: Number of requests, of which twice as many are made as well.
        workloads: Names of workloads.

    Raises:
        Absent: Valgrind failed.
    """
    with TemporaryDirectory() as folder:
        command = [
            "valgrind",
            "--tool=callgrind",
            "--instr-atstart=no",
            f"--callgrind-out-file={folder}/%p",
            sys.executable,
            *("-m", "benchmarks.repeating", name, str(count), *workloads),
        ]
        # Where names lie in dictionaries, and so what a look-up costs, depends on the hash.
        environment = {**os.environ, "PYTHONHASHSEED": "0"}
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode != 0:
            raise Absent(f"Instructions are not counted: valgrind failed.\n{done.stderr[-2000:]}")
        found = {}
        for line in done.stdout.splitlines():
            said = json.loads(line)
            counts = [_total(Path(folder) / str(pid)) for pid in said["pids"]]
            found[said["workload"]] = per_request(counts, count)
        return found


def per_request(counts: Sequence[int], count: int) -> float:
    """Return the instructions of one request.

    Args:
        counts: What three forks counted: with so many requests, with twice as many, and again
            with as many as the first. What the forks inherit grows evenly, so the mean of the first
            and the last is what the second would have counted with half its requests.
        count: Number of requests of the first.
    """
    first, second, third = counts
    return (second - (first + third) / 2) / count


def _total(file: Path) -> int:
    match = TOTALS.search(file.read_text(encoding="utf-8", errors="replace"))
    if match is None:
        raise Absent(f"Instructions are not counted: callgrind wrote no total into {file.name}.")
    return int(match[1])
