"""The PostgreSQL server that tests start."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from glue_core.testing.postgresql import find_binaries

PATIENCE = 60

STARTS = """
import time
from pathlib import Path
from glue_core.testing.postgresql import postgresql_server

with postgresql_server() as server:
    data = Path(f"/proc/{server.pid}/cwd").resolve()
    print(server.pid, data.parent, flush=True)
    time.sleep(600)
"""


def becomes(condition: Callable[[], bool]) -> bool:
    """Wait for something to become true."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.skipif(find_binaries() is None, reason="PostgreSQL is not installed.")
def test_server_ends_with_a_killed_run() -> None:
    """A run of tests that is killed leaves neither a server nor its files."""
    process = subprocess.Popen([sys.executable, "-c", STARTS], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process, process.stdout:
        pid, folder = process.stdout.readline().split()
        assert Path(f"/proc/{pid}").exists()
        assert Path(folder, "data").is_dir()
        process.kill()

    assert becomes(lambda: not Path(f"/proc/{pid}").exists())
    assert becomes(lambda: not Path(folder).exists())
