"""What rounds come to: a median, with the smallest and the largest."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured in some rounds.

    Attributes:
        median: Median of the rounds.
        least: The smallest.
        most: The largest.
        rounds: How many there were, from 1.
    """

    median: float
    least: float
    most: float
    rounds: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Figure:
        """Sum up the values of rounds.

        Raises:
            ValueError: There are none.
        """
        found = sorted(values)
        if not found:
            raise ValueError("A figure needs a round at least.")
        return cls(statistics.median(found), found[0], found[-1], len(found))

    @classmethod
    def of_ratios(cls, ours: Sequence[float], theirs: Sequence[float]) -> Figure:
        """Sum up the ratios of two sides, round by round.

        What disturbs a round disturbs both sides; so the ratios of rounds hardly differ where the
        times do.

        Raises:
            ValueError: The sides have different numbers of rounds, or none.
        """
        return cls.of(one / other for one, other in zip(ours, theirs, strict=True))

    def as_data(self, unit: str) -> dict[str, float | int | str]:
        """Return the figure for a file, with its unit."""
        return {
            "unit": unit,
            "median": rounded(self.median),
            "min": rounded(self.least),
            "max": rounded(self.most),
            "rounds": self.rounds,
        }


def rounded(value: float) -> float:
    """Return a value with four significant digits."""
    return float(f"{value:.4g}")


def shown(value: float) -> str:
    """Return a value for people: with two or three significant digits, and thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 0.1:
        return f"{value:.2g}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def shown_range(figure: Figure) -> str:
    """Return a figure for people, such as ``1.34 (1.30-1.41)``."""
    return f"{shown(figure.median)} ({shown(figure.least)}-{shown(figure.most)})"
