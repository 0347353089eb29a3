"""What it costs to start with many plugins: fresh processes with distributions that are made up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.environment import ROOT
from benchmarks.figures import Figure, shown, shown_range
from benchmarks.growth.generated import generate
from benchmarks.parts import Extent, tell
from benchmarks.tables import Table

PATIENCE = 300
"""Seconds that a process may take."""
MIB = 1024**2


def starts_with(plugins: int, extent: Extent) -> Mapping[str, list[float]]:
    """Return what fresh processes with so many plugins cost: seconds and MiB, by what it is."""
    tell(f"scaling: start with {plugins} plugins")
    found: dict[str, list[float]] = {}
    with TemporaryDirectory() as folder:
        names = generate(Path(folder), plugins)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), folder))}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        command = [sys.executable, "-m", "benchmarks.growth.starting", *names]
        # The first one compiles the modules, which happens once when they are installed.
        for number in range(2 if extent.quick else 8):
            began = time.perf_counter()
            with subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
            ) as process:
                assert process.stdout is not None
                line = process.stdout.readline()
                passed = time.perf_counter() - began
                rest = process.stdout.read()
                process.wait(PATIENCE)
            if not rest:
                raise RuntimeError(
                    "A process with made-up plugins did not start; it says why above."
                )
            said = {**json.loads(line), **json.loads(rest)}
            if number:
                found.setdefault("seconds", []).append(passed)
                found.setdefault("cpu", []).append(said["cpu"])
                found.setdefault("memory", []).append(said["memory"] / MIB)
                found.setdefault("worker", []).append(said["worker"] / MIB)
    return found


def table_of(starts: Mapping[int, Mapping[str, list[float]]]) -> Table:
    """Return the table."""
    rows = []
    for number, found in starts.items():
        figures = {name: Figure.of(values) for name, values in found.items()}
        rows.append(
            (
                str(number),
                shown_range(figures["seconds"]),
                shown_range(figures["cpu"]),
                shown(figures["memory"].median),
                shown(figures["worker"].median),
            )
        )
    note = (
        "From the start of the process to the first answer; the memory of the process then, which "
        "is that of a worker that shares nothing, and what a worker has for itself when it was "
        "forked (`preload_app`) and answered 200 requests."
    )
    columns = ("other plugins", "seconds", "of CPU", "MiB", "MiB of a forked worker")
    return Table("Start and memory, by the number of other plugins", columns, tuple(rows), note)
