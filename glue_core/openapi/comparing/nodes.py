"""Places in a document: values that know where they stand, with references followed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from glue_core.errors import ConfigurationError

SHARED = "#/components/schemas/"

WORDS = frozenset(
    {
        *("title", "description", "summary", "example", "examples", "externalDocs", "xml"),
        *("$comment", "deprecated", "readOnly", "writeOnly", "default", "discriminator"),
    }
)
"""Members of a schema that refuse no value."""

UNORDERED = frozenset({"required", "enum", "type", "anyOf", "oneOf", "allOf"})
"""Members of a schema whose lists mean the same in each order."""

WHOLE = 12
"""Depth to which two schemas are looked at where they are either alike or not."""


ANYTHING: dict[str, Any] = {}
"""The schema that refuses nothing; one object, since pairs are known by what they consist of."""


class NotComparable(ConfigurationError):
    """A document that cannot be compared with another."""


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a document.

    Attributes:
        root: The document.
        value: The value; a schema may be a bool as well.
        pointer: Its JSON pointer, as a fragment of a URI.
    """

    root: Mapping[str, Any]
    value: Any
    pointer: str = "#"

    def at(self, *names: str | int) -> Node:
        """Return a member of a member, and so on; it must be there."""
        value, pointer = self.value, self.pointer
        for name in names:
            value = value[name]
            pointer += "/" + str(name).replace("~", "~0").replace("/", "~1")
        return Node(self.root, value, pointer)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a member, or another one where there is none."""
        return self.value.get(name, default) if isinstance(self.value, Mapping) else default

    def each(self, name: str) -> Iterator[Node]:
        """Yield the elements of a member that is a list; nothing where there is none."""
        for index in range(len(self.get(name) or ())):
            yield self.at(name, index)

    def members(self, name: str) -> dict[str, Node]:
        """Return the members of a member that is an object; none where there is none."""
        return {each: self.at(name, each) for each in self.get(name) or ()}

    @property
    def reference(self) -> str | None:
        """What it refers to, or None."""
        found = self.get("$ref")
        return found if isinstance(found, str) else None

    @property
    def shared_name(self) -> str | None:
        """Name of the shared schema that this refers to, or None."""
        found = self.reference
        if found is None or not found.startswith(SHARED):
            return None
        return found.removeprefix(SHARED)

    @property
    def only_refers(self) -> bool:
        """Whether there is a reference, and no rule beside it."""
        return self.reference is not None and not set(self.value) - {"$ref"} - WORDS

    def followed(self) -> Node:
        """Return what it refers to where it does nothing else, through all references; or itself.

        Raises:
            NotComparable: A reference leads nowhere, in a circle, or out of the document.
        """
        found, seen = self, {id(self.value)}
        while found.only_refers:
            found = found.target()
            if id(found.value) in seen:
                raise NotComparable(f"{self.pointer} refers to itself, and says nothing.")
            seen.add(id(found.value))
        return found

    def target(self) -> Node:
        """Return what it refers to.

        Raises:
            NotComparable: The reference leads nowhere, or out of the document.
        """
        assert self.reference is not None
        return self._of(self.reference)

    def _of(self, reference: str) -> Node:
        if reference != "#" and not reference.startswith("#/"):
            raise NotComparable(
                f"{self.pointer} refers to {reference!r}, which is not in the document.\n"
                "Put all parts into one file first."
            )
        found = Node(self.root, self.root)
        try:
            for part in reference.split("/")[1:]:
                name = part.replace("~1", "/").replace("~0", "~")
                found = found.at(int(name) if isinstance(found.value, list) else name)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise NotComparable(
                f"{self.pointer} refers to {reference!r}: nothing is there."
            ) from error
        return found


def plain(value: Any) -> str:
    """Return a value as text: the same for what JSON says the same with."""
    return json.dumps(_equal(value), sort_keys=True, ensure_ascii=False)


def _equal(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_equal(each) for each in value]
    if isinstance(value, Mapping):
        return {str(name): _equal(each) for name, each in value.items()}
    return value


class Prints:
    """Fingerprints of schemas: alike where they take the same, whatever their parts are called."""

    def __init__(self, ignored: frozenset[str] = frozenset(WORDS)) -> None:
        """Begin.

        Args:
            ignored: Keywords that count for nothing; by default those that are words for people.
        """
        self._ignored = ignored
        self._known: dict[tuple[int, int], str] = {}
        self._kept: list[Any] = []

    def of(self, node: Node, depth: int = 4) -> str:
        """Return the fingerprint of a schema; deeper than the depth nothing is looked at.

        Args:
            node: The schema, or any part of one.
            depth: Number of levels of schemas and lists.
        """
        key = (id(node.value), depth)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._made(node, depth)
            # An id is that of another value once this one is gone.
            self._kept.append(node.value)
        return found

    def _made(self, node: Node, depth: int) -> str:
        if depth < 0:
            return "..."
        value = node.value
        if isinstance(value, list):
            return _digest(self.of(each, depth - 1) for each in _elements(node))
        if not isinstance(value, Mapping):
            return plain(value)
        if node.only_refers:
            return self.of(node.followed(), depth)
        parts = ["{"]
        if node.reference is not None:
            parts.append(f'"$ref":{self.of(node.target(), depth - 1)}')
        for name in sorted(set(value) - {"$ref"} - self._ignored, key=str):
            each = node.at(name)
            if name == "properties" and isinstance(each.value, Mapping):
                # Here every name is that of a member, not that of a keyword.
                parts += [
                    f"properties/{plain(member)}:{self.of(each.at(member), depth - 1)}"
                    for member in sorted(each.value)
                ]
            elif name in UNORDERED and isinstance(each.value, list):
                inner = sorted(self.of(one, depth - 1) for one in _elements(each))
                parts.append(f"{plain(name)}:{','.join(inner)}")
            else:
                parts.append(f"{plain(name)}:{self.of(each, depth - 1)}")
        return _digest(parts)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def _elements(node: Node) -> Iterator[Node]:
    for index in range(len(node.value)):
        yield node.at(index)


__all__ = ["ANYTHING", "SHARED", "WHOLE", "WORDS", "Node", "NotComparable", "Prints", "plain"]
