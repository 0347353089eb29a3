"""Key-value documents: what readers of published data read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

Document = Mapping[str, Any]
"""A document as JSON knows it."""

COUNT = "count"
"""The one member of the document that a counter is."""


class Storage(Protocol):
    """Documents by key. Every method may raise `ServiceUnavailable`."""

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""

    def get_many(self, keys: Sequence[str]) -> dict[str, Document]:
        """Return the documents that exist, by key; one read however many keys."""

    def put_many(self, documents: Mapping[str, Document], seconds: float | None = None) -> None:
        """Write documents, each replacing the one before it; all of them or none.

        Args:
            documents: The documents by key.
            seconds: How long they live, more than 0; None is for good. What has expired is not
                read any more, and is deleted by later writes.
        """

    def increment(self, key: str, seconds: float) -> int:
        """Count one more, and return how many there are: 1 for the first.

        Nobody's count is lost, however many processes count at once. A counter is the document
        ``{"count": 1}``; any other document of its key is replaced.

        Args:
            key: Key of the counter.
            seconds: How long a new counter lives, more than 0; counting does not prolong it.
        """

    def replace(self, key: str, document: Document, seconds: float | None = None) -> bool:
        """Write a document where there is one, at once: what is gone meanwhile stays gone.

        Args:
            key: Key of the document.
            document: The document.
            seconds: How long it lives from now on, as for `put_many`.

        Returns:
            False when there was none; then nothing is written.
        """

    def take(self, key: str) -> Document | None:
        """Delete a document and return it, or None; of several who ask at once, one gets it."""

    def delete_many(self, keys: Sequence[str]) -> None:
        """Delete documents; a key without one is no error."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with a prefix, in order."""

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the service answers."""

    def close(self) -> None:
        """Give connections back; the storage may be used again afterwards."""
