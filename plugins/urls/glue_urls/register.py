"""Addresses of entities as they stand in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from glue_core import Event, Work, chunks, upsert
from glue_urls import URL_CHANGED
from glue_urls.models import URL


class DatabaseUrlRegister:
    """Writes the addresses of entities; see `UrlRegister`."""

    def assign(
        self, entity_type: str, addresses: Mapping[str, Mapping[str, str]], work: Work
    ) -> None:
        """Say which addresses some entities have now."""
        for ids in chunks(addresses):
            wanted = {(path, id_): loc for id_ in ids for path, loc in addresses[id_].items()}
            of_these = (
                (URL.c.entity_type == entity_type)
                & URL.c.entity_id.in_(ids)
                & URL.c.is_assigned.is_(True)
            )
            rows = work.session.execute(sa.select(URL).where(of_these))
            held = {(row.path, row.entity_id): row.locale for row in rows}
            gone = held.keys() - wanted.keys()
            new = {key for key, locale in wanted.items() if held.get(key) != locale}
            _delete(entity_type, gone, work)
            rows_of_new = [
                {
                    "path": path,
                    "entity_type": entity_type,
                    "entity_id": id_,
                    "is_assigned": True,
                    "locale": wanted[path, id_],
                }
                for path, id_ in sorted(new)
            ]
            upsert(work.session, URL, rows_of_new)
            for path in sorted({path for path, _ in gone | new}):
                work.publish(Event(URL_CHANGED, path))


def _delete(entity_type: str, pairs: Collection[tuple[str, str]], work: Work) -> None:
    """Take addresses away from entities: pairs of a path and an id."""
    if not pairs:
        return
    # A parameter must not be called as a column: SQLAlchemy would take it for a value to write.
    statement = sa.delete(URL).where(
        URL.c.entity_type == entity_type,
        URL.c.path == sa.bindparam("old_path"),
        URL.c.entity_id == sa.bindparam("old_id"),
        URL.c.is_assigned.is_(True),
    )
    parameters = [{"old_path": path, "old_id": id_} for path, id_ in sorted(pairs)]
    work.session.connection().execute(statement, parameters)
