"""Tables: the rows of an answer as RFC 4180 spells them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from glue_core import GlueRequest, GlueResponse, Rows

LINE_END = "\r\n"
FORMULA_STARTS = frozenset("=+-@\t\r\n")
"""First characters that make a spreadsheet compute a cell instead of showing it."""

_NEEDS_QUOTES = frozenset('",\r\n')


def table_of(response: GlueResponse, request: GlueRequest, rows: Rows) -> bytes:
    """Write a line with the names of the attributes, then a line for each object.

    A missing value and null are empty cells, an empty text is a pair of quotes. Lists and objects
    are JSON. A text that a spreadsheet would take for a formula gets an apostrophe in front.

    Source:
        RFC 4180, section 2; CRLF ends the last line as well.
    """
    lines = [_line(rows.columns)]
    lines.extend(_line(row.get(name) for name in rows.columns) for row in rows)
    return "".join(lines).encode("utf-8")


def _line(values: Iterable[Any]) -> str:
    cells = list(_cells(values))
    # A line of one empty cell would be an empty line, which readers skip.
    if cells == [""]:
        cells = ['""']
    return ",".join(cells) + LINE_END


def _cells(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if value is None:
            yield ""
        elif isinstance(value, str):
            yield _quoted(_guarded(value))
        else:
            # Numbers and booleans are spelled as in JSON; no formula starts as these do.
            yield _quoted(orjson.dumps(value).decode("utf-8"))


def _guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    is_formula = text[:1] in FORMULA_STARTS or text.lstrip()[:1] in FORMULA_STARTS
    return f"'{text}" if is_formula else text


def _quoted(text: str) -> str:
    if text and text == text.strip() and _NEEDS_QUOTES.isdisjoint(text):
        return text
    return '"' + text.replace('"', '""') + '"'
