"""Tables in Markdown, which read well in a terminal, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        title: What it is about, without a full stop.
        columns: Heads of the columns, with their units.
        rows: The cells; the first column is text, the others are numbers.
        note: What a reader has to know, in whole sentences; may be empty.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse rows that do not fit.

        Raises:
            ValueError: A row has more or fewer cells than there are columns.
        """
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"The row {row!r} does not fit the columns {self.columns!r}.")

    def markdown(self) -> str:
        """Return the table, with its title in bold, as Markdown that ends with a line break."""
        lines = _padded((self.columns, *self.rows))
        lines.insert(1, _rule(self.columns, lines[0]))
        note = f"\n{self.note}\n" if self.note else ""
        return f"**{self.title}**\n\n" + "\n".join(lines) + "\n" + note


def _padded(rows: Sequence[tuple[str, ...]]) -> list[str]:
    cells = [[each.replace("|", "\\|") for each in row] for row in rows]
    widths = [max(3, *(len(each) for each in column)) for column in zip(*cells, strict=True)]
    return [
        "| "
        + " | ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in cells
    ]


def _rule(columns: Sequence[str], line: str) -> str:
    widths = [len(each) - 2 for each in line.replace("\\|", "  ")[1:-1].split("|")]
    rules = [
        "-" * width if not place else "-" * (width - 1) + ":" for place, width in enumerate(widths)
    ]
    assert len(rules) == len(columns)
    return "| " + " | ".join(rules) + " |"
