"""Orders that come through a pipe."""

import subprocess
import sys

from benchmarks.environment import ROOT

SCRIPT = """
import os
from benchmarks.orders import orders

def doubled(order):
    print("a library says something")
    os.write(1, b"and so does one that is written in C\\n")
    return order["number"] * 2

with orders() as follow:
    follow(doubled)
"""


def test_only_answers_are_answered() -> None:
    """Each line is answered by one of JSON, and whatever else is printed is none of them."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input='{"number": 2}\n{"number": 4}\n',
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    assert done.stdout == "4\n8\n"
    assert "a library says something" in done.stderr
    assert "written in C" in done.stderr
