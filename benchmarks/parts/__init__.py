"""The parts of the benchmarks: each measures one thing and returns its tables."""

from __future__ import annotations

import sys
from dataclasses import dataclass


class Absent(Exception):
    """Something that a part needs is not installed; the part is left out with this message."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured.

    Attributes:
        quick: Only show that everything runs.
        names: Workloads, by the start of their names; empty for all.
    """

    quick: bool = False
    names: tuple[str, ...] = ()

    @property
    def rounds(self) -> int:
        """Rounds of everything that is compared."""
        return 2 if self.quick else 15

    def takes(self, workload: str) -> bool:
        """Say whether a workload is measured."""
        return not self.names or workload.startswith(self.names)


def tell(text: str) -> None:
    """Say what is going on, beside the tables."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - a command
