"""Key-value documents: what readers of published data read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

Document = Mapping[str, Any]
"""A document as JSON knows it."""


class Storage(Protocol):
    """Documents by key. Every method may raise `ServiceUnavailable`."""

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""

    def get_many(self, keys: Sequence[str]) -> dict[str, Document]:
        """Return the documents that exist, by key; one read however many keys."""

    def put_many(self, documents: Mapping[str, Document]) -> None:
        """Write documents, each replacing the one before it; all of them or none."""

    def delete_many(self, keys: Sequence[str]) -> None:
        """Delete documents; a key without one is no error."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with a prefix, in order."""

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the service answers."""

    def close(self) -> None:
        """Give connections back; the storage may be used again afterwards."""
