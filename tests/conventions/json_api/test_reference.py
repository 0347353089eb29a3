"""The page about JSON:API says what the dialects say."""

from dataclasses import fields
from pathlib import Path

from glue_json_api import GLUE, STRICT, Dialect

PAGE = Path(__file__).parents[3] / "docs" / "json-api.md"


def test_every_member_of_a_dialect_is_described() -> None:
    """The table has a row for each member, in order, with its value in both presets."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    start = lines.index("| member | `strict` | `glue` | meaning |") + 2
    rows = [line.split(" | ")[:3] for line in lines[start : lines.index("", start)]]

    assert rows == [
        [f"| `{each.name}`", f"`{getattr(STRICT, each.name)!r}`", f"`{getattr(GLUE, each.name)!r}`"]
        for each in fields(Dialect)
    ]


def test_every_member_deviates_or_is_common() -> None:
    """The presets differ in every member but the name of the total."""
    same = [e.name for e in fields(Dialect) if getattr(STRICT, e.name) == getattr(GLUE, e.name)]

    assert same == ["total"]
