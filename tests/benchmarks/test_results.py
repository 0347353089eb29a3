"""The files of a part, and the section of the README."""

import json
from pathlib import Path

import pytest

from benchmarks.results import BEGIN, END, ORDER, README, Result, renew, write
from benchmarks.tables import Table

MACHINE: dict[str, str | int] = {
    "processor": "Processor",
    "cores": 2,
    "memory": "8 GiB of memory",
    "system": "Linux, x86_64",
    "python": "CPython 3.11.7",
    "date": "2026-01-02",
}


def result(name: str, cell: str) -> Result:
    """Return a result with one table and one plot."""
    table = Table("Times", ("who", "µs"), (("Glue", cell),))
    data = ({"workload": "one", "median": 1.5},)
    return Result(name, f"Part {name}", (table,), data, {f"{name}.svg": "<svg/>\n"})


def test_files_of_a_part(tmp_path: Path) -> None:
    """Markdown, JSON and pictures are written, and it is said where it was measured."""
    write(result("flow", "1.5"), MACHINE, tmp_path)

    assert json.loads((tmp_path / "flow.json").read_text("utf-8")) == {
        "machine": MACHINE,
        "figures": [{"workload": "one", "median": 1.5}],
    }
    assert (tmp_path / "flow.svg").read_text("utf-8") == "<svg/>\n"
    text = (tmp_path / "flow.md").read_text("utf-8")
    assert text.startswith("### Part flow\n\n2026-01-02, CPython 3.11.7, 2 cores of Processor")
    assert "| Glue | 1.5 |" in text
    assert "![Flow](results/flow.svg)" in text


def test_readme_has_what_is_in_the_folder(tmp_path: Path) -> None:
    """The section holds all parts, in their order; what stands around it stays."""
    for name in reversed(ORDER):
        write(result(name, "1.5"), MACHINE, tmp_path)

    text = renew(f"Before.\n\n{BEGIN}\nold\n{END}\n\nAfter.\n", tmp_path)

    assert text.startswith(f"Before.\n\n{BEGIN}\n")
    assert text.endswith(f"{END}\n\nAfter.\n")
    assert "old" not in text
    heads = [line for line in text.splitlines() if line.startswith("### ")]
    assert heads == [f"### Part {name}" for name in ORDER]


def test_readme_is_renewed_in_place(tmp_path: Path) -> None:
    """Once more changes nothing; new figures replace the old ones."""
    write(result("flow", "1.5"), MACHINE, tmp_path)
    once = renew(f"{BEGIN}\n{END}\n", tmp_path)
    write(result("flow", "2.5"), MACHINE, tmp_path)

    assert renew(once, tmp_path) == once.replace("1.5", "2.5")


def test_readme_without_a_section(tmp_path: Path) -> None:
    """Where the marks are missing, nothing is guessed."""
    with pytest.raises(ValueError, match="needs a line"):
        renew(f"{END}\n{BEGIN}\n", tmp_path)


def test_readme_is_as_it_was_made() -> None:
    """What the README shows is what the folder has: nobody edits figures."""
    text = README.read_text(encoding="utf-8")

    assert renew(text) == text
