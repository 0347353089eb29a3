"""Importers of addresses and redirects; rows are written only where they differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from glue_core import Cells, Event, Row, RowError, RowImporter, Work, chunks, upsert
from glue_urls import URL_CHANGED

Values = dict[str, Any]


class PathImporter(RowImporter):
    """Takes the rows of one table, and tells which paths changed by them."""

    def __init__(self, table: sa.Table, read: Callable[[Cells], Values]) -> None:
        """Say what is imported.

        Args:
            table: Where the rows go; they have a ``path``.
            read: Turns a row of the file into one of the table.
        """
        self._table = table
        self._read = read
        self._rows: list[Values] = []

    def load(self, row: Row, work: Work) -> None:
        """Take one row."""
        self._rows.append(self._read(Cells(row)))

    def flush(self, work: Work) -> None:
        """Write the rows that are new or different."""
        keys = [column.name for column in self._table.primary_key.columns]
        given = {tuple(row[key] for key in keys): row for row in self._rows}
        self._rows = []
        stored = {}
        for paths in chunks(row["path"] for row in given.values()):
            question = sa.select(self._table).where(self._table.c.path.in_(paths))
            for row in work.session.execute(question).mappings():
                stored[tuple(row[key] for key in keys)] = dict(row)
        changed = [row for key, row in given.items() if stored.get(key) != row]
        upsert(work.session, self._table, changed)
        for path in sorted({row["path"] for row in changed}):
            work.publish(Event(URL_CHANGED, path))


def read_url(cells: Cells) -> Values:
    """Read a row of ``url``."""
    locale, entity_type = cells.required("locale"), cells.required("entity_type")
    if re.fullmatch(r"[a-z]{2,3}(_[A-Za-z0-9]{2,8})*", locale) is None:
        raise RowError("locale", f"{locale!r} is no name of a locale such as 'en_US'.")
    if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", entity_type) is None:
        raise RowError("entity_type", f"{entity_type!r} is no type such as 'cms-pages'.")
    return {
        "path": _path(cells, "url"),
        "entity_type": entity_type,
        "entity_id": cells.required("entity_id"),
        "is_assigned": False,
        "locale": locale,
    }


def read_redirect(cells: Cells) -> Values:
    """Read a row of ``url_redirect``."""
    path, target = _path(cells, "from_url"), _path(cells, "to_url")
    if path == target:
        raise RowError("to_url", f"{target!r} leads to itself.")
    return {"path": path, "target": target}


def _path(cells: Cells, column: str) -> str:
    path = cells.required(column)
    if not path.startswith("/"):
        raise RowError(column, f"{path!r} is no path that starts with '/'.")
    return path
