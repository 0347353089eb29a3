"""What ``glue demo`` shows: data that installed distributions bring."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class WriteDemo(Protocol):
    """Writes demo data."""

    def __call__(self, directory: Path, size: int | None = None, /) -> None:
        """Write an import directory.

        Args:
            directory: An empty folder.
            size: Number of main things, such as products, from 1; None leaves it to the writer.
        """


@dataclass(frozen=True, slots=True)
class DemoData:
    """Data for the demo.

    Attributes:
        name: Name, for messages.
        write: Writes an import directory into an empty folder.
        examples: Paths worth a first look, such as ``/abstract-products``.
    """

    name: str
    write: WriteDemo
    examples: tuple[str, ...] = ()
