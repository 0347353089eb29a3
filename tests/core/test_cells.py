"""Reading the cells of an import row."""

from __future__ import annotations

from decimal import Decimal

import pytest

from glue_core import Cells, RowError


def test_blank_flag_is_the_default() -> None:
    """A blank cell follows the default of its column."""
    cells = Cells({"a": "", "b": "1", "c": "0"})

    assert [cells.flag(name, default=True) for name in "abc"] == [True, True, False]


def test_flag_refuses_other_words() -> None:
    """A flag is written with the two words of its file."""
    with pytest.raises(RowError, match="'true' is neither '1' nor '0'"):
        Cells({"a": "true"}).flag("a")


@pytest.mark.parametrize("value", ["1.5", "1e3", "--1", "٣", "9223372036854775808", " ", "0x1"])
def test_integer_refuses_what_is_none(value: str) -> None:
    """An integer is written with ASCII digits and fits into 64 bits."""
    with pytest.raises(RowError):
        Cells({"a": value}).integer("a")


def test_blank_integer_is_none() -> None:
    """A blank amount is no value, which is not 0."""
    assert Cells({"a": ""}).integer("a") is None


@pytest.mark.parametrize("value", ["1e5", "NaN", "Infinity", "1,5", "1.12345678901", "1" * 16])
def test_decimal_refuses_what_cannot_be_kept(value: str) -> None:
    """A decimal has at most 15 digits before and 10 after the point, and no exponent."""
    with pytest.raises(RowError):
        Cells({"a": value}).decimal("a")


def test_decimal_is_exact() -> None:
    """A decimal is kept as it is written."""
    assert Cells({"a": "0.1"}).decimal("a") == Decimal("0.1")


@pytest.mark.parametrize("value", ["{", "NaN", "[" * 100_000])
def test_json_refuses_what_is_none(value: str) -> None:
    """Text that is not JSON, or is too deep, is a bad cell."""
    with pytest.raises(RowError, match="not JSON"):
        Cells({"a": value}).json("a")


def test_locales_come_from_the_columns() -> None:
    """The locales of a row are those in the names of its columns."""
    cells = Cells({"name.en_US": "x", "name.de_DE": "", "url.fr_FR": "", "value_1.b.c": ""})

    assert cells.locales("name", "value_1.b") == ["de_DE", "en_US"]


def test_words_are_trimmed_parts() -> None:
    """A comma list has no blank parts."""
    assert Cells({"a": " x , ,y"}).words("a") == ["x", "y"]
