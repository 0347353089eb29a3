"""From what a request asks to what addresses are asked."""

from __future__ import annotations

from urllib.parse import unquote

from glue_urls import Url, UrlReader


class UrlResolver:
    """Finds out where the value of a parameter leads."""

    def __init__(self, reader: UrlReader) -> None:
        self._reader = reader

    def resolve(self, value: str, store: str) -> Url | None:
        """Return where a value leads, or None.

        Args:
            value: The value, decoded as every parameter is. Clients of old shops encode it twice:
                one that leads nowhere as it is may be that. Paths with a per cent sign of their own
                come first, or nobody could ask for them.
            store: Name of the store.
        """
        for path in dict.fromkeys((value, unquote(value))):
            url = self._reader.resolve(path, store)
            if url is not None:
                return url
        return None
