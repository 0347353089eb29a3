"""What ``glue demo`` shows: data that installed distributions bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class DemoData:
    """Data for the demo.

    Attributes:
        name: Name, for messages.
        write: Writes an import directory into an empty folder.
        examples: Paths worth a first look, such as ``/abstract-products``.
    """

    name: str
    write: Callable[[Path], None]
    examples: tuple[str, ...] = ()
