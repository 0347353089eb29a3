"""Reading CSV files as a stream: strictly, and always knowing the place."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LONGEST_LINE = 4 * 1024 * 1024
"""Bytes of one line; more means a file that is no CSV, and would fill the memory."""

LONGEST_VALUE = 131_072
"""Characters of one value."""

_NO_UTF8 = re.compile("[\udc80-\udcff]")

MARK = b"\xef\xbb\xbf"


class CsvError(Exception):
    """A file or a record that cannot be read.

    Attributes:
        line: Line where it is, from 1.
        column: Column at fault, or None.
        reason: What is wrong, for the person who owns the file.
        ends_file: Whether nothing after it can be read.
    """

    def __init__(
        self, line: int, reason: str, *, column: str | None = None, ends_file: bool = False
    ) -> None:
        if ends_file:
            reason += " Nothing after it was read."
        super().__init__(reason)
        self.line = line
        self.column = column
        self.reason = reason
        self.ends_file = ends_file


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a file.

    Attributes:
        line: Line where it starts, from 1; quoted values may hold line breaks.
        number: Its number, from 1; the header does not count.
        values: Column to text, trimmed.
    """

    line: int
    number: int
    values: dict[str, str]


class CsvFile:
    """One file, read from its beginning to its end.

    Attributes:
        bytes_read: Bytes read so far.
        columns: Names in the header; a column without a name is not read.
    """

    def __init__(self, path: Path, required: Sequence[str] = ()) -> None:
        """Open a file and read its header.

        Args:
            path: The file.
            required: Columns that the header must have.

        Raises:
            CsvError: There is no header, it lacks a column or names one twice.
            OSError: The file cannot be opened.
        """
        self.bytes_read = 0
        self._path = path
        self._file: BinaryIO = path.open("rb")
        self._lines = 0
        self._number = 0
        try:
            if csv.field_size_limit() < LONGEST_LINE:
                csv.field_size_limit(LONGEST_LINE)
            self._reader = csv.reader(self._decoded(), strict=True)
            self.columns = self._header(required)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> CsvFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[Record | CsvError]:
        """Yield records, and errors in their place; one that ends the file is the last."""
        while True:
            start = self._lines + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                self._number += 1
                found = _explained(error, start)
                yield found
                if found.ends_file:
                    return
                continue
            except CsvError as error:
                yield error
                return
            if not cells:
                continue
            self._number += 1
            yield self._record(cells, start)

    def _record(self, cells: list[str], line: int) -> Record | CsvError:
        if len(cells) != len(self.columns):
            return CsvError(
                line,
                f"The row has {len(cells)} cells, the header {len(self.columns)}. "
                "Quote values that hold a comma or a line break.",
            )
        for name, cell in zip(self.columns, cells, strict=True):
            bad = _NO_UTF8.search(cell)
            if bad is not None:
                byte = ord(bad.group()) - 0xDC00
                reason = f"The byte {byte:#04x} is not UTF-8. Save the file as UTF-8."
                return CsvError(line, reason, column=name or None)
            if len(cell) > LONGEST_VALUE:
                reason = f"The value is longer than {LONGEST_VALUE} characters."
                return CsvError(line, reason, column=name or None)
        values = {
            name: cell.strip() for name, cell in zip(self.columns, cells, strict=True) if name
        }
        for name, value in values.items():
            if "\0" in value:
                return CsvError(line, "The value holds a NUL character.", column=name)
        return Record(line, self._number, values)

    def _header(self, required: Sequence[str]) -> list[str]:
        try:
            columns = [name.strip() for name in next(self._reader, [])]
        except csv.Error as error:
            raise CsvError(1, f"The header cannot be read: {error}.", ends_file=True) from error
        if any(_NO_UTF8.search(name) for name in columns):
            raise CsvError(1, "The header is not UTF-8. Save the file as UTF-8.", ends_file=True)
        if not any(columns):
            raise CsvError(1, "The file has no header: its first row names the columns.")
        for name in columns:
            if name and columns.count(name) > 1:
                raise CsvError(1, "The header names this column twice.", column=name)
        missing = [name for name in required if name not in columns]
        if missing:
            raise CsvError(
                1,
                f"The header lacks {', '.join(map(repr, missing))}; "
                f"it has {', '.join(filter(None, columns))}.",
                column=missing[0],
            )
        return columns

    def _decoded(self) -> Iterator[str]:
        """Yield lines with their line breaks, as the csv module wants them."""
        while raw := self._file.readline(LONGEST_LINE + 1):
            line = self._lines + 1
            if len(raw) > LONGEST_LINE:
                raise CsvError(
                    line, f"The line is longer than {LONGEST_LINE} bytes.", ends_file=True
                )
            self.bytes_read += len(raw)
            if line == 1:
                raw = raw.removeprefix(MARK)
            self._lines = line
            # A byte that is no UTF-8 stays visible as half of a surrogate pair, in its own cell:
            # the row is bad, not the file.
            yield raw.decode("utf-8", "surrogateescape")


def _explained(error: csv.Error, line: int) -> CsvError:
    """Say what the csv module means, and whether it can go on after it."""
    text = str(error)
    if "field larger" in text:
        reason = (
            f"A value is longer than {csv.field_size_limit()} characters: is a quote not closed?"
        )
        return CsvError(line, reason, ends_file=True)
    if "unexpected end" in text:
        return CsvError(line, "The file ends inside a quoted value.", ends_file=True)
    if "new-line character" in text:
        reason = (
            "A carriage return stands alone in the row. Quote it, or end lines with a line feed."
        )
        return CsvError(line, reason)
    return CsvError(line, f"The row is not CSV: {text}.")
