"""Glue compiled: the folder that `glue compile` makes, when it is first needed, and who runs it."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from benchmarks.environment import ROOT, kept
from benchmarks.parts import Absent, Failed, tell
from glue_core.compiled import (
    GROUP,
    VARIABLE,
    CompiledFinder,
    digest_of,
    in_use,
    outdated,
    read,
    source_of,
)

PATIENCE = 900
"""Seconds that compiling may take."""
NEEDED = ("glue_core.flow", "glue_core.http")
"""Modules that every process which answers requests has."""
MADE_OF = "made-of.txt"


class NotCompiled(Failed):
    """Modules could not be compiled, or a process runs others than it was to run."""


def folder_of_compiled() -> Path:
    """Return the folder of the compiled modules, making it if need be.

    Raises:
        Absent: Cython, setuptools or a C compiler is missing.
        NotCompiled: ``glue compile`` failed.
    """
    folder = kept("compiled")
    wanted = made_of()
    if fits(folder, wanted):
        return folder
    missing = missing_tools()
    if missing:
        raise Absent(f"Glue is not compiled: there is no {', and no '.join(missing)}.")
    tell(f"Compiling Glue into {folder} ...")
    run([sys.executable, "-m", "glue_core.cli", "compile", str(folder)])
    (folder / MADE_OF).write_text(wanted, encoding="utf-8")
    return folder


def fits(folder: Path, wanted: str) -> bool:
    """Say whether a folder has what ``glue compile`` would make now.

    Args:
        folder: The folder, which may be missing.
        wanted: What it has to be made of, beside the modules.
    """
    try:
        modules = read(folder)
        found = (folder / MADE_OF).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return False
    declared = {point.value for point in importlib.metadata.entry_points(group=GROUP)}
    is_whole = declared == modules.keys() and found == wanted
    return is_whole and not outdated(CompiledFinder(folder, modules))


def made_of() -> str:
    """Return what compiled modules are made of, beside their sources: Python, Cython, the command.

    Source:
        What `glue_core.compiled.outdated` cannot see.
    """
    try:
        cython = importlib.metadata.version("cython")
    except importlib.metadata.PackageNotFoundError:
        cython = "missing"
    command = digest_of(source_of("glue_core.cli.compile") or os.devnull)
    return f"{sys.version}\nCython {cython}\nglue compile {command}\n"


def missing_tools() -> list[str]:
    """Return what is missing to compile, for people."""
    compiler = shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    header = Path(sysconfig.get_path("include"), "Python.h")
    tools = {
        "Cython (requirements-bench.txt)": importlib.util.find_spec("Cython") is not None,
        "setuptools (requirements-bench.txt)": importlib.util.find_spec("setuptools") is not None,
        f"C compiler {compiler!r}": shutil.which(compiler) is not None,
        f"{header}, which the C compiler reads": header.exists(),
    }
    return [name for name, is_there in tools.items() if not is_there]


def run(command: Sequence[str]) -> None:
    """Run what compiles, in a process of its own.

    Raises:
        NotCompiled: It failed.
    """
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    # It compiles sources, whatever of them was compiled before; and others' warnings are not ours.
    for name in (VARIABLE, "PYTHONWARNINGS"):
        variables.pop(name, None)
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=variables,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotCompiled(f"Glue was not compiled: {error}") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout)[-2000:]
        raise NotCompiled(f"Glue was not compiled; it ended with {done.returncode}:\n{said}")


def ensure(is_compiled: bool) -> None:
    """Make sure that this process runs what its figures are said to be of.

    Args:
        is_compiled: Whether Glue has to be compiled here: then every module that the folder has,
            and that was imported, must be from there. Else none may be.

    Raises:
        NotCompiled: It runs something else.
    """
    finder = in_use()
    if not is_compiled:
        if finder is not None:
            raise NotCompiled(f"Glue is to run as it is here, and {VARIABLE} says otherwise.")
        return
    if finder is None:
        raise NotCompiled(f"Glue is to run compiled here, and {VARIABLE} leads to nothing.")
    imported = {name for name in finder.modules if name in sys.modules}
    strange = sorted(name for name in imported.union(NEEDED) if not _is_from(finder, name))
    if strange:
        raise NotCompiled(
            f"Glue is to run compiled here, and these are not from {finder.folder}: "
            + ", ".join(strange)
        )


def _is_from(finder: CompiledFinder, name: str) -> bool:
    compiled, module = finder.modules.get(name), sys.modules.get(name)
    if compiled is None or module is None:
        return False
    return module.__file__ == str(finder.folder / compiled.file)
