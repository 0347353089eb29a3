"""The demo as its users start it: a process on a free port, ended by the test that started it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def started_demo(folder: Path, *options: str) -> Iterator[str]:
    """Start the demo and return its base URL; it is ended when the block ends.

    Args:
        folder: Where its output and its temporary files are.
        options: Further options of ``glue demo``.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GLUE_")}
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "glue_core.cli", "demo", "--port", "0", *options],
            cwd=folder,
            env={**environment, "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _base_of(process, folder / "output")
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=90)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _base_of(process: subprocess.Popen[bytes], output: Path) -> str:
    """Wait until the demo says where it answers."""
    while True:
        text = output.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"answers at (http://127\.0\.0\.1:\d+)/", text)
        if found:
            return found[1]
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"The demo ended early:\n{output.read_text(encoding='utf-8')}")
