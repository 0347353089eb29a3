"""Imports: put into order and into lines once the names in them are known.

It stands alone: the exported templates carry it with them.
"""

from __future__ import annotations

import pathlib
import re

WIDTH = 100
"""Letters of a line at most, as the linter counts them."""

_IMPORT = re.compile(r"^from (glue_[\w.]+) import (\([^)]*\)|.*)\n", re.MULTILINE)
_IMPORTS = re.compile(rf"(?:{_IMPORT.pattern})+", re.MULTILINE)


def in_order(text: str) -> str:
    """Put imports from packages of Glue into order and into lines, as the names in them decide."""

    def sort(block: re.Match[str]) -> str:
        found = {module: re.findall(r"\w+", names) for module, names in _IMPORT.findall(block[0])}
        return "".join(
            _import(module, sorted(found[module], key=_rank)) for module in sorted(found)
        )

    return _IMPORTS.sub(sort, text)


def _import(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}\n"
    if len(line) <= WIDTH + 1:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")\n"


def _rank(name: str) -> tuple[int, str]:
    """Constants before classes before the rest, as linters sort imported names."""
    is_constant = len(name) > 1 and name.isupper()
    return (0 if is_constant else 1 if name[0].isupper() else 2), name


for path in sorted(pathlib.Path().rglob("*.py")):
    path.write_text(in_order(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
