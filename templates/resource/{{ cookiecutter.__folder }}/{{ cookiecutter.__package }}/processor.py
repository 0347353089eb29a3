"""Reads {{ cookiecutter.__text }} from the storage."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from glue_core import Storage

START = "{{ cookiecutter.type }}:"
"""Start of the keys of the documents; the id follows."""


class {{ cookiecutter.__camel }}Reader:
    """Reads {{ cookiecutter.__text }}: documents with the fields of the schema."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def find(self, id_: str) -> Mapping[str, Any] | None:
        """Return the document of an id, or None where there is none."""
        document = self._storage.get(START + id_)
        return None if document is None else {**document, "id": id_}

    def page(self, offset: int, limit: int) -> tuple[list[Mapping[str, Any]], int]:
        """Return a part of the documents in the order of their ids, and the number of all.

        Args:
            offset: Index of the first document, from 0.
            limit: Number of documents at most.
        """
        keys = list(self._storage.keys(START))
        shown = keys[offset : offset + limit]
        documents = self._storage.get_many(shown) if shown else {}
        # One that was deleted since the keys were read is left out.
        found: list[Mapping[str, Any]] = [
            {**documents[key], "id": key.removeprefix(START)} for key in shown if key in documents
        ]
        return found, len(keys)
