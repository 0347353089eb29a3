"""Passwords that others know already: ``NotCompromisedPassword`` without asking anybody.

The old application asked a service on the internet at each request. Here the same list is a file of
the shop, sorted by digest, with one line ``SHA1:COUNT`` for each password, as the service offers it
for download.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from glue_legacy_api.rules import options as read
from glue_legacy_api.rules.constraints.skipping import for_texts
from glue_legacy_api.rules.values import Constraint, Option, Test

NAME: Final = "NotCompromisedPassword"
_DIGEST: Final = 40


class LeakedPasswords:
    """Finds passwords in a sorted list of digests, by halving, however long it is."""

    def __init__(self, path: Path) -> None:
        """Open the list.

        Raises:
            OSError: There is no such file.
            ValueError: It is not such a list.
        """
        with path.open("rb") as file:
            self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._read(0)

    def count(self, password: str) -> int:
        """Return how often a password was found, 0 for never."""
        raw = password.encode("utf-8", "surrogatepass")
        wanted = hashlib.sha1(raw, usedforsecurity=False).hexdigest().upper().encode()
        low, high = 0, len(self._lines)
        while low < high:
            start = self._start_of_line((low + high) // 2)
            digest, count = self._read(start)
            if digest == wanted:
                return count
            if digest < wanted:
                low = self._end_of_line(start)
            else:
                high = start
        return 0

    def _start_of_line(self, at: int) -> int:
        return self._lines.rfind(b"\n", 0, at) + 1

    def _end_of_line(self, start: int) -> int:
        end = self._lines.find(b"\n", start)
        return len(self._lines) if end < 0 else end + 1

    def _read(self, start: int) -> tuple[bytes, int]:
        line = self._lines[start : self._end_of_line(start)].strip()
        digest, _, count = line.partition(b":")
        if len(digest) != _DIGEST or not count.isdigit():
            raise ValueError(f"{line[:60]!r} is no line 'SHA1:COUNT'")
        return digest.upper(), int(count)


def not_compromised(path: Path) -> Constraint:
    """Make the constraint, over a list.

    Args:
        path: The list of digests.

    Raises:
        OSError: There is no such file.
        ValueError: It is not such a list.
    """
    leaked = LeakedPasswords(path)

    def compile_with(options: Mapping[str, object]) -> Test:
        threshold = options["threshold"]
        assert isinstance(threshold, int)
        return for_texts(options, lambda value: leaked.count(value) < threshold)

    return Constraint(
        NAME,
        compile_with,
        {
            "threshold": Option(_threshold, 1),
            "skipOnError": Option(read.boolean, False),
            "message": read.message(
                "This password has been leaked in a data breach, it must not be used. "
                "Please use another password."
            ),
        },
    )


def _threshold(value: object) -> int:
    found = read.size(value)
    if found < 1:
        raise ValueError("expects a whole number of at least 1")
    return found
