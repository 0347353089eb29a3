"""Search over published documents: filter, sort, page and total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

FieldKind = Literal["keyword", "text", "integer", "number", "boolean"]
"""``keyword`` is compared as a whole and by case, ``text`` is also found by its words."""


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """Declares an index.

    Attributes:
        name: Name: lower-case letters, digits, ``-``, ``_`` and ``.``.
        fields: Fields that can be filtered and sorted by, with their kinds. A document may hold
            more: it is returned as it was put.
    """

    name: str
    fields: Mapping[str, FieldKind]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on a field: equal to one of the values."""

    field: str
    values: tuple[str | int | float | bool, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A key of an order; documents without the field come last. Ties are broken by id."""

    field: str
    is_ascending: bool = True


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question to an index.

    Attributes:
        conditions: All must hold.
        text: Words that all must be found in the text fields, or None.
        orders: Order of the answer; by relevance with a text and none, else by id.
        offset: Index of the first document, from 0.
        limit: Number of documents at most, from 0.
    """

    conditions: tuple[Condition, ...] = ()
    text: str | None = None
    orders: tuple[Order, ...] = ()
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class SearchPage:
    """An answer.

    Attributes:
        ids: Ids of the documents, in order.
        documents: The documents, in the same order.
        total: Number of documents that match.
    """

    ids: tuple[str, ...]
    documents: tuple[Mapping[str, Any], ...]
    total: int


class Search(Protocol):
    """Indexes of documents. Every method may raise `ServiceUnavailable`.

    An index that nobody wrote to is empty. Writing is for one process at a time, the worker;
    readers see a write at the latest with the next question after it returned.
    """

    def find(self, index: SearchIndex, query: SearchQuery) -> SearchPage:
        """Answer a question.

        Raises:
            ValueError: The query names a field that the index does not declare, or a number is
                negative.
        """

    def put_many(self, index: SearchIndex, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """Write documents by id, each replacing the one before it; all of them or none."""

    def delete_many(self, index: SearchIndex, ids: Sequence[str]) -> None:
        """Delete documents; an id without one is no error."""

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the service answers."""

    def close(self) -> None:
        """Give files and connections back; the search may be used again afterwards."""
