"""What a part of the benchmarks found, and the files that keep it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.machine import in_words
from benchmarks.tables import Table

FOLDER = Path(__file__).parent / "results"
README = Path(__file__).parent / "README.md"
BEGIN = "<!-- Made by 'python -m benchmarks --all --write'; what stands here is renewed. -->"
END = "<!-- That was made. -->"

ORDER = ("flow", "peers", "http", "services", "scaling", "instructions")
"""Names of the parts, in the order of the README."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a part found.

    Attributes:
        name: Name of the part, and of its files.
        title: Its heading.
        tables: Its tables.
        data: The same for programs.
        plots: Pictures by the names of their files.
        failure: What makes the figures mean nothing, such as answers that differ; else None.
    """

    name: str
    title: str
    tables: tuple[Table, ...]
    data: tuple[Mapping[str, Any], ...]
    plots: Mapping[str, str] | None = None
    failure: str | None = None

    def markdown(self, machine: dict[str, str | int]) -> str:
        """Return the section of the README."""
        parts = [f"### {self.title}\n", f"{in_words(machine)}\n"]
        parts += [each.markdown() for each in self.tables]
        for name in self.plots or ():
            alternative = Path(name).stem.replace("-", " ").capitalize()
            parts.append(f"![{alternative}](results/{name})\n")
        return "\n".join(parts)


def write(result: Result, machine: dict[str, str | int], folder: Path = FOLDER) -> None:
    """Write the files of a part: tables, figures and pictures."""
    folder.mkdir(exist_ok=True)
    (folder / f"{result.name}.md").write_text(result.markdown(machine), encoding="utf-8")
    content = {"machine": machine, "figures": list(result.data)}
    text = json.dumps(content, indent=1, ensure_ascii=False)
    (folder / f"{result.name}.json").write_text(text + "\n", encoding="utf-8")
    for name, picture in (result.plots or {}).items():
        (folder / name).write_text(picture, encoding="utf-8")


def renew(text: str, folder: Path = FOLDER) -> str:
    """Return the text of the README with the tables that the folder has.

    Raises:
        ValueError: The text has no section for them.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The README needs a line {BEGIN} and, below it, a line {END}.")
    files = [folder / f"{name}.md" for name in ORDER]
    made = "\n".join(each.read_text(encoding="utf-8") for each in files if each.exists())
    return f"{before}{begin}\n\n{made}\n{end}{after}"


def renew_readme() -> None:
    """Put the tables that were written into the README."""
    text = README.read_text(encoding="utf-8")
    README.write_text(renew(text), encoding="utf-8")
