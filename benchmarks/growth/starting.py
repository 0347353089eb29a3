"""A fresh process that starts a storefront with made-up plugins, and says what that cost.

    PYTHONPATH=...:FOLDER python -m benchmarks.growth.starting PLUGIN...

When the first request is answered it writes a line of JSON, and another one when a fork has
answered some: see `benchmarks.parts.scaling`.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import shop
from benchmarks.driving import Wsgi, ask
from benchmarks.requests import REQUESTS
from glue_core.testing import in_memory, installed


def main(names: list[str]) -> None:
    """Start, answer, and say what it cost."""
    requests = REQUESTS["one"]()
    with TemporaryDirectory() as folder:
        sources = [*installed(*shop.STOREFRONT, *names)]
        sources.append(in_memory(shop.GROUP, "shop", shop.Shop(), distribution="shop"))
        with shop.deployment_of(Path(folder), sources) as deployment:
            application = deployment.applications[shop.APPLICATION]
            status, _ = ask(application, requests[0])
            if not status.startswith("200"):
                raise RuntimeError(f"The first answer is {status}.")
            say({"cpu": time.process_time(), "memory": resident()})
            say({"worker": worker_of_its_own(application)})


def say(what: dict[str, float]) -> None:
    """Tell who started the process."""
    print(json.dumps(what), flush=True)  # noqa: T201


def resident() -> int:
    """Return the memory of this process, in bytes; 0 where the system does not say."""
    return _lines("VmRSS:", "/proc/self/status")


def worker_of_its_own(application: Wsgi) -> int:
    """Return what a worker has for itself after some requests, in bytes, when it is forked."""
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        for request in REQUESTS["one"]():
            ask(application, request)
        own = sum(_lines(name, "/proc/self/smaps_rollup") for name in PRIVATE)
        os.write(writing, str(own).encode())
        os._exit(0)
    os.close(writing)
    said = os.read(reading, 100)
    os.close(reading)
    os.waitpid(pid, 0)
    return int(said or 0)


PRIVATE = ("Private_Clean:", "Private_Dirty:")


def _lines(name: str, path: str) -> int:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


if __name__ == "__main__":
    main(sys.argv[1:])
