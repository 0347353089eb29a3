"""The checklist is complete, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "checklist.md"
GROUPS = {
    "APP": 18,
    "FLOW": 20,
    "NEG": 13,
    "JA": 28,
    "PL": 10,
    "RES": 26,
    "DEC": 16,
    "COR": 6,
    "SEC": 4,
    "LOC": 3,
    "STO": 4,
    "AUT": 36,
    "OLD": 13,
    "DOC": 15,
    "DEV": 10,
}
"""Rules of each group: they are numbered from 1 without a gap."""

IDS = [f"{group}-{number:02}" for group, last in GROUPS.items() for number in range(1, last + 1)]
OPEN: tuple[str, ...] = ()
"""What nothing shows yet, or in part; whoever closes one takes it out of here."""

LINE = re.compile(r"^\| ([A-Z]+-\d+) \| (.+?) \| (.*?) \|$")
TEST = re.compile(r"`(tests/[\w/]+\.py)::([\w:]+)`")
REST = re.compile(r"(planned|open): [\w ]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A rule of the page.

    Attributes:
        id: Group and number.
        rule: The rule in words.
        shown_by: Third cell: tests, or a state.
    """

    id: str
    rule: str
    shown_by: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        """Files and names of the tests."""
        return TEST.findall(self.shown_by)


ROWS = [
    Row(*each.groups()) for each in map(LINE.match, PAGE.read_text("utf-8").splitlines()) if each
]


@cache
def names_in(path: str) -> frozenset[str]:
    """Return the names of the tests in a file, those of a class behind the name of the class."""
    found = set()
    for node in ast.parse((ROOT / path).read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef):
                    found.add(f"{node.name}::{inner.name}")
    return frozenset(each for each in found if each.rpartition("::")[2].startswith("test_"))


def test_every_rule_is_there_once() -> None:
    """The ids are those of the groups, in their order, without a gap and without a repetition."""
    assert [row.id for row in ROWS] == IDS


def test_every_line_of_a_table_is_read() -> None:
    """No row is left out because its cells are not in order."""
    lines = [each for each in PAGE.read_text("utf-8").splitlines() if each.startswith("|")]

    assert len(lines) == len(ROWS) + 2 * len(GROUPS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_row_has_tests_or_a_state(row: Row) -> None:
    """A row is planned, open, or names its tests and at the end what of it is still left."""
    assert row.rule.strip().endswith(".")
    if row.shown_by in ("planned", "open"):
        return
    *shown, last = row.shown_by.split(", ")
    assert all(TEST.fullmatch(each) for each in shown), row.shown_by
    assert TEST.fullmatch(last) or (shown and REST.fullmatch(last)), row.shown_by


@pytest.mark.parametrize("row", [each for each in ROWS if each.tests], ids=lambda row: row.id)
def test_tests_of_a_row_exist(row: Row) -> None:
    """Each test that a row names is in its file."""
    missing = [f"{path}::{name}" for path, name in row.tests if name not in names_in(path)]

    assert not missing
    assert len(set(row.tests)) == len(row.tests)


def test_open_rules_are_known() -> None:
    """A rule does not become open unnoticed, and one that is shown leaves the list."""
    found = {row.id for row in ROWS if row.shown_by.rpartition(", ")[2].startswith("open")}

    assert tuple(sorted(found)) == OPEN


@pytest.mark.parametrize(
    "line", ["| APP-1 | Rule. | open", "| APP-01 | | open |", "APP-01 | Rule. | open |"]
)
def test_lines_out_of_order_are_no_rows(line: str) -> None:
    """The reader does not take a line for a row that is none, so that it is missed above."""
    assert LINE.match(line) is None
