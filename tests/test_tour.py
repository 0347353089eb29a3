"""The README's tour of the shop, run as it stands against a demo of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOUR = re.compile(r"^```sh tour\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ADDRESS = "http://127.0.0.1:8000"
ANSWERS = re.compile(r"answers at (http://127\.0\.0\.1:\d+)/")
PATIENCE = 180
"""Seconds that the tour may take on a busy machine; it takes a few."""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """Start the demo with few products on a free port, and return its address."""
    environment = {name: value for name, value in os.environ.items() if name[:5] != "GLUE_"}
    (tmp_path / "temporary").mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "glue_core.cli", "demo", "--port", "0", "--products", "2"],
        cwd=tmp_path,
        env={**environment, "TMPDIR": str(tmp_path / "temporary"), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    said: list[str] = []
    try:
        for line in process.stdout:
            said.append(line)
            found = ANSWERS.search(line)
            if found is not None:
                break
        else:
            raise AssertionError(f"The demo ended early: {''.join(said)}")
        yield found[1]
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_tour(demo: str, tmp_path: Path) -> None:
    """A token, a product changed in the backend and read in the storefront, refresh, revocation."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed.")
    (script,) = TOUR.findall((ROOT / "README.md").read_text("utf-8"))
    assert ADDRESS in script
    (tmp_path / "tour").mkdir()

    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script.replace(ADDRESS, demo)],
        cwd=tmp_path / "tour",
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert done.stderr == ""
    assert done.stdout.split("\n") == ["200", "Kettle of the year", "401", ""]
