"""What rounds come to."""

import pytest

from benchmarks.figures import Figure, rounded, shown, shown_range


def test_median_and_extremes() -> None:
    """A figure is the median of the rounds, whatever their order, with both ends."""
    assert Figure.of([3.0, 1.0, 9.0, 2.0]) == Figure(2.5, 1.0, 9.0, 4)


def test_ratio_is_that_of_each_round() -> None:
    """A round in which everything was slow has the ratio of the others."""
    figure = Figure.of_ratios([2.0, 20.0, 2.0], [1.0, 10.0, 1.0])

    assert figure == Figure(2.0, 2.0, 2.0, 3)


def test_sides_with_different_rounds_have_no_ratio() -> None:
    """Rounds that have no partner are a mistake, not left out."""
    with pytest.raises(ValueError, match="shorter"):
        Figure.of_ratios([1.0, 2.0], [1.0])


def test_no_rounds_are_no_figure() -> None:
    """Nothing measured is said, and no number."""
    with pytest.raises(ValueError, match="a round"):
        Figure.of([])


def test_data_has_the_unit() -> None:
    """Files say the unit, and no more digits than mean something."""
    data = Figure.of([1.234567, 2.0]).as_data("µs")

    assert data == {"unit": "µs", "median": 1.617, "min": 1.235, "max": 2.0, "rounds": 2}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.00367, "0.0037"),
        (0.123, "0.12"),
        (9.876, "9.88"),
        (12.34, "12.3"),
        (123.4, "123"),
        (12345.6, "12,346"),
    ],
)
def test_numbers_for_people(value: float, text: str) -> None:
    """People see two or three digits."""
    assert shown(value) == text


def test_range_for_people() -> None:
    """The ends stand behind the median."""
    assert shown_range(Figure(1.5, 1.0, 20.0, 3)) == "1.50 (1.00-20.0)"


def test_four_digits() -> None:
    """Digits that no clock can tell are dropped, of large numbers, too."""
    assert (rounded(123456.0), rounded(0.00123456)) == (123500.0, 0.001235)
