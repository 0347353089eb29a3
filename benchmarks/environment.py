"""The environment of the frameworks of others: made when it is first needed, and kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.parts import Absent, tell

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = Path(__file__).parent / "contestants" / "requirements.txt"
PATIENCE = 900
"""Seconds that making the environment may take."""


def python_of_others() -> Path:
    """Return the Python that has the frameworks of others, making its environment if need be.

    It is of the version that runs the benchmarks, so that everybody runs on the same.

    Raises:
        Absent: It could not be made.
    """
    folder = place()
    python = folder / "bin" / "python"
    made_of = folder / "made-of.txt"
    wanted = f"{sys.version}\n{REQUIREMENTS.read_text(encoding='utf-8')}"
    if made_of.exists() and made_of.read_text(encoding="utf-8") == wanted:
        return python
    tell(f"Making an environment of the other frameworks in {folder} ...")
    _run([sys.executable, "-m", "venv", "--clear", str(folder)])
    _run([str(python), "-I", "-m", "pip", "install", "-q", "-r", str(REQUIREMENTS)])
    made_of.write_text(wanted, encoding="utf-8")
    return python


def place() -> Path:
    """Return the folder of the environment: inside the one that runs, or in the user's cache."""
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / "contestants"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return cache / "glue-benchmarks" / f"contestants-{version}"


def _run(command: Sequence[str]) -> None:
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Absent(f"The environment of the other frameworks was not made: {error}") from error
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if not line.startswith("WARNING")]
        raise Absent(
            "The environment of the other frameworks was not made: "
            + (said[-1] if said else f"{command[0]} ended with {done.returncode}.")
        )
