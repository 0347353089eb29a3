"""Glue as it is and Glue compiled, each beside a yardstick of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from benchmarks.contestants import COMPARED
from benchmarks.figures import Figure
from benchmarks.parts import Extent, flow
from benchmarks.requests import request_of
from benchmarks.runtimes import own
from benchmarks.serving import prepared_wsgi
from benchmarks.sides import obeyed
from benchmarks.workloads import Workload

TIMES = {COMPARED[0]: (30.0, 10.0), COMPARED[1]: (24.0, 12.0)}
QUICK = Extent(quick=True)
Turns = list[tuple[str, int]]


class Prepared:
    """Both sides, with times that were made beforehand.

    Attributes:
        turns: Who measured, and how many requests.
        differences: How answers differ, by who gives them.
    """

    turns: Turns
    differences: dict[str, str]

    def __init__(self, runtime: object, name: str) -> None:
        self.name = name

    def __enter__(self) -> Prepared:
        return self

    def __exit__(self, *error: object) -> None:
        """End nothing."""

    def workloads(self) -> Sequence[tuple[str, str]]:
        """Return two."""
        return [("one", "bare Falcon"), ("page", "bare Falcon")]

    def differing(self, workload: str) -> str | None:
        """Return what was said beforehand."""
        return self.differences.get(self.name)

    def round(self, workload: str, count: int) -> tuple[float, float]:
        """Return what was made beforehand."""
        self.turns.append((self.name, count))
        return TIMES[self.name]

    def calls(self, workload: str) -> float:
        """Return a number."""
        assert self.name == COMPARED[0]
        return 53.0


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch) -> type[Prepared]:
    """Both take part, in no process."""

    class Now(Prepared):
        turns: Turns = []
        differences: dict[str, str] = {}

    monkeypatch.setattr(flow, "Sides", Now)
    monkeypatch.setattr(flow, "runtimes", lambda contestants: {e.name: own() for e in contestants})
    return Now


@pytest.mark.usefixtures("prepared")
def test_both_stand_in_one_row() -> None:
    """A row has Glue as it is and compiled, each with the ratio to its own yardstick."""
    (table,) = flow.run(QUICK).tables

    assert table.columns == (
        "workload",
        *("µs of CPU", "µs of the other", "ratio"),
        *("µs, compiled", "µs of the other", "ratio, compiled"),
        "calls",
        "the other",
    )
    assert table.rows[0] == (
        "one",
        *("30.0", "10.0", "3.00 (3.00-3.00)"),
        *("24.0", "12.0", "2.00 (2.00-2.00)"),
        "53",
        "bare Falcon",
    )
    assert [row[0] for row in table.rows] == ["one", "page"]


@pytest.mark.usefixtures("prepared")
def test_programs_read_the_same() -> None:
    """The figures name whose they are; calls are counted where nothing is compiled."""
    ours, compiled = flow.run(Extent(quick=True, names=("one",))).data

    assert (ours["contestant"], compiled["contestant"]) == COMPARED
    assert ours["calls"] == 53.0
    assert "calls" not in compiled
    ratio = Figure(2.0, 2.0, 2.0, QUICK.rounds).as_data("times the yardstick")
    assert compiled["ratio"] == ratio


def test_rounds_alternate(prepared: type[Prepared]) -> None:
    """Whatever else the machine does meets both; each has its first turn for nothing."""
    flow.run(Extent(quick=True, names=("one",)))

    assert prepared.turns == [(each, 20) for each in COMPARED] * (1 + QUICK.rounds)


@pytest.mark.parametrize("name", COMPARED)
def test_different_answers_are_a_failure(prepared: type[Prepared], name: str) -> None:
    """Whoever answers differently than the yardstick is named, and nothing is measured."""
    prepared.differences[name] = "404"

    assert flow.run(QUICK).failure == f"one, {name}: the answers differ: 404"
    assert prepared.turns == []


@pytest.mark.usefixtures("prepared")
def test_without_a_compiler_the_rest_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The columns of who is left out are left out as well."""
    monkeypatch.setattr(flow, "runtimes", lambda contestants: {COMPARED[0]: own()})

    (table,) = flow.run(QUICK).tables

    assert table.columns == ("workload", *flow.HEADS[COMPARED[0]], "calls", "the other")


def test_process_does_what_it_is_told() -> None:
    """Workloads are named, compared, measured and counted by orders."""
    request = request_of("/products/1")
    asked: list[str] = []

    def measured(environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
        asked.append(environ["PATH_INFO"])
        start_response("200 OK", [])
        return [b"{}"]

    other = prepared_wsgi({"/products/1": b'{"data": 1}'})
    alike = Workload("alike", (request,), measured, measured)
    differs = Workload("differs", (request,), measured, other, "another")
    found = {each.name: each for each in (alike, differs)}

    assert obeyed(found, {"do": "workloads"}) == [("alike", "bare Falcon"), ("differs", "another")]
    assert obeyed(found, {"do": "differing", "workload": "alike"}) is None
    assert "data" in obeyed(found, {"do": "differing", "workload": "differs"})
    asked.clear()
    ours, theirs = obeyed(found, {"do": "round", "workload": "differs", "count": 3})
    assert ours > 0
    assert theirs > 0
    assert len(asked) == 3
    # Those of the harness are two, and the application is called.
    assert obeyed(found, {"do": "calls", "workload": "alike"}) == pytest.approx(3, abs=1.0)
