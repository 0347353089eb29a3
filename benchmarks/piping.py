"""Processes that are told by a pipe what to do, such as a contestant."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from benchmarks.driving import Answer
from benchmarks.environment import ROOT
from benchmarks.parts import Failed
from benchmarks.runtimes import Runtime


class Broken(Failed):
    """A process ended, or said what is no answer."""


class _Process:
    """A process that follows orders: see `benchmarks.orders`."""

    def __init__(self, runtime: Runtime, module: str, name: str) -> None:
        """Start it.

        Args:
            runtime: What it is started with.
            module: What it runs.
            name: Name of a contestant, which it is told.
        """
        self.name = name
        self._process = subprocess.Popen(
            [str(runtime.python), "-m", module, name],
            cwd=ROOT,
            env={**runtime.environment(), "PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
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

    def order(self, do: str, **more: Any) -> Any:
        """Give an order, and return the answer.

        Raises:
            Broken: It ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"do": do, **more}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise Broken(f"{self.name} ended with {self._process.wait()}; it says why above.")
        return json.loads(line)


class Piped(_Process):
    """A contestant: see `benchmarks.contestants.__main__`. What it is asked, it may break at."""

    def __init__(self, runtime: Runtime, name: str) -> None:
        """Start it.

        Args:
            runtime: What it is started with.
            name: Its name.
        """
        super().__init__(runtime, "benchmarks.contestants", name)

    def answers(self, workload: str) -> list[Answer]:
        """Return what it answers to each request of a workload."""
        found = self.order("answers", workload=workload)
        return [(status, body.encode()) for status, body in found]

    def microseconds(self, workload: str, count: int) -> float:
        """Return the CPU time of one request, in microseconds, as the mean of some."""
        return float(self.order("time", workload=workload, count=count))


class Sides(_Process):
    """Both sides of the workloads: see `benchmarks.sides`. What it is asked, it may break at."""

    def __init__(self, runtime: Runtime, name: str) -> None:
        """Start both.

        Args:
            runtime: What they are started with.
            name: Name of the contestant that is measured.
        """
        super().__init__(runtime, "benchmarks.sides", name)

    def workloads(self) -> Sequence[tuple[str, str]]:
        """Return the names of the workloads, and what each is compared with."""
        return [(name, by) for name, by in self.order("workloads")]

    def differing(self, workload: str) -> str | None:
        """Say how the two sides differ in what they answer, or return None."""
        found: str | None = self.order("differing", workload=workload)
        return found

    def round(self, workload: str, count: int) -> tuple[float, float]:
        """Return the CPU time of one request on either side, in microseconds."""
        ours, theirs = self.order("round", workload=workload, count=count)
        return ours, theirs

    def calls(self, workload: str) -> float:
        """Return the calls of Python functions of one request."""
        return float(self.order("calls", workload=workload))
