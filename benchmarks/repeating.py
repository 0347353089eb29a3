"""What callgrind watches: one contestant, with a fork for each number of requests.

    valgrind --tool=callgrind --instr-atstart=no ...
        python -m benchmarks.repeating NAME COUNT WORKLOAD...

Everything is started, and each request answered once, before instructions are counted. A fork
answers COUNT requests, the next one twice as many, a third one COUNT again: what forks inherit is
the same in all, or grows evenly, so that the difference is what the requests cost. Each line of the
output is a workload and its three processes, as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack

from benchmarks.contestants.loading import application_of
from benchmarks.driving import Wsgi, ask
from benchmarks.requests import REQUESTS, Request


def main(name: str, count: int, workloads: list[str]) -> None:
    """Answer requests in forks."""
    with ExitStack() as stack:
        application: Wsgi = application_of(name, stack)
        sets = {workload: REQUESTS[workload]() for workload in workloads}
        for requests in sets.values():
            for request in requests:
                ask(application, request)
        command = ["callgrind_control", "-i", "on", str(os.getpid())]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        for workload, requests in sets.items():
            pids = [_fork(application, requests, times) for times in (count, 2 * count, count)]
            print(json.dumps({"workload": workload, "pids": pids}), flush=True)  # noqa: T201


def _fork(application: Wsgi, requests: tuple[Request, ...], count: int) -> int:
    pid = os.fork()
    if not pid:
        for number in range(count):
            ask(application, requests[number % len(requests)])
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    if status:
        raise ChildProcessError(f"A fork ended with {status}.")
    return pid


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
