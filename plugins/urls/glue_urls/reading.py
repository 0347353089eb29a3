"""Reading published addresses."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from glue_core import Storage
from glue_stores import Market
from glue_urls import Url, UrlTargets, keys

LOG = logging.getLogger("glue.urls")

MOST_REDIRECTS = 20
"""Redirects that are followed; a shop whose pages moved that often should say so at once."""


class PublishedUrlReader:
    """Reads addresses from the storage; see `UrlReader`."""

    def __init__(self, storage: Storage, targets: Mapping[str, UrlTargets]) -> None:
        """Remember where to read.

        Args:
            storage: Where the addresses are published.
            targets: Type to what knows which entities of it are visible.
        """
        self._storage = storage
        self._targets = targets

    def resolve(self, path: str, store: str) -> Url | None:
        """Return where a path leads, or None."""
        url = self._end_of(path)
        if url is None:
            return None
        targets = self._targets.get(url.entity_type)
        if targets is None or not targets.shows(url.entity_id, Market(store, url.locale)):
            return None
        return url

    def _end_of(self, path: str) -> Url | None:
        """Follow redirects to the entity at their end."""
        passed: list[str] = []
        while (document := self._storage.get(keys.of(path))) is not None:
            target = document.get("redirect")
            if target is None:
                return Url(path, **document)
            passed.append(path)
            if target in passed:
                LOG.warning("Redirects lead in a circle: %s", " -> ".join([*passed, target]))
                return None
            if len(passed) > MOST_REDIRECTS:
                LOG.warning("More than %d redirects follow %r.", MOST_REDIRECTS, passed[0])
                return None
            path = target
        return None
