"""The demo deployment behind gunicorn, for tests whose clients are programs of others."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

JSON_API = "application/vnd.api+json"


@contextmanager
def running_demo(folder: Path, products: int = 30, directory: Path | None = None) -> Iterator[str]:
    """Serve all applications of the demo on a free port, with data that is removed at the end.

    Args:
        folder: Where its files and its output are.
        products: Number of products.
        directory: Where its settings and its data are; a temporary one by default.

    Yields:
        Its address without a slash at the end; each application answers under its name there.

    Raises:
        RuntimeError: The demo ended before it answered.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GLUE_")}
    output = folder / "output"
    arguments = ["demo", "--port", "0", "--products", str(products)]
    arguments += [f"--directory={directory}"] if directory is not None else []
    with output.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "glue_core.cli", *arguments],
            cwd=folder,
            env={**environment, "TMPDIR": str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        yield _address_of(process, output)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=90)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address_of(process: subprocess.Popen[bytes], output: Path) -> str:
    """Wait until the demo says where it answers."""
    while True:
        text = output.read_text(encoding="utf-8", errors="replace")
        found = re.search(r"answers at (http://127\.0\.0\.1:\d+)/", text)
        if found:
            return found[1]
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            continue
        raise RuntimeError(f"The demo ended early:\n{output.read_text(encoding='utf-8')}")


def read(url: str, headers: Mapping[str, str] | None = None, /, **query: object) -> Any:
    """Read a JSON document with plain HTTP, to compare with what a client says.

    Args:
        url: The address.
        headers: Headers; JSON:API is asked for where they name no ``Accept``.
        query: Parameters.
    """
    address = f"{url}?{urlencode(query)}" if query else url
    request = urllib.request.Request(address, headers={"Accept": JSON_API, **(headers or {})})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)
