"""How changes of documents are told: to people, to programs, and in release notes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from glue_core.openapi.comparing.changes import Change, counted
from glue_core.openapi.comparing.rules import RULES, Level, Side

MOST_PLACES = 3
"""Places of a change that people are told; programs get all of them."""

MOST_LETTERS = 100
"""Length of a value that people are shown."""

NOTHING = "Nothing differs."

HEADINGS = {
    Level.BREAKING: "Breaking changes",
    Level.RISKY: "May break",
    Level.DEPRECATION: "Deprecated",
    Level.COMPATIBLE: "Compatible",
    Level.TEXT: "Texts",
}


def as_json(changes: Iterable[Change]) -> list[dict[str, Any]]:
    """Return changes, ready for JSON."""
    return [
        {
            "level": each.level.word,
            "rule": each.rule,
            "side": each.side.value,
            "subject": each.subject,
            "notice": each.notice,
            "pointer": each.pointer,
            "old": each.old,
            "new": each.new,
            "plugins": list(each.plugins),
            "places": [
                {"method": place.method, "path": place.path, "part": place.part}
                for place in each.places
            ],
        }
        for each in changes
    ]


def as_text(changes: Sequence[Change]) -> Iterator[str]:
    """Yield lines for people: what differs, what of it a client notices, and where."""
    for each in changes:
        yield f"{each.level.word}: {_subject(each)}: {RULES[each.rule].about} ({each.rule})"
        if each.level is not Level.TEXT:
            yield f"    {each.notice}"
        if each.old is not None:
            yield f"    was {_short(each.old)}"
        if each.new is not None:
            yield f"    is  {_short(each.new)}"
        where = _where(each)
        if where:
            yield f"    in  {where}"
        if each.plugins:
            yield f"    by  {', '.join(each.plugins)}"


def as_markdown(changes: Sequence[Change]) -> Iterator[str]:
    """Yield lines for release notes: a heading for each level, and an item for each change."""
    if not changes:
        yield NOTHING
    for index, (level, found) in enumerate(groupby(changes, lambda each: each.level)):
        if index:
            yield ""
        yield f"## {HEADINGS[level]}"
        yield ""
        for each in found:
            text = f"- `{each.subject}`: {RULES[each.rule].about}."
            if level is not Level.TEXT:
                text += f" {each.notice}"
            if each.old is not None:
                text += f" Was {_code(each.old)}."
            if each.new is not None:
                text += f" Is {_code(each.new)}."
            where = _where(each, "`")
            yield text + (f" In {where}." if where else "")


def summary(changes: Iterable[Change]) -> str:
    """Return how many changes there are of each level, in one line."""
    numbers = counted(changes)
    return ", ".join(f"{number} {level.word}" for level, number in numbers.items()) or NOTHING


def _subject(change: Change) -> str:
    if change.side is Side.EITHER:
        return change.subject
    return f"{change.subject} ({change.side.value})"


def _where(change: Change, mark: str = "") -> str:
    """Return the first places; that of a change which names its place itself is none."""
    places = [str(each) for each in change.places if str(each) != change.subject]
    shown = [f"{mark}{each}{mark}" for each in places[:MOST_PLACES]]
    more = len(places) - len(shown)
    if more:
        shown.append(f"{more} more {'place' if more == 1 else 'places'}")
    return ", ".join(shown)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 3] + "..."


def _code(value: Any) -> str:
    # Markdown ends code at the next mark, and two of them hold one.
    text = _short(value)
    return f"`` {text} ``" if "`" in text else f"`{text}`"
