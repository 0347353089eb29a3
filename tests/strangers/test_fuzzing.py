"""Schemathesis sends the demo what its documents allow, and what they do not, and finds nothing.

The document of one convention says all there is to say of requests in it, so each convention is
tried by itself, with the header ``Accept`` that selects it. What the tool may find that is no fault
is named in ``fuzzing_hooks.py``.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.openapi

ROOT = Path(__file__).parents[2]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")

EXAMPLES = 100
"""Requests made up for each operation, beside those that follow from the document."""

PATIENCE = 120.0
"""Seconds that a server may take to answer for the first time."""

ACCEPT = {
    "hal": "application/hal+json",
    "json_api": "application/vnd.api+json",
    "plain": "application/json",
}
"""What a client says who wants a convention."""

CUSTOMER = ("nora.winter@example.com", "Nora-likes-1-lamp")
OFFICE = ("petra.lang@example.com", "Petra-runs-1-office")
NOBODY = None


@dataclass(frozen=True, slots=True)
class Shop:
    """A demo of its own for one run of the tool.

    Attributes:
        folder: Where its settings and its data are.
        url: Address of the application, without a slash at the end.
        environment: Environment of programs that are to find the settings.
    """

    folder: Path
    url: str
    environment: dict[str, str]

    def document(self, application: str, convention: str) -> Path:
        """Write the document of one convention into a file, and return where it is."""
        command = [sys.executable, "-m", "glue_core.cli", "docs", application]
        file = self.folder / "openapi.json"
        with file.open("wb") as output:
            subprocess.run(
                [*command, "--convention", convention],
                env=self.environment,
                stdout=output,
                timeout=PATIENCE,
                check=True,
            )
        return file

    def token(self, username: str, password: str) -> str:
        """Sign in, and return the access token."""
        form = {"grant_type": "password", "username": username, "password": password}
        with urllib.request.urlopen(f"{self.url}/token", urlencode(form).encode(), 60) as response:
            token = json.load(response)["access_token"]
        assert isinstance(token, str)
        return token


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the settings and the data of the demo, which nobody serves."""
    folder = tmp_path_factory.mktemp("prepared")
    directory, output = folder / "demo", folder / "output"
    arguments = ["demo", "--port", "0", "--products", "30", "--directory", str(directory)]
    with output.open("wb") as file:
        process = _started(arguments, _environment(), file)
    with _ended(process):
        while not re.search(r"answers at http://", output.read_text("utf-8", "replace")):
            assert process.poll() is None, output.read_text("utf-8")
            time.sleep(0.2)
    # Whoever guesses passwords is blocked for a while, and would see nothing else any more.
    settings = directory / "glue.toml"
    text = settings.read_text("utf-8")
    assert "attempts = 9\n" in text
    settings.write_text(text.replace("attempts = 9\n", "attempts = 1000000\n"), "utf-8")
    return directory


@pytest.fixture
def open_shop(prepared: Path, tmp_path: Path) -> Iterator[Callable[[str], Shop]]:
    """Serve an application of a demo that nobody else uses: fuzzing destroys what it finds."""
    shutil.copytree(prepared, tmp_path / "demo")
    environment = {**_environment(), "GLUE_CONFIG": str(tmp_path / "demo" / "glue.toml")}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serve = ["serve", "--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4"]
    with (tmp_path / "output").open("wb") as output:
        server = _started(serve, environment, output)
        worker = _started(["work"], environment, output)

    def opened(application: str) -> Shop:
        url = f"http://127.0.0.1:{port}/{application}"
        end = time.monotonic() + PATIENCE
        while True:
            assert server.poll() is None, (tmp_path / "output").read_text("utf-8")
            try:
                urllib.request.urlopen(f"{url}/docs.json", timeout=60).close()
            except urllib.error.HTTPError:
                raise
            except OSError:
                assert time.monotonic() < end, "The demo did not answer."
                time.sleep(0.2)
            else:
                return Shop(tmp_path / "demo", url, environment)

    with _ended(server), _ended(worker):
        yield opened


@pytest.mark.skipif(
    importlib.util.find_spec("schemathesis") is None,
    reason="Not installed: schemathesis. 'tox -e openapi' installs it.",
)
@pytest.mark.parametrize(
    ("application", "convention", "reader"),
    [
        ("magazine_api", "json_api", NOBODY),
        ("magazine_api", "hal", NOBODY),
        ("magazine_api", "plain", NOBODY),
        ("storefront_api", "json_api", CUSTOMER),
        ("storefront_api", "plain", NOBODY),
        ("backend_api", "json_api", OFFICE),
        ("backend_api", "json_api", NOBODY),
        ("backend_api", "plain", OFFICE),
    ],
)
def test_nothing_is_found(
    application: str,
    convention: str,
    reader: tuple[str, str] | None,
    open_shop: Callable[[str], Shop],
    tmp_path: Path,
) -> None:
    """With all of its checks schemathesis finds nothing in what an application answers."""
    shop = open_shop(application)
    headers = [f"Accept: {ACCEPT[convention]}"]
    if reader is not None:
        headers.append(f"Authorization: Bearer {shop.token(*reader)}")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION)),
            *("run", str(shop.document(application, convention)), "--url", shop.url),
            *("--checks", "all", "--max-examples", str(EXAMPLES), "--generation-deterministic"),
            *("--continue-on-failure", "--no-color"),
            *(part for each in headers for part in ("--header", each)),
        ],
        cwd=tmp_path,
        # Where the hooks that the configuration names are.
        env={**shop.environment, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=3600,
        check=False,
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("GLUE_")}


def _started(
    arguments: list[str], environment: dict[str, str], output: BinaryIO
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "glue_core.cli", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )


@contextmanager
def _ended(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End a program after the block, whatever happens."""
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=90)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
