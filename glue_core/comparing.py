"""Comparing: where two answers to one request differ. Pure functions; nothing runs here.

What differs is named by its path: ``data[0].attributes.price`` in a document, ``status``,
``header:content-type`` and ``body`` in an answer. The pattern of a path is the path without the
positions in lists, ``data[].attributes.price``; by patterns differences are counted and expected.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from glue_core.recording import Answer

STATUS = "status"
BODY = "body"
HEADER = "header:"

MOST = 1000
"""Differences of one answer that are told of; whoever has more has another document."""

Kind = Literal["changed", "missing", "added"]
Steps = tuple[str | int, ...]

_WORD = re.compile(r"[A-Za-z0-9_:@*-]+")
_PLAIN = r'[^.\[\]"]+'
_QUOTED = r'\["(?:[^"\\]|\\.)*"\]'
_PART = re.compile(rf'\[\]|\["((?:[^"\\]|\\.)*)"\]|\.?({_PLAIN})')
_NOTHING: Any = object()
INCLUDED: Steps = ("included",)
"""Where a compound document has resources that others link to."""

ANY = "*"
EACH = "[]"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs.

    Attributes:
        path: Where.
        pattern: The path without positions in lists.
        kind: ``changed``; ``missing`` where the second answer lacks it, ``added`` where the first
            does.
        values: What each answer has there, for people; None where it has nothing.
    """

    path: str
    pattern: str
    kind: Kind
    values: tuple[str | None, str | None]


def compare(
    first: Answer,
    second: Answer,
    headers: Iterable[str] = (),
    *,
    ids: bool = True,
    empty: bool = True,
) -> list[Difference]:
    """Say where two answers differ.

    Of an error and a success nothing but the status is compared: the rest cannot be alike. JSON is
    compared member by member; where one of the bodies is none, or too large, by digest.

    Args:
        first: The answer that counts.
        second: The other one.
        headers: Lower-case names of the headers that are compared.
        ids: Whether the ids of resources are compared.
        empty: Whether an empty list, an empty map and no member at all are three things.
    """
    found = []
    if first.status != second.status:
        found.append(_difference(STATUS, STATUS, str(first.status), str(second.status)))
        if (first.status < 400) is not (second.status < 400):
            return found
    for name in headers:
        one, other = first.headers.get(name), second.headers.get(name)
        if one != other:
            found.append(_difference(HEADER + name, HEADER + name, one, other))
    if (first.size, first.digest) == (second.size, second.digest):
        return found
    documents = _document_of(first), _document_of(second)
    if _NOTHING in documents:
        sizes = [f"{each.size} bytes" for each in (first, second)]
        found.append(_difference(BODY, BODY, sizes[0], sizes[1]))
        return found
    found.extend(compare_documents(*documents, ids=ids, empty=empty))
    return found


def compare_documents(
    first: Any, second: Any, *, ids: bool = True, empty: bool = True
) -> list[Difference]:
    """Say where two JSON documents differ.

    The order of members does not matter, that of lists does, save that of included resources,
    which says nothing: each is held against that of its type and id. A number is another one where
    it is written with a point and was not: clients with types notice.

    Args:
        first: The document that counts.
        second: The other one.
        ids: Whether the ids of resources are compared: members ``id`` beside a ``type``.
        empty: Whether an empty list, an empty map and no member at all are three things.
    """
    found: list[Difference] = []
    # A document may be nested deeper than functions can call themselves.
    waiting: list[tuple[Steps, Any, Any]] = [((), first, second)]
    while waiting and len(found) < MOST:
        steps, one, other = waiting.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            skips = not ids and "type" in one and "type" in other
            names = [*one, *(each for each in other if each not in one)]
            waiting.extend(
                ((*steps, name), one.get(name, _NOTHING), other.get(name, _NOTHING))
                for name in reversed(names)
                if not (skips and name == "id")
            )
        elif isinstance(one, list) and isinstance(other, list):
            if steps == INCLUDED:
                one, other = _paired(one, other)
            waiting.extend(
                ((*steps, index), _at(one, index), _at(other, index))
                for index in reversed(range(max(len(one), len(other))))
            )
        elif not empty and _is_empty(one) and _is_empty(other):
            continue
        elif type(one) is not type(other) or one != other:
            found.append(_difference(path_of(steps), pattern_of(steps), _shown(one), _shown(other)))
    return found


