"""The README's tour of the shop, run as it stands against a demo of its own."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo import running_demo

ROOT = Path(__file__).resolve().parent.parent
TOUR = re.compile(r"^```sh tour\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ADDRESS = "http://127.0.0.1:8000"
PATIENCE = 180
"""Seconds that the tour may take on a busy machine; it takes a few."""


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[str]:
    """Start the demo with few products on a free port, and return its address."""
    folder = tmp_path / "demo"
    folder.mkdir()
    with running_demo(folder, products=2) as url:
        yield url


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
