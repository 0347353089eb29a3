"""One contestant, in a process of its own: reads orders from its input and answers on its output.

An order is a line of JSON, and so is its answer:

    {"do": "answers", "workload": "one"}                ["200 OK", "{...}"] of each request
    {"do": "time", "workload": "one", "count": 100}     microseconds of CPU of one request
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from functools import cache
from typing import Any

from benchmarks.contestants import CONTESTANTS
from benchmarks.contestants.adapting import adapted
from benchmarks.contestants.loading import driver_of
from benchmarks.driving import Driver
from benchmarks.requests import REQUESTS, Request


def main(name: str) -> None:
    """Follow orders until the input ends."""
    # What a library prints must not be taken for an answer.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    @cache
    def requests_of(workload: str) -> tuple[Request, ...]:
        return tuple(adapted(name, each) for each in REQUESTS[workload]())

    with ExitStack() as stack:
        stack.enter_context(answers)
        driver = driver_of(name, stack)
        for line in sys.stdin:
            order = json.loads(line)
            print(
                json.dumps(_obeyed(driver, order, requests_of(order["workload"]))),
                file=answers,
                flush=True,
            )


def _obeyed(driver: Driver, order: dict[str, Any], requests: tuple[Request, ...]) -> Any:
    if order["do"] == "time":
        return driver.microseconds(requests, order["count"])
    return [(status, body.decode()) for status, body in driver.answers(requests)]


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in CONTESTANTS:
        sys.exit(f"Usage: python -m benchmarks.contestants {' | '.join(CONTESTANTS)}")
    main(sys.argv[1])
