"""With which interpreter, and in which environment, each contestant runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.compiled import folder_of_compiled
from benchmarks.contestants import Contestant
from benchmarks.environment import ROOT, python_of_others
from benchmarks.parts import Absent, tell
from glue_core.compiled import VARIABLE


@dataclass(frozen=True, slots=True)
class Runtime:
    """What a process is started with.

    Attributes:
        python: The interpreter that has what it needs.
        variables: What its environment has beside that of this process.
    """

    python: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        """Return the environment of the process: compiled modules only where they are wanted."""
        found = {**os.environ, "PYTHONPATH": str(ROOT)}
        # Warnings of others' libraries are no errors of ours.
        for name in (VARIABLE, "PYTHONWARNINGS"):
            found.pop(name, None)
        return {**found, **self.variables}


def own() -> Runtime:
    """Return that of Glue as it is, and of what is written by hand: the interpreter that runs."""
    return Runtime(Path(sys.executable))


def compiled() -> Runtime:
    """Return that of Glue compiled, which is compiled if need be.

    Raises:
        Absent: It cannot be.
    """
    return Runtime(Path(sys.executable), {VARIABLE: str(folder_of_compiled())})


def others() -> Runtime:
    """Return that of the frameworks of others, whose environment is made if need be.

    Raises:
        Absent: It cannot be.
    """
    return Runtime(python_of_others())


def runtimes(contestants: Iterable[Contestant]) -> Mapping[str, Runtime]:
    """Return the runtimes of contestants by name; who has none is left out, with a message."""
    made: dict[Callable[[], Runtime], Runtime | None] = {}
    found = {}
    for each in contestants:
        make = compiled if each.is_compiled else own if each.is_ours else others
        if make not in made:
            try:
                made[make] = make()
            except Absent as error:
                tell(str(error))
                made[make] = None
        runtime = made[make]
        if runtime is None:
            tell(f"{each.title} is left out.")
        else:
            found[each.name] = runtime
    return found
