"""A fuzzer of others, schemathesis, reads the document of the old application and calls it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.openapi

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CONFIG = HERE / "legacy.toml"
CUSTOMER = {"username": "nora.winter@example.com", "password": "Nora-likes-1-lamp"}
EXAMPLES = 100
"""Requests for each operation and phase at most, beside those that its schemas ask for."""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The old application of a demo on a free port; its address."""
    folder = tmp_path_factory.mktemp("demo")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GLUE_")}
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "glue_core.cli", "demo", "--port", "0", "--products", "30"],
            cwd=folder,
            env={**environment, "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield f"{_address(process, folder / 'output')}/legacy_api"
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=90)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], output: Path) -> str:
    """Wait until the demo says where it answers."""
    for _ in range(1800):
        found = re.search(r"The demo answers at (http://\S+?)/?\s", output.read_text("utf-8"))
        if found is not None:
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError(f"The demo did not start:\n{output.read_text('utf-8')}")


def token(old: str) -> str:
    """Log a customer in."""
    form = urlencode({"grant_type": "password", **CUSTOMER}).encode()
    with urllib.request.urlopen(f"{old}/token", form, timeout=60) as answer:
        found: str = json.load(answer)["access_token"]
    return found


@pytest.mark.parametrize("is_known", [False, True], ids=["guest", "customer"])
def test_contract_holds(old: str, tmp_path: Path, is_known: bool) -> None:
    """Whatever is sent, the answer is as the document says; and what it allows is accepted."""
    pytest.importorskip("schemathesis", reason="schemathesis calls the old application.")
    headers = ["-H", f"Authorization: Bearer {token(old)}"] if is_known else []
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG)),
            *("run", f"{old}/docs.json", *headers),
            *("--checks", "all", "--phases", "examples,coverage,fuzzing,stateful"),
            *("--max-examples", str(EXAMPLES), "--continue-on-failure"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout[-20000:]}\n{done.stderr[-5000:]}"
