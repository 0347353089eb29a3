"""How storages write keys and documents down."""

from __future__ import annotations

import math
import re
from typing import Any

import orjson

from glue_core.services.storage import COUNT, Document

LARGEST_COUNT = 10**15
COUNTER = re.compile(rb'\{"count":([0-9]{1,15})\}')
"""A counter as it is written; nothing else is one."""


def to_bytes(key: str) -> bytes:
    """Write a key as bytes, whose order is the order of code points in any engine.

    Half of a surrogate pair, which no UTF-8 has, is kept as well: every text is a key.
    """
    return key.encode("utf-8", "surrogatepass")


def from_bytes(key: bytes) -> str:
    """Read a key that `to_bytes` wrote."""
    return bytes(key).decode("utf-8", "surrogatepass")


def end_of_prefix(prefix: str) -> bytes | None:
    """Return the first bytes after all keys that start with a prefix; None when there are none."""
    if not prefix:
        return None
    # The last byte of UTF-8 is never 255, so adding one to it never carries.
    name = to_bytes(prefix)
    return name[:-1] + bytes((name[-1] + 1,))


def encoded(key: str, document: Document) -> str:
    """Write a document as JSON.

    Raises:
        ValueError: It holds something that JSON does not know.
    """
    try:
        return orjson.dumps(document).decode()
    except TypeError as error:
        raise ValueError(
            f"The document of the key {key!r} cannot be written as JSON: {error}."
        ) from error


def decoded(text: bytes | str) -> Any:
    """Read a document that `encoded` wrote."""
    return orjson.loads(text)


def checked_lifetime(seconds: float) -> float:
    """Return how long something lives.

    Raises:
        ValueError: It is not a number of seconds above 0.
    """
    if not (seconds > 0 and math.isfinite(seconds)):
        raise ValueError(f"A document lives for a number of seconds above 0, not {seconds!r}.")
    return seconds


def counter(count: int) -> str:
    """Write a counter as a document."""
    return f'{{"{COUNT}":{min(count, LARGEST_COUNT - 1)}}}'


def counted(text: bytes) -> int:
    """Read a counter; any other document counts as 0."""
    found = COUNTER.fullmatch(text)
    return int(found[1]) if found else 0
