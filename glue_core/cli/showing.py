"""How commands show what they found: aligned columns for people, one document for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click

GAP = "  "


def show_json(document: Any) -> None:
    """Print one JSON document; ASCII, so that no terminal or pipe can fail at a letter."""
    click.echo(json.dumps(document, indent=2))


def aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return rows as lines in which the columns stand below each other."""
    table = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)] if table else []
    return [
        GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def indented(text: str, by: str = "    ") -> str:
    """Return a text with each of its lines moved to the right."""
    return "\n".join(by + line for line in text.splitlines())
