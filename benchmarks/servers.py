"""gunicorn with one worker, on a free port of the loopback interface."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.data import MEDIA_TYPE
from benchmarks.driving import Answer
from benchmarks.environment import ROOT
from benchmarks.serving import ANSWERS

PATIENCE = 60.0
"""Seconds that a server may take to begin and to end."""

THREADED = ("-c", "python:glue_core.gunicorn", "--workers", "1", "--max-requests", "0")
"""What Glue's settings say: threads; but one worker, which is not replaced while it is measured."""
ASYNCHRONOUS = ("-k", "uvicorn_worker.UvicornWorker", "--workers", "1", "--no-control-socket")
"""What the documentation of uvicorn says."""


class NotServed(Exception):
    """A server did not begin; its log says why."""


@contextmanager
def server(python: Path, name: str, settings: Sequence[str], folder: Path) -> Iterator[int]:
    """Serve an application, and yield the port.

    Args:
        python: The interpreter that has gunicorn and what the application needs.
        name: Its name, for `benchmarks.serving.application`.
        settings: Those of gunicorn.
        folder: For its log; the file ``answers.json`` in there is what servers alone answer.

    Raises:
        NotServed: It did not begin.
    """
    port = _free_port()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        ANSWERS: str(folder / "answers.json"),
    }
    environment.pop("PYTHONWARNINGS", None)
    log = folder / f"{name}.log"
    application = f'benchmarks.serving:application("{name}")'
    command = [str(python), "-m", "gunicorn", *settings, "-b", f"127.0.0.1:{port}", application]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
    try:
        _wait(process, port, log)
        yield port
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def asked(port: int, target: str) -> Answer:
    """Ask a server once."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", target, headers={"Accept": MEDIA_TYPE})
        answer = connection.getresponse()
        return f"{answer.status} {answer.reason}", answer.read()
    finally:
        connection.close()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            asked(port, "/products/001")
        except OSError:
            time.sleep(0.1)
        else:
            return
    said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
    raise NotServed(f"The server did not begin:\n{said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def own_python() -> Path:
    """Return the interpreter that runs."""
    return Path(sys.executable)
