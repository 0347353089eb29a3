"""Tables in Markdown."""

import pytest

from benchmarks.tables import Table


def test_markdown() -> None:
    """Columns are as wide as their widest cell; all but the first are aligned to the right."""
    table = Table("Times", ("who", "µs"), (("Glue", "1.0"), ("Falcon", "10")), "A note.")

    assert table.markdown() == (
        "**Times**\n"
        "\n"
        "| who    |  µs |\n"
        "| ------ | --: |\n"
        "| Glue   | 1.0 |\n"
        "| Falcon |  10 |\n"
        "\n"
        "A note.\n"
    )


def test_bars_do_not_end_cells() -> None:
    """A bar in a cell is escaped, and the columns stay."""
    lines = Table("T", ("a", "b"), (("x|y", "1"),)).markdown().splitlines()

    assert lines[2:] == ["| a    |   b |", "| ---- | --: |", "| x\\|y |   1 |"]


def test_row_that_does_not_fit() -> None:
    """A row with a cell too few is refused."""
    with pytest.raises(ValueError, match="does not fit"):
        Table("T", ("a", "b"), (("1",),))
