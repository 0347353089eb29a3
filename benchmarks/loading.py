"""Load generators: wrk, or ab where that is missing. Both are packages of Debian."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import MEDIA_TYPE
from benchmarks.parts import Absent

CONNECTIONS = 8
"""Connections that stay open and ask again as soon as they have an answer."""

_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class Refused(Exception):
    """Some answers were no success, or connections failed: the figures mean nothing."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server bore.

    Attributes:
        per_second: Answers of a second.
        middle: Median of the times to an answer, in milliseconds.
        late: What 99 of 100 answers took at most, in milliseconds.
    """

    per_second: float
    middle: float
    late: float


def generator() -> str:
    """Return the name of the load generator that is installed.

    Raises:
        Absent: There is none.
    """
    for name in ("wrk", "ab"):
        if shutil.which(name):
            return name
    raise Absent("There is no load generator (Debian: wrk, or apache2-utils for ab).")


def loaded(name: str, port: int, targets: Sequence[str], seconds: int, folder: Path) -> Load:
    """Ask a server on the loopback interface as often as it can answer.

    Args:
        name: Name of the load generator; ``ab`` knows one target only and takes the first.
        port: Its port.
        targets: Paths with queries, which are asked for in turn.
        seconds: How long, from 1.
        folder: For the script of wrk.

    Raises:
        Refused: Not every answer was a success.
    """
    origin = f"http://127.0.0.1:{port}"
    accept = f"Accept: {MEDIA_TYPE}"
    if name == "wrk":
        script = folder / "requests.lua"
        script.write_text(lua(targets), encoding="utf-8")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-H", accept]
        return wrk_said(_said([*command, "-s", str(script), origin], seconds))
    command = ["ab", "-q", "-k", "-l", "-r", f"-c{CONNECTIONS}", f"-t{seconds}", "-n10000000"]
    return ab_said(_said([*command, "-H", accept, origin + targets[0]], seconds))


def lua(targets: Sequence[str]) -> str:
    """Return the script that has wrk ask for targets in turn."""
    listed = ",\n".join(f"  {json.dumps(each)}" for each in targets)
    return (
        f"local targets = {{\n{listed}\n}}\n"
        "local made = {}\n"
        "local number = 0\n"
        "init = function(args)\n"
        "  for place, target in ipairs(targets) do made[place] = wrk.format(nil, target) end\n"
        "end\n"
        "request = function()\n"
        "  number = number % #made + 1\n"
        "  return made[number]\n"
        "end\n"
    )


def wrk_said(text: str) -> Load:
    """Read what wrk printed.

    Raises:
        Refused: Not every answer was a success, or it printed something else.
    """
    if "Non-2xx" in text or "Socket errors" in text:
        raise Refused(text)
    found = re.search(r"Requests/sec:\s*([\d.]+)", text)
    middle = re.search(r"\s50%\s+([\d.]+)(us|ms|s|m)\b", text)
    late = re.search(r"\s99%\s+([\d.]+)(us|ms|s|m)\b", text)
    if found is None or middle is None or late is None:
        raise Refused(text)
    return Load(
        float(found[1]),
        float(middle[1]) * _UNITS[middle[2]],
        float(late[1]) * _UNITS[late[2]],
    )


def ab_said(text: str) -> Load:
    """Read what ab printed.

    Raises:
        Refused: Not every answer was a success, or it printed something else.
    """
    failed = re.search(r"Failed requests:\s*(\d+)", text)
    if "Non-2xx" in text or failed is None or failed[1] != "0":
        raise Refused(text)
    found = re.search(r"Requests per second:\s*([\d.]+)", text)
    middle = re.search(r"^\s*50%\s+(\d+)", text, re.MULTILINE)
    late = re.search(r"^\s*99%\s+(\d+)", text, re.MULTILINE)
    if found is None or middle is None or late is None:
        raise Refused(text)
    return Load(float(found[1]), float(middle[1]), float(late[1]))


def _said(command: Sequence[str], seconds: int) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=seconds + 60, check=False
    )
    if done.returncode != 0:
        raise Refused(f"{command[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout
