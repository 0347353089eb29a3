"""Changes: what differs between two documents, each thing told once with all its places."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from glue_core.openapi.comparing.nodes import Node, NotComparable, plain
from glue_core.openapi.comparing.operations import Operations, Site
from glue_core.openapi.comparing.rules import RULES, Level, Side
from glue_core.openapi.comparing.schemas import Difference

VERSIONS = ("3.1",)
"""Versions of OpenAPI whose documents can be compared, without their last numbers."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a client meets a change.

    Attributes:
        method: HTTP method; empty for the whole document.
        path: Path, with the names of its parameters.
        part: Part of the request or the answer; empty for the whole operation.
        plugins: Ids of the plugins that bring the operation, where the document says so.
    """

    method: str = ""
    path: str = ""
    part: str = ""
    plugins: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join(filter(None, (self.method, self.path, self.part)))


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not the same in both documents.

    Attributes:
        rule: Name of the rule that it falls under.
        side: Whether clients send it, receive it, or neither.
        subject: What is different, for people.
        pointer: JSON pointer into the new document, or into the old one where it is gone.
        old: What it was; None where it was not there.
        new: What it is; None where it is gone.
        places: Where it counts, by path.
    """

    rule: str
    side: Side
    subject: str
    pointer: str
    old: Any = None
    new: Any = None
    places: tuple[Place, ...] = ()

    @property
    def level(self) -> Level:
        """How much a client notices."""
        return RULES[self.rule].verdicts[self.side].level

    @property
    def notice(self) -> str:
        """What a client notices, as a sentence."""
        return RULES[self.rule].verdicts[self.side].notice

    @property
    def plugins(self) -> tuple[str, ...]:
        """Ids of the plugins that bring the operations, where the documents say so."""
        return tuple(sorted({each for place in self.places for each in place.plugins}))


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Compare two documents of OpenAPI 3.1.

    The order of what has none, and the names of shared parts, are no change.

    Args:
        old: The document that clients were made for.
        new: The one that is to take its place.

    Returns:
        What differs, the worst first, in the same order on every machine.

    Raises:
        NotComparable: One of them is no such document, or refers to what it does not have.
    """
    for what, document in (("The old document", old), ("The new document", new)):
        _check(what, document)
    groups: dict[tuple[Any, ...], list[tuple[Site, Difference]]] = {}
    # What is made in this process may have one object at several places; each place is its own.
    before, after = (json.loads(json.dumps(each)) for each in (old, new))
    for site, found in Operations(Node(before, before), Node(after, after)).compare():
        subject = found.owner or site.part
        key = (
            *(found.rule, found.side.value, subject, found.trail, bool(found.owner)),
            *(plain(found.old), plain(found.new)),
        )
        groups.setdefault(key, []).append((site, found))
    changes = []
    for (_, _, subject, trail, *_), sites in groups.items():
        first = sites[0][1]
        changes.append(
            Change(
                first.rule,
                first.side,
                _joined(subject, trail),
                first.pointer,
                first.old,
                first.new,
                tuple(_places(each for each, _ in sites)),
            )
        )
    return sorted(changes, key=_order)


def counted(changes: Iterable[Change]) -> Mapping[Level, int]:
    """Return the number of changes of each level that there is, the worst first."""
    found = Counter(each.level for each in changes)
    return {level: found[level] for level in sorted(found, reverse=True)}


def _check(what: str, document: Mapping[str, Any]) -> None:
    version = document.get("openapi") if isinstance(document, Mapping) else None
    if not isinstance(version, str):
        raise NotComparable(f"{what} is no OpenAPI document: it has no 'openapi'.")
    if not version.startswith(tuple(f"{each}." for each in VERSIONS)):
        raise NotComparable(
            f"{what} is one of OpenAPI {version}. Documents of {', '.join(VERSIONS)} are compared."
        )


def _joined(subject: str, trail: str) -> str:
    if not subject:
        return trail.removeprefix(".")
    return f"{subject} {trail.removeprefix('.')}".strip() if " " in subject else subject + trail


def _places(sites: Iterable[Site]) -> Iterator[Place]:
    found = {Place(each.method, each.path, each.part, each.plugins) for each in sites}
    found.discard(Place())
    yield from sorted(found, key=lambda each: (each.path, each.method, each.part))


def _order(change: Change) -> tuple[Any, ...]:
    first = change.places[0] if change.places else Place()
    return (
        *(-change.level, first.path, first.method, change.subject, change.rule),
        *(change.side.value, plain(change.old), plain(change.new)),
    )


__all__ = ["Change", "Place", "compare", "counted"]
