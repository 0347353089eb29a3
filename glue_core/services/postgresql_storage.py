"""Key-value documents in a PostgreSQL table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from glue_core.services.sql_database import SqlDatabase
from glue_core.services.storage import Document
from glue_core.services.stored import (
    COUNTER,
    checked_lifetime,
    counter,
    decoded,
    encoded,
    end_of_prefix,
    from_bytes,
    to_bytes,
)

PAGE = 1000
"""Keys that are read at once when all are listed."""
SWEPT = 20
"""Expired documents that a write deletes beside its own work."""
CREATE_LOCK = 0x676C7565_73746F72
"""Key of the advisory lock around making the table; any number that nobody else uses."""

EXISTS = sa.text("SELECT to_regclass('glue_storage') IS NOT NULL")
LOCK = sa.text("SELECT pg_advisory_xact_lock(:key)")
# In seconds since 1970 by the clock of the database, NULL for what stays.
CREATE = sa.text(
    "CREATE TABLE IF NOT EXISTS glue_storage"
    " (key bytea PRIMARY KEY, document text NOT NULL, expires_at double precision)"
)
CREATE_INDEX = sa.text(
    "CREATE INDEX IF NOT EXISTS glue_storage_expires_at ON glue_storage (expires_at)"
    " WHERE expires_at IS NOT NULL"
)
NOW = "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"
LIVES = f"(expires_at IS NULL OR expires_at > {NOW})"
GET_MANY = sa.text(
    f"SELECT key, document FROM glue_storage WHERE key = ANY(:keys) AND {LIVES}"  # noqa: S608
)
PUT_MANY = sa.text(
    "INSERT INTO glue_storage (key, document, expires_at)"  # noqa: S608
    f" SELECT key, document, {NOW} + CAST(:seconds AS double precision)"
    " FROM unnest(CAST(:keys AS bytea[]), CAST(:documents AS text[])) AS given (key, document)"
    " ON CONFLICT (key) DO UPDATE"
    " SET document = excluded.document, expires_at = excluded.expires_at"
)
COUNTS = f"glue_storage.expires_at > {NOW} AND glue_storage.document ~ CAST(:pattern AS text)"
NEXT = "CAST(CAST(substring(glue_storage.document FROM '[0-9]+') AS bigint) + 1 AS text)"
INCREMENT = sa.text(
    "INSERT INTO glue_storage (key, document, expires_at)"  # noqa: S608
    f" VALUES (:key, CAST(:first AS text), {NOW} + CAST(:seconds AS double precision))"
    " ON CONFLICT (key) DO UPDATE SET document = CASE"
    f" WHEN {COUNTS} THEN replace(CAST(:first AS text), '1', {NEXT})"
    " ELSE excluded.document END,"
    f" expires_at = CASE WHEN {COUNTS} THEN glue_storage.expires_at ELSE excluded.expires_at END"
    " RETURNING CAST(substring(document FROM '[0-9]+') AS bigint)"
)
REPLACE = sa.text(
    "UPDATE glue_storage SET document = :document,"  # noqa: S608
    f" expires_at = {NOW} + CAST(:seconds AS double precision) WHERE key = :key AND {LIVES}"
)
TAKE = sa.text(f"DELETE FROM glue_storage WHERE key = :key AND {LIVES} RETURNING document")  # noqa: S608
# Rows that another process is about are left to it.
SWEEP = sa.text(
    "DELETE FROM glue_storage WHERE key IN"  # noqa: S608
    f" (SELECT key FROM glue_storage WHERE expires_at <= {NOW}"
    " ORDER BY expires_at LIMIT :number FOR UPDATE SKIP LOCKED)"
)
# Rows are locked in the order of their keys, as writing does: two processes never wait for
# each other.
DELETE_MANY = sa.text(
    "DELETE FROM glue_storage WHERE key IN"
    " (SELECT key FROM glue_storage WHERE key = ANY(:keys) ORDER BY key FOR UPDATE)"
)
KEYS = sa.text(
    f"SELECT key FROM glue_storage WHERE key >= :start AND {LIVES}"  # noqa: S608
    " ORDER BY key LIMIT :page"
)
KEYS_BEFORE = sa.text(
    f"SELECT key FROM glue_storage WHERE key >= :start AND key < :end AND {LIVES}"  # noqa: S608
    " ORDER BY key LIMIT :page"
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

    def put_many(self, documents: Mapping[str, Document], seconds: float | None = None) -> None:
        """Write documents, each replacing the one before it; all of them or none."""
        if seconds is not None:
            checked_lifetime(seconds)
        rows = sorted((to_bytes(key), encoded(key, each)) for key, each in documents.items())
        if not rows:
            return
        with self._database.work() as work:
            connection = work.session.connection()
            self._create(connection)
            connection.execute(
                PUT_MANY,
                {
                    "keys": [row[0] for row in rows],
                    "documents": [row[1] for row in rows],
                    "seconds": seconds,
                },
            )
            if seconds is not None:
                # Whoever adds what expires takes more away, so it never piles up.
                connection.execute(SWEEP, {"number": len(rows) + SWEPT})

    def increment(self, key: str, seconds: float) -> int:
        """Count one more, and return how many there are; see `Storage.increment`."""
        values = {
            "key": to_bytes(key),
            "first": counter(1),
            "pattern": f"^{COUNTER.pattern.decode()}$",
            "seconds": checked_lifetime(seconds),
        }
        with self._database.work() as work:
            connection = work.session.connection()
            self._create(connection)
            count: int = connection.execute(INCREMENT, values).scalar_one()
            connection.execute(SWEEP, {"number": SWEPT})
        return count

    def replace(self, key: str, document: Document, seconds: float | None = None) -> bool:
        """Write a document where there is one; see `Storage.replace`."""
        if seconds is not None:
            checked_lifetime(seconds)
        values = {"key": to_bytes(key), "document": encoded(key, document), "seconds": seconds}
        with self._database.work() as work:
            connection = work.session.connection()
            return self._exists(connection) and connection.execute(REPLACE, values).rowcount > 0

    def take(self, key: str) -> Document | None:
        """Delete a document and return it, or None; see `Storage.take`."""
        with self._database.work() as work:
            connection = work.session.connection()
            if not self._exists(connection):
                return None
            text = connection.execute(TAKE, {"key": to_bytes(key)}).scalar_one_or_none()
        return None if text is None else decoded(text)

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

    def _create(self, connection: sa.Connection) -> None:
        """Make the table, unless somebody has."""
        if not self._exists(connection):
            connection.execute(LOCK, {"key": CREATE_LOCK})
            connection.execute(CREATE)
            connection.execute(CREATE_INDEX)

    def _exists(self, connection: sa.Connection) -> bool:
        """Say whether somebody has written; asked until it is so, then never again."""
        if not self._has_table:
            self._has_table = bool(connection.execute(EXISTS).scalar())
        return self._has_table
