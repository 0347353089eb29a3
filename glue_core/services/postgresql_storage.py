"""Key-value documents in a PostgreSQL table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from glue_core.services.sql_database import SqlDatabase
from glue_core.services.storage import Document
from glue_core.services.stored import decoded, encoded, end_of_prefix, from_bytes, to_bytes

PAGE = 1000
"""Keys that are read at once when all are listed."""
CREATE_LOCK = 0x676C7565_73746F72
"""Key of the advisory lock around making the table; any number that nobody else uses."""

EXISTS = sa.text("SELECT to_regclass('glue_storage') IS NOT NULL")
LOCK = sa.text("SELECT pg_advisory_xact_lock(:key)")
CREATE = sa.text(
    "CREATE TABLE IF NOT EXISTS glue_storage (key bytea PRIMARY KEY, document text NOT NULL)"
)
GET_MANY = sa.text("SELECT key, document FROM glue_storage WHERE key = ANY(:keys)")
PUT_MANY = sa.text(
    "INSERT INTO glue_storage (key, document)"
    " SELECT * FROM unnest(CAST(:keys AS bytea[]), CAST(:documents AS text[]))"
    " ON CONFLICT (key) DO UPDATE SET document = excluded.document"
)
# Rows are locked in the order of their keys, as writing does: two processes never wait for
# each other.
DELETE_MANY = sa.text(
    "DELETE FROM glue_storage WHERE key IN"
    " (SELECT key FROM glue_storage WHERE key = ANY(:keys) ORDER BY key FOR UPDATE)"
)
KEYS = sa.text("SELECT key FROM glue_storage WHERE key >= :start ORDER BY key LIMIT :page")
KEYS_BEFORE = sa.text(
    "SELECT key FROM glue_storage WHERE key >= :start AND key < :end ORDER BY key LIMIT :page"
)


class PostgresqlStorage:
    """Documents by key in the table ``glue_storage``; see `glue_core.services.storage.Storage`.

    The first write makes the table; a storage that nobody wrote to is empty. Keys are any text,
    kept as bytes, in code point order whatever the collation of the database.
    """

    def __init__(self, url: str, timeout: float = 2.0) -> None:
        """Remember where the database is; nothing is opened yet.

        Args:
            url: SQLAlchemy URL, ``postgresql`` or ``postgresql+psycopg``.
            timeout: Longest wait for a connection, a lock or a statement, in seconds.

        Raises:
            ConfigurationError: The URL cannot be read.
        """
        self._database = SqlDatabase(url, timeout, service="storage")
        self._has_table = False

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Sequence[str]) -> dict[str, Document]:
        """Return the documents that exist, by key, in the order of the keys."""
        wanted = {to_bytes(key): key for key in keys}
        if not wanted:
            return {}
        found = {bytes(name): text for name, text in self._read(GET_MANY, keys=list(wanted))}
        return {key: decoded(found[name]) for name, key in wanted.items() if name in found}

    def put_many(self, documents: Mapping[str, Document]) -> None:
        """Write documents, each replacing the one before it; all of them or none."""
        rows = sorted((to_bytes(key), encoded(key, each)) for key, each in documents.items())
        if not rows:
            return
        with self._database.work() as work:
            connection = work.session.connection()
            if not self._exists(connection):
                connection.execute(LOCK, {"key": CREATE_LOCK})
                connection.execute(CREATE)
            connection.execute(
                PUT_MANY, {"keys": [row[0] for row in rows], "documents": [row[1] for row in rows]}
            )

    def delete_many(self, keys: Sequence[str]) -> None:
        """Delete documents; a key without one is no error."""
        names = [to_bytes(key) for key in keys]
        if names:
            with self._database.work() as work:
                connection = work.session.connection()
                if self._exists(connection):
                    connection.execute(DELETE_MANY, {"keys": names})

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with a prefix, in code point order.

        They are read in pages, so a key that is written meanwhile may or may not be among them.
        """
        start, end = to_bytes(prefix), end_of_prefix(prefix)
        while True:
            if end is None:
                rows = self._read(KEYS, start=start, page=PAGE)
            else:
                rows = self._read(KEYS_BEFORE, start=start, end=end, page=PAGE)
            for (name,) in rows:
                yield from_bytes(name)
            if len(rows) < PAGE:
                return
            start = bytes(rows[-1][0]) + b"\0"

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the database answers."""
        self._database.check()

    def close(self) -> None:
        """Give connections back; the storage may be used again afterwards."""
        self._database.close()

    def _read(self, statement: sa.TextClause, **parameters: Any) -> Sequence[Any]:
        """Run a statement; a storage that nobody wrote to has no rows."""
        with self._database.work(writes=False) as work:
            connection = work.session.connection()
            if not self._exists(connection):
                return []
            return connection.execute(statement, parameters).all()

    def _exists(self, connection: sa.Connection) -> bool:
        """Say whether somebody has written; asked until it is so, then never again."""
        if not self._has_table:
            self._has_table = bool(connection.execute(EXISTS).scalar())
        return self._has_table
