"""The picture of a request's life, drawn from the table of stages in ``docs/architecture.md``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

ARCHITECTURE = Path(__file__).resolve().parent.parent / "architecture.md"

REFUSED = "verdict"
"""Stage after which a refusal leaves."""
ANSWERED = "format"
"""Stage that every outcome comes to."""
WORK = ("wrap", "commit")
"""First and last stage of the unit of work."""

_ROW = re.compile(r"^\| ([a-z ]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_MARKS = re.compile(r"[`*]")

WIDTH, LEFT, BOX = 920, 180, 560
LINE, GAP, PADDING = 17, 16, 9
LETTERS = 78
STYLE = """\
.paper { fill: #ffffff; }
.box { fill: #eef3f8; stroke: #4a6a8a; }
.work { fill: none; stroke: #8a6d3b; stroke-dasharray: 5 4; }
.arrow { fill: none; stroke: #4a6a8a; stroke-width: 1.5; }
text { font-family: sans-serif; font-size: 13px; fill: #1c2733; }
.stage { font-weight: bold; }
.aside { font-style: italic; fill: #4b5563; }"""


def stages() -> list[tuple[str, str]]:
    """Return the stages of a request and what happens there, in their order."""
    text = ARCHITECTURE.read_text(encoding="utf-8")
    table = text.partition("| stage | module | what happens |\n")[2].partition("\n\n")[0]
    return [(name, _MARKS.sub("", what)) for name, _, what in _ROW.findall(table)]


def page() -> str:
    """Return the picture.

    Raises:
        ValueError: A stage that the picture says something of is not in the table.
    """
    found = stages()
    names = [name for name, _ in found]
    missing = {REFUSED, ANSWERED, *WORK} - set(names)
    if missing:
        raise ValueError(f"The table of stages has no {', '.join(sorted(missing))}.")
    boxes: dict[str, tuple[int, int]] = {}
    shapes: list[str] = []
    top = 46
    for name, what in found:
        lines = wrap(what, LETTERS)
        height = 2 * PADDING + LINE * (len(lines) + 1) - 4
        boxes[name] = (top, height)
        shapes += _box(name, lines, top, height)
        top += height + GAP
    for upper, lower in pairwise(names):
        shapes.append(_down(sum(boxes[upper]), boxes[lower][0]))
    shapes.append(_down(24, boxes[names[0]][0]))
    bottom = sum(boxes[names[-1]])
    shapes.append(_down(bottom, bottom + 22))
    shapes.append(_text(LEFT + BOX // 2, 18, "request", "aside", "middle"))
    shapes.append(_text(LEFT + BOX // 2, bottom + 38, "answer", "aside", "middle"))
    shapes += _refusal(boxes)
    shapes += _work(boxes)
    return "\n".join(_picture(shapes, bottom + 52, names)) + "\n"


def _picture(shapes: Sequence[str], height: int, names: Sequence[str]) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-labelledby="title">'
    )
    yield f'<title id="title">The life of a request: {", ".join(names)}</title>'
    yield f"<style>\n{STYLE}\n</style>"
    yield (
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8Z" fill="#4a6a8a"/></marker></defs>'
    )
    yield f'<rect class="paper" width="{WIDTH}" height="{height}"/>'
    yield from shapes
    yield "</svg>"


def _box(name: str, lines: Sequence[str], top: int, height: int) -> Iterator[str]:
    yield f'<rect class="box" x="{LEFT}" y="{top}" width="{BOX}" height="{height}" rx="5"/>'
    yield _text(LEFT + 12, top + PADDING + 11, name, "stage")
    for number, line in enumerate(lines, 1):
        yield _text(LEFT + 12, top + PADDING + 11 + number * LINE, line)


def _refusal(boxes: dict[str, tuple[int, int]]) -> Iterator[str]:
    """Lead past the stages that a refused request does not reach."""
    start = boxes[REFUSED][0] + boxes[REFUSED][1] // 2
    end = boxes[ANSWERED][0] + boxes[ANSWERED][1] // 2
    line = f"M{LEFT} {start} H{LEFT - 34} V{end} H{LEFT - 2}"
    yield f'<path class="arrow" d="{line}" marker-end="url(#tip)"/>'
    for number, words in enumerate(("what is refused", "or fails goes on", "with the formatters")):
        yield _text(LEFT - 42, (start + end) // 2 + (number - 1) * LINE, words, "aside", "end")


def _work(boxes: dict[str, tuple[int, int]]) -> Iterator[str]:
    """Surround what runs inside of the unit of work."""
    first, last = (boxes[each] for each in WORK)
    top, bottom = first[0] - 7, sum(last) + 7
    yield (
        f'<rect class="work" x="{LEFT - 9}" y="{top}" width="{BOX + 18}" '
        f'height="{bottom - top}" rx="7"/>'
    )
    for number, words in enumerate(("in the unit of work;", "an error undoes it")):
        yield _text(LEFT + BOX + 18, (top + bottom) // 2 + number * LINE, words, "aside")


def _down(start: int, end: int) -> str:
    middle = LEFT + BOX // 2
    return f'<path class="arrow" d="M{middle} {start} V{end - 1}" marker-end="url(#tip)"/>'


def _text(x: int, y: int, words: str, kind: str = "", anchor: str = "start") -> str:
    attributes = f' class="{kind}"' if kind else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{attributes}>{escape(words)}</text>'
