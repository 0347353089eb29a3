"""Granian knows nothing of Glue, and serves a deployment as gunicorn does with its settings."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

PATIENCE = 60.0
"""Seconds that a server may take to begin and to end."""

PROBE = """
from glue_core import served
from glue_core.deployment import Deployment

close = Deployment.close

def closing(deployment):
    with open("closed", "a") as file:
        file.write("yes ")
    close(deployment)

Deployment.close = closing

def create():
    host = served.create()
    with open("started", "a") as file:
        file.write(str(host.deployment.is_started))
    return host
"""

needs_granian = pytest.mark.skipif(find_spec("granian") is None, reason="There is no Granian.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the settings of a deployment, and a module that watches it."""
    settings = 'serve = ["magazine_api"]\n[logging]\nformat = "json"\naccess = true\n'
    (tmp_path / "glue.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "probe_of_served.py").write_text(PROBE, encoding="utf-8")
    return tmp_path


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of programs that run in the folder."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("GLUE_")}
    return {**others, "PYTHONPATH": str(folder)}


def migrate(folder: Path) -> None:
    """Bring the database of the deployment to the newest version."""
    command = [sys.executable, "-m", "glue_core.cli", "migrate"]
    subprocess.run(command, cwd=folder, env=environment(folder), check=True, capture_output=True)


@contextmanager
def granian(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Serve the deployment, and stop at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    place = ["--host", "127.0.0.1", "--port", str(port)]
    options = ["--interface", "wsgi", "--workers", "1", "--blocking-threads", "2", "--no-ws"]
    command = [sys.executable, "-m", "granian", *options, *place, "--factory"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "probe_of_served:create"],
            cwd=folder,
            env=environment(folder),
            stdout=log,
            stderr=log,
        )
    try:
        yield process, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE)


def asked(port: int, process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    """Return status and body of the articles, as soon as the server answers."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            headers = {"Host": "magazine-api.localhost", "X-Request-Id": "asked-by-a-test"}
            connection.request("GET", "/articles", headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    pytest.fail("The server did not begin.")


def wait_for(text: bytes, folder: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the log of the server has a text, or the server has ended."""
    end = time.monotonic() + PATIENCE
    while text not in (folder / "log").read_bytes():
        if process.poll() is not None or time.monotonic() > end:
            return
        time.sleep(0.1)


@needs_granian
def test_deployment_is_served_begun_and_closed(folder: Path) -> None:
    """Plugins have started up, lines are those of the settings, and at the end all is closed."""
    migrate(folder)

    with granian(folder) as (process, port):
        status, body = asked(port, process)
        # The line of a request is written once its answer was sent.
        wait_for(b"asked-by-a-test", folder, process)

    assert (status, json.loads(body)) == (200, [])
    assert (folder / "started").read_text(encoding="utf-8") == "True"
    assert "yes" in (folder / "closed").read_text(encoding="utf-8")
    lines = (folder / "log").read_text(encoding="utf-8").splitlines()
    (line,) = [json.loads(each) for each in lines if "asked-by-a-test" in each]
    assert (line["logger"], line["status"]) == ("glue.access", 200)


@needs_granian
def test_unmigrated_database_is_refused(folder: Path) -> None:
    """Where migrations are missing nothing is served, and the log says what to do."""
    with granian(folder) as (process, _):
        wait_for(b"glue migrate", folder, process)

    assert "Run 'glue migrate'." in (folder / "log").read_text(encoding="utf-8")
    assert not (folder / "started").exists()
