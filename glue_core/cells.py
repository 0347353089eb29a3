"""Reading the cells of an import row: each method takes a column, and says so when it is bad."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from glue_core.exchange import Row, RowError

LARGEST_INTEGER = 2**63 - 1
LOCALE = re.compile(r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})*")
INTEGER = re.compile(r"-?[0-9]{1,19}", re.ASCII)
DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,10})?", re.ASCII)


class Cells:
    """One row of an import file. Every method may raise `RowError`."""

    __slots__ = ("row",)

    def __init__(self, row: Row) -> None:
        self.row = row

    def text(self, column: str) -> str:
        """Return the text of a cell; '' when it is blank or the column is absent."""
        return self.row.get(column, "")

    def required(self, column: str) -> str:
        """Return the text of a cell that must not be blank."""
        value = self.row.get(column, "")
        if not value:
            raise RowError(column, "The value is missing.")
        return value

    def flag(self, column: str, default: bool = False, words: tuple[str, str] = ("1", "0")) -> bool:
        """Return a flag.

        Args:
            column: The column.
            default: The answer for a blank cell.
            words: How the file writes true and false.
        """
        value = self.text(column)
        if not value:
            return default
        if value not in words:
            raise RowError(column, f"{value!r} is neither {words[0]!r} nor {words[1]!r}.")
        return value == words[0]

    def integer(self, column: str, *, least: int = -LARGEST_INTEGER) -> int | None:
        """Return an integer of at most 64 bits, or None for a blank cell."""
        value = self.text(column)
        return integer(value, column, least=least) if value else None

    def decimal(self, column: str) -> Decimal | None:
        """Return a decimal number of at most 15 and 10 digits, or None for a blank cell."""
        value = self.text(column)
        if not value:
            return None
        if DECIMAL.fullmatch(value) is None:
            raise RowError(
                column,
                f"{value!r} is no number with at most 15 digits before and 10 after the point.",
            )
        return Decimal(value)

    def words(self, column: str) -> list[str]:
        """Return the trimmed parts of a comma list, without blank ones."""
        return [word for part in self.text(column).split(",") if (word := part.strip())]

    def json(self, column: str) -> Any:
        """Return the JSON value of a cell, or None for a blank one."""
        value = self.text(column)
        if not value:
            return None
        try:
            return json.loads(value, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise RowError(column, f"The value is not JSON: {error}.") from error

    def locales(self, *columns: str) -> list[str]:
        """Return the locales, in order, that any of the columns has: ``name.en_US`` and so on."""
        found = set()
        for name in self.row:
            column, dot, locale = name.rpartition(".")
            if dot and column in columns and LOCALE.fullmatch(locale):
                found.add(locale)
        return sorted(found)

    def by_locale(self, column: str) -> Mapping[str, str]:
        """Return the texts of a column by locale, without blank ones."""
        texts = {locale: self.text(f"{column}.{locale}") for locale in self.locales(column)}
        return {locale: text for locale, text in texts.items() if text}


def integer(value: object, column: str, *, least: int = -LARGEST_INTEGER) -> int:
    """Return an integer that is written as one.

    Raises:
        RowError: It is none, too small, or larger than 64 bits.
    """
    if INTEGER.fullmatch(str(value)) is None or isinstance(value, bool):
        raise RowError(column, f"{value!r} is no integer.")
    number = int(str(value))
    if not least <= number <= LARGEST_INTEGER:
        raise RowError(column, f"{number} is not between {least} and {LARGEST_INTEGER}.")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
