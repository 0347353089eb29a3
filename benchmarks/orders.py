"""What a process that is told by a pipe what to do has in common with others: see `piping`."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Obey = Callable[[dict[str, Any]], Any]
"""Does what an order says, and returns what is answered."""


@contextmanager
def orders() -> Iterator[Callable[[Obey], None]]:
    """Take the input and the output for orders, and yield what follows them until the input ends.

    An order is a line of JSON, and so is its answer. Inside the block whatever is printed goes to
    the other output: what a library prints must not be taken for an answer.
    """
    with os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

        def follow(obey: Obey) -> None:
            for line in sys.stdin:
                print(json.dumps(obey(json.loads(line))), file=answers, flush=True)

        yield follow
