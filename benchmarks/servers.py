"""Servers with one worker, on a free port of the loopback interface."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import serving
from benchmarks.data import MEDIA_TYPE
from benchmarks.driving import Answer
from benchmarks.environment import ROOT
from benchmarks.parts import Failed
from benchmarks.runtimes import Runtime

PATIENCE = 60.0
"""Seconds that a server may take to begin and to end."""

THREADS = 4
"""Threads of a worker that has some: those of `glue_core.gunicorn`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of server.

    Attributes:
        name: Its name in the tables.
        module: Module that Python runs: ``gunicorn`` or ``granian``.
        settings: Its options.
    """

    name: str
    module: str
    settings: tuple[str, ...]

    def command(self, port: int) -> list[str]:
        """Return the arguments of Python that serve `benchmarks.serving` on a port."""
        application = f"{serving.__name__}:application"
        if self.module == "granian":
            place = ["--host", "127.0.0.1", "--port", str(port), "--factory", application]
        else:
            place = ["-b", f"127.0.0.1:{port}", f"{application}()"]
        return ["-m", self.module, *self.settings, *place]


THREADED = Kind(
    "gunicorn, gthread",
    "gunicorn",
    ("-c", "python:glue_core.gunicorn", "--workers", "1", "--max-requests", "0"),
)
"""What Glue's settings say: threads; but one worker, which is not replaced while it is measured."""
THREADED_OF_OTHERS = Kind(
    "gunicorn, gthread",
    "gunicorn",
    ("-k", "gthread", "--threads", str(THREADS), "--workers", "1", "--no-control-socket"),
)
"""What Glue's settings come to, in an environment that has not got them."""
ASYNCHRONOUS = Kind(
    "gunicorn, uvicorn",
    "gunicorn",
    ("-k", "uvicorn_worker.UvicornWorker", "--workers", "1", "--no-control-socket"),
)
"""What the documentation of uvicorn says."""
GRANIAN = Kind(
    "Granian",
    "granian",
    ("--interface", "wsgi", "--workers", "1", "--blocking-threads", str(THREADS), "--no-ws"),
)
"""A server of WSGI whose own part is not written in Python."""


class NotServed(Failed):
    """A server did not begin; its log says why."""


@contextmanager
def server(runtime: Runtime, name: str, kind: Kind, folder: Path) -> Iterator[int]:
    """Serve an application, and yield the port.

    Args:
        runtime: What it is started with; it has the server and what the application needs.
        name: Name of the application, for `benchmarks.serving.application`.
        kind: The server.
        folder: For its log; the file ``answers.json`` in there is what servers alone answer.

    Raises:
        NotServed: It did not begin.
    """
    port = _free_port()
    answers = str(folder / "answers.json")
    environment = {**runtime.environment(), serving.ANSWERS: answers, serving.SERVED: name}
    log = folder / f"{kind.module}-{name}.log"
    command = [str(runtime.python), *kind.command(port)]
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
