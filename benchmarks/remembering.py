"""Services that answer from memory what was asked before: what the framework costs without them."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import SearchIndex, SearchPage, SearchQuery, ServiceEngine, Services, hookimpl
from glue_core.services.sqlite_storage import SqliteStorage
from glue_core.services.storage import Document
from glue_core.services.tantivy_search import TantivySearch

SCHEME = "remembered"


class RememberedStorage(SqliteStorage):
    """Reads each document once from its file. Nobody may write meanwhile."""

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Sequence[str]) -> dict[str, Document]:
        """Return the documents that exist, by key, in the order of the keys."""
        known = self._known
        missing = [key for key in keys if key not in known]
        if missing:
            found = super().get_many(missing)
            known.update({key: found.get(key) for key in missing})
        return {key: document for key in keys if (document := known[key]) is not None}

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(url, timeout)
        self._known: dict[str, Document | None] = {}


class RememberedSearch(TantivySearch):
    """Asks its index each question once. Nobody may write meanwhile."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(url, timeout)
        self._known: dict[tuple[str, SearchQuery], SearchPage] = {}

    def find(self, index: SearchIndex, query: SearchQuery) -> SearchPage:
        """Answer a question."""
        key = (index.name, query)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = super().find(index, query)
        return found


def open_storage(url: str, services: Services) -> RememberedStorage:
    """Open documents whose URL is that of an SQLite file with another scheme."""
    return RememberedStorage(url.replace(SCHEME, "sqlite", 1), services.timeout)


def open_search(url: str, services: Services) -> RememberedSearch:
    """Open indexes whose URL is that of a tantivy folder with another scheme."""
    return RememberedSearch(url.replace(SCHEME, "tantivy", 1), services.timeout)


class Remembering:
    """The plugin."""

    @hookimpl
    def glue_service_engines(self) -> Sequence[ServiceEngine]:
        """Bring both."""
        return [
            ServiceEngine("storage", SCHEME, open_storage),
            ServiceEngine("search", SCHEME, open_search),
        ]
