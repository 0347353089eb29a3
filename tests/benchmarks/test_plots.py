"""Plots."""

import xml.etree.ElementTree as ET

import pytest

from benchmarks.plots import Plot, labelled

PLOT = Plot(
    "A request, by plugins",
    "plugins",
    "microseconds of CPU",
    {"Glue": [(1, 30.0), (200, 31.0)], "by hand": [(1, 5.0), (200, 5.0)]},
    (1, 200),
)
GROWING = Plot(
    "A document, by resources",
    "resources",
    "milliseconds of CPU",
    {"Glue": [(1, 0.04), (10_000, 35.0)]},
    (1, 10_000),
    is_logarithmic=True,
)


def texts(svg: str) -> list[str]:
    """Return all texts of a picture."""
    return [each.text or "" for each in ET.fromstring(svg).iter() if each.tag.endswith("text")]


@pytest.mark.parametrize("plot", [PLOT, GROWING], ids=["linear", "logarithmic"])
def test_same_points_make_the_same_picture(plot: Plot) -> None:
    """Neither the day nor chance is in a picture: a commit shows what became different."""
    assert plot.svg() == plot.svg()
    assert "<!--" not in plot.svg()


def test_axes_and_lines_are_named() -> None:
    """Title, both axes with their units, lines and marks can be read."""
    assert {
        "A request, by plugins",
        "plugins",
        "microseconds of CPU",
        "Glue",
        "by hand",
        "200",
    } <= set(texts(PLOT.svg()))


def test_nothing_is_fetched() -> None:
    """A picture names no script and no address but that of its format."""
    svg = PLOT.svg()

    assert "<script" not in svg
    assert svg.count("http") == svg.count("http://www.w3.org/")


def test_logarithmic_axis_has_whole_powers() -> None:
    """The labels are powers of ten that enclose the points."""
    found = texts(GROWING.svg())

    assert {"0.01", "0.1", "1", "10", "100", "10,000"} <= set(found)
    assert "0.02" not in found


def test_labels() -> None:
    """Labels are short, and thousands are apart."""
    assert [labelled(each) for each in (0.01, 2.5, 10_000)] == ["0.01", "2.5", "10,000"]
