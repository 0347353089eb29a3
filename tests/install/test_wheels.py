"""Wheels of all distributions, installed without the checkout, run the demo."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Protocol

import pytest

SECONDS = 120


class Environment(Protocol):
    """What the fixture ``environment`` gives."""

    directory: Path
    folder: Path

    def program(self, name: str) -> str: ...

    def variables(self) -> dict[str, str]: ...

    def run(self, program: str, *arguments: str) -> str: ...

    def pip_install(self, *what: str) -> None: ...


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> str:
    """Return the body of the first answer 200, or fail with what the process printed."""
    deadline = time.monotonic() + SECONDS
    last = "no answer"
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                body: bytes = answer.read()
                return body.decode()
        except urllib.error.HTTPError as error:
            last = f"{error.code} {error.read()!r}"
            error.close()
        except OSError as error:
            last = str(error)
        time.sleep(0.2)
    printed = log.read_text(encoding="utf-8", errors="replace")
    pytest.fail(f"{url} did not answer 200 in {SECONDS} seconds: {last}\n{printed}")


@pytest.mark.slow
def test_wheels_have_types_and_license(wheels: dict[str, Path]) -> None:
    """A wheel has its package with py.typed and no test; the core's has license and explorer."""
    for path in wheels.values():
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
        tops = {name.partition("/")[0] for name in names}
        (package,) = {top for top in tops if not top.endswith(".dist-info")}
        assert f"{package}/py.typed" in names
    with zipfile.ZipFile(wheels["core"]) as archive:
        assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())
        assert "glue_core/openapi/explorer/explorer.js" in archive.namelist()


@pytest.mark.slow
def test_wheels_run_the_demo(environment: Environment, wheels: dict[str, Path]) -> None:
    """``glue demo`` serves the shop's products from installed wheels alone."""
    core = wheels["core"]
    others = [str(path) for name, path in wheels.items() if name != "core"]
    environment.pip_install(f"glue-api-core[search] @ {core.as_uri()}", *others)
    port = free_port()
    log = environment.directory / "demo.log"

    with log.open("wb") as output:
        process = subprocess.Popen(
            [environment.program("glue"), "demo", "--port", str(port)],
            cwd=environment.directory,
            env=environment.variables(),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            body = wait_for(f"http://127.0.0.1:{port}/abstract-products", process, log)
        finally:
            os.kill(process.pid, signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(30)

    assert '"sku"' in body
    assert process.returncode in (0, -signal.SIGTERM), log.read_text(encoding="utf-8")
