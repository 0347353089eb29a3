"""Publishing addresses to the storage."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa

from glue_core import Event, Storage, Work, chunks
from glue_urls import keys
from glue_urls.models import REDIRECT, URL

LOG = logging.getLogger("glue.urls")

Json = dict[str, Any]

CHUNK = 500
"""Paths that are read together."""


class UrlPublisher:
    """Writes where paths lead as it stands, and takes away those that lead nowhere any more.

    What a path leads to depends on the database alone and not on the events, so that they may come
    twice and in any order: an entity whose feature says so, else an imported one, else a redirect.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def handle(self, events: Sequence[Event], work: Work) -> None:
        """Publish paths."""
        for paths in chunks(event.key for event in events):
            documents = _redirects(paths, work) | _entities(paths, work)
            if documents:
                self._storage.put_many({keys.of(path): each for path, each in documents.items()})
            if gone := [keys.of(path) for path in paths if path not in documents]:
                self._storage.delete_many(gone)

    def keys(self, work: Work) -> Iterator[str]:
        """Yield all paths, those too that are published and no longer there."""
        for table in (URL, REDIRECT):
            question = sa.select(table.c.path).distinct().order_by(table.c.path)
            yield from work.session.scalars(question.execution_options(yield_per=CHUNK))
        published = (key.removeprefix(keys.PREFIX) for key in self._storage.keys(keys.PREFIX))
        while part := list(islice(published, CHUNK)):
            known: set[str] = set()
            for table in (URL, REDIRECT):
                question = sa.select(table.c.path).where(table.c.path.in_(part))
                known.update(work.session.scalars(question))
            yield from (path for path in part if path not in known)


def _redirects(paths: Sequence[str], work: Work) -> dict[str, Json]:
    rows = work.session.execute(sa.select(REDIRECT).where(REDIRECT.c.path.in_(paths)))
    return {row.path: {"redirect": row.target} for row in rows}


def _entities(paths: Sequence[str], work: Work) -> dict[str, Json]:
    """Return what each path leads to: of several that claim it the first, and say so."""
    claims: dict[str, list[Any]] = {}
    for row in work.session.execute(sa.select(URL).where(URL.c.path.in_(paths))):
        claims.setdefault(row.path, []).append(row)
    documents = {}
    for path, rows in claims.items():
        rows.sort(key=lambda row: (not row.is_assigned, row.entity_type, row.entity_id))
        first, others = rows[0], {(row.entity_type, row.entity_id) for row in rows}
        if len(others) > 1:
            LOG.warning(
                "%r leads to %s %s; these claim it: %s.",
                path,
                first.entity_type,
                first.entity_id,
                ", ".join(" ".join(each) for each in sorted(others)),
            )
        documents[path] = {
            "locale": first.locale,
            "entity_type": first.entity_type,
            "entity_id": first.entity_id,
        }
    return documents
