"""A contestant in a process of its own, which is told by a pipe what to do."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.driving import Answer
from benchmarks.environment import ROOT


class Broken(Exception):
    """A contestant ended, or said what is no answer."""


class Piped:
    """A contestant that follows orders: see `benchmarks.contestants.__main__`."""

    def __init__(self, python: Path, name: str) -> None:
        """Start it.

        Args:
            python: The interpreter that has what it needs.
            name: Its name.
        """
        self.name = name
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
        # Warnings of others' libraries are no errors of ours.
        environment.pop("PYTHONWARNINGS", None)
        self._process = subprocess.Popen(
            [str(python), "-m", "benchmarks.contestants", name],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def answers(self, workload: str) -> list[Answer]:
        """Return what it answers to each request of a workload.

        Raises:
            Broken: It ended.
        """
        found = self._order({"do": "answers", "workload": workload})
        return [(status, body.encode()) for status, body in found]

    def microseconds(self, workload: str, count: int) -> float:
        """Return the CPU time of one request, in microseconds, as the mean of some.

        Raises:
            Broken: It ended.
        """
        return float(self._order({"do": "time", "workload": workload, "count": count}))

    def __enter__(self) -> Piped:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it: it stops when its orders do."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _order(self, order: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Broken(f"{self.name} ended with {self._process.wait()}; it says why above.")
        return json.loads(line)