def _paired(one: list[Any], other: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return two lists of resources so that those of one type and id stand at one position.

    What only one of them has stands opposite to nothing; what is new comes last.
    """

    def key(each: Any) -> str:
        return f"{each.get('type')}\n{each.get('id')}" if isinstance(each, dict) else ""

    left = {key(each): each for each in other}
    paired = [left.pop(key(each), _NOTHING) for each in one]
    further = [each for each in other if key(each) in left]
    return [*one, *[_NOTHING] * len(further)], [*paired, *further]


def _is_empty(value: Any) -> bool:
    return value is _NOTHING or value in ([], {})


def path_of(steps: Steps) -> str:
    """Write a path; the whole document is the body."""
    return _written(steps, "[{}]".format)


def pattern_of(steps: Steps) -> str:
    """Write the pattern of a path."""
    return _written(steps, lambda _: EACH)


class Expected:
    """Patterns of differences that nobody needs to hear of."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """Read patterns.

        A pattern covers what it names and everything below. ``*`` stands for one member.

        Raises:
            ValueError: One of them is no pattern; the message says which.
        """
        self.patterns = tuple(patterns)
        sources = [_source_of(each) for each in self.patterns]
        self._covers = re.compile("|".join(sources)) if sources else None

    def covers(self, difference: Difference) -> bool:
        """Say whether a difference is expected."""
        return self._covers is not None and self._covers.match(difference.pattern) is not None


def _source_of(pattern: str) -> str:
    """Return a pattern as a regular expression for the start of a pattern of differences."""
    if pattern.startswith(HEADER):
        return re.escape(pattern) + r"\Z"
    source: list[str] = []
    end = 0
    for match in _PART.finditer(pattern):
        if match.start() != end:
            break
        end = match.end()
        quoted, name = match.groups()
        dot = r"\." if source else ""
        if name == ANY:
            source.append(rf"(?:{dot}{_PLAIN}|{_QUOTED})")
        elif name is None and quoted is None:
            source.append(r"\[\]")
        else:
            step = _member(name if name is not None else json.loads(f'"{quoted}"'))
            source.append(("" if step.startswith("[") else dot) + re.escape(step))
    if not pattern or end != len(pattern):
        raise ValueError(f"{pattern!r} is no path: write it as 'data[].attributes.price'.")
    return "".join(source) + r"(?=[.\[]|\Z)"


def _written(steps: Steps, position: Any) -> str:
    parts: list[str] = [] if steps else [BODY]
    for step in steps:
        if isinstance(step, int):
            parts.append(position(step))
        else:
            name = _member(step)
            parts.append(f".{name}" if parts and not name.startswith("[") else name)
    return "".join(parts)


def _member(name: str) -> str:
    """Write the name of a member; one that is no word stands in quotes."""
    return name if _WORD.fullmatch(name) else f"[{json.dumps(name)}]"


def _document_of(answer: Answer) -> Any:
    """Return the document of an answer, or `_NOTHING` where it has none that can be read."""
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if answer.body is None or not media_type.endswith(("/json", "+json")):
        return _NOTHING
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return _NOTHING


def _at(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else _NOTHING


def _shown(value: Any) -> str | None:
    return None if value is _NOTHING else json.dumps(value, ensure_ascii=False)


def _difference(path: str, pattern: str, one: str | None, other: str | None) -> Difference:
    kind: Kind = "changed"
    if other is None:
        kind = "missing"
    elif one is None:
        kind = "added"
    return Difference(path, pattern, kind, (one, other))
