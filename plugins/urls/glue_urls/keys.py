"""Where published addresses lie; the version changes with their format."""

from __future__ import annotations

from typing import Final

PREFIX: Final = "urls:v1:"
"""Start of every key; the path follows."""


def of(path: str) -> str:
    """Return the key of what a path leads to."""
    return PREFIX + path
