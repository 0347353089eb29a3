"""Key-value documents in an SQLite file, through the driver alone: a read costs microseconds."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from glue_core.errors import ConfigurationError, ServiceUnavailable
from glue_core.services.storage import Document
from glue_core.services.stored import (
    checked_lifetime,
    counted,
    counter,
    decoded,
    encoded,
    end_of_prefix,
    from_bytes,
    to_bytes,
)

MAX_KEYS = 16_384
"""Keys in one statement; SQLite allows 32,766 variables."""
PAGE = 1000
"""Keys that are read at once when all are listed."""
BUSY = 5
SWEPT = 20
"""Expired documents that a write deletes beside its own work."""

# In seconds since 1970, NULL for what stays.
CREATE = (
    "CREATE TABLE IF NOT EXISTS glue_storage"
    " (key BLOB NOT NULL PRIMARY KEY, document TEXT NOT NULL, expires_at REAL)"
)
CREATE_INDEX = (
    "CREATE INDEX IF NOT EXISTS glue_storage_expires_at ON glue_storage (expires_at)"
    " WHERE expires_at IS NOT NULL"
)
EXISTS = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'glue_storage'"
LIVES = "(expires_at IS NULL OR expires_at > ?)"
GET = f"SELECT document FROM glue_storage WHERE key = ? AND {LIVES}"  # noqa: S608
COUNTER = "SELECT document, expires_at FROM glue_storage WHERE key = ? AND expires_at > ?"
PUT = (
    "INSERT INTO glue_storage (key, document, expires_at) VALUES (?, ?, ?) ON CONFLICT (key)"
    " DO UPDATE SET document = excluded.document, expires_at = excluded.expires_at"
)
SWEEP = (
    "DELETE FROM glue_storage WHERE key IN"
    " (SELECT key FROM glue_storage WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)"
)
REPLACE = f"UPDATE glue_storage SET document = ?, expires_at = ? WHERE key = ? AND {LIVES}"  # noqa: S608
DELETE = "DELETE FROM glue_storage WHERE key = ?"
KEYS = f"SELECT key FROM glue_storage WHERE key >= ? AND {LIVES} ORDER BY key LIMIT ?"  # noqa: S608
KEYS_BEFORE = (
    f"SELECT key FROM glue_storage WHERE key >= ? AND key < ? AND {LIVES}"  # noqa: S608
    " ORDER BY key LIMIT ?"
)


class SqliteStorage:
    """Documents by key in one SQLite file; see `glue_core.services.storage.Storage`.

    Each thread of each process has a connection of its own. The file and its table are made by the
    first write; a storage that nobody wrote to is empty. Keys are any text, in code point order.
    """

    def __init__(
        self, url: str, timeout: float = 2.0, clock: Callable[[], float] = time.time
    ) -> None:
        """Remember where the file is; nothing is opened yet.

        Args:
            url: ``sqlite:///`` and a path; without one, or with ``:memory:``, the documents live
                in memory, shared by the threads of this process.
            timeout: Longest wait for a lock, in seconds.
            clock: Tells the seconds since 1970, by which documents expire.

        Raises:
            ConfigurationError: The URL is another one.
        """
        scheme, mark, path = url.partition("://")
        if scheme != "sqlite" or not mark or "?" in path or (path and not path.startswith("/")):
            raise ConfigurationError(
                f"The service 'storage' cannot be opened with {url!r}.\n"
                f"Write it as 'sqlite:///folder/name.sqlite' in 'services.storage'."
            )
        name = path[1:]
        self._path = None if name in ("", ":memory:") else Path(name)
        self._timeout = timeout
        self._clock = clock
        self._local = threading.local()
        self._generation = 0
        # Connections by process. Those of a parent stay here unused: to close or to collect an
        # inherited connection could disturb the parent's.
        self._connections: dict[int, set[sqlite3.Connection]] = {}
        self._memory: sqlite3.Connection | None = None
        self._turn = threading.RLock()

    def get(self, key: str) -> Document | None:
        """Return the document, or None."""
        rows = self._read(GET, (to_bytes(key), self._clock()))
        return decoded(rows[0][0]) if rows else None

    def get_many(self, keys: Sequence[str]) -> dict[str, Document]:
        """Return the documents that exist, by key, in the order of the keys."""
        wanted = {to_bytes(key): key for key in keys}
        names = list(wanted)
        found: dict[bytes, bytes] = {}
        for start in range(0, len(names), MAX_KEYS):
            part = names[start : start + MAX_KEYS]
            found.update(self._read(*_get_many(part, self._clock())))
        return {key: decoded(found[name]) for name, key in wanted.items() if name in found}

    def put_many(self, documents: Mapping[str, Document], seconds: float | None = None) -> None:
        """Write documents, each replacing the one before it; all of them or none."""
        now = self._clock()
        end = None if seconds is None else now + checked_lifetime(seconds)
        rows = [(to_bytes(key), encoded(key, each), end) for key, each in documents.items()]
        if rows:
            with self._writing() as connection:
                _create(connection)
                connection.executemany(PUT, rows)
                if end is not None:
                    # Whoever adds what expires takes more away, so it never piles up.
                    connection.execute(SWEEP, (now, len(rows) + SWEPT))

    def increment(self, key: str, seconds: float) -> int:
        """Count one more, and return how many there are; see `Storage.increment`."""
        name, now = to_bytes(key), self._clock()
        end = now + checked_lifetime(seconds)
        with self._writing() as connection:
            _create(connection)
            row = connection.execute(COUNTER, (name, now)).fetchone()
            count = counted(row[0]) + 1 if row is not None else 1
            if count > 1:
                end = row[1]
            connection.execute(PUT, (name, counter(count), end))
            connection.execute(SWEEP, (now, SWEPT))
        return count

    def replace(self, key: str, document: Document, seconds: float | None = None) -> bool:
        """Write a document where there is one; see `Storage.replace`."""
        now = self._clock()
        end = None if seconds is None else now + checked_lifetime(seconds)
        values = (encoded(key, document), end, to_bytes(key), now)
        if not self._exists():
            return False
        with self._writing() as connection:
            return connection.execute(REPLACE, values).rowcount > 0

    def take(self, key: str) -> Document | None:
        """Delete a document and return it, or None; see `Storage.take`."""
        name = to_bytes(key)
        if not self._exists():
            return None
        with self._writing() as connection:
            row = connection.execute(GET, (name, self._clock())).fetchone()
            connection.execute(DELETE, (name,))
        return None if row is None else decoded(row[0])

    def delete_many(self, keys: Sequence[str]) -> None:
        """Delete documents; a key without one is no error."""
        rows = [(to_bytes(key),) for key in keys]
        if rows and self._exists():
            with self._writing() as connection:
                connection.executemany(DELETE, rows)

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with a prefix, in code point order.

        They are read in pages, so a key that is written meanwhile may or may not be among them.
        """
        start, end = to_bytes(prefix), end_of_prefix(prefix)
        while True:
            if end is None:
                rows = self._read(KEYS, (start, self._clock(), PAGE))
            else:
                rows = self._read(KEYS_BEFORE, (start, end, self._clock(), PAGE))
            for (name,) in rows:
                yield from_bytes(name)
            if len(rows) < PAGE:
                return
            start = rows[-1][0] + b"\0"

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the file can be read."""
        self.get("")

    def close(self) -> None:
        """Close the connections of all threads; the storage may be used again afterwards.

        What is kept in memory is gone.
        """
        with self._turn:
            self._generation += 1
            self._memory = None
            for connection in self._connections.pop(os.getpid(), ()):
                connection.close()

    def _read(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        """Run a statement; a storage that nobody wrote to has no rows."""
        try:
            if self._path is None:
                with self._turn:
                    if not self._exists():
                        return []
                    return self._in_memory().execute(statement, parameters).fetchall()
            held = self._held()
            if held is None or not (held.has_table or self._exists()):
                return []
            return held.connection.execute(statement, parameters).fetchall()
        except sqlite3.Error as error:
            raise _unavailable(error) from error

    def _exists(self) -> bool:
        """Say whether somebody has written; asked until it is so, then never again."""
        try:
            if self._path is None:
                with self._turn:
                    return self._in_memory().execute(EXISTS).fetchone() is not None
            held = self._held()
            if held is None:
                return False
            if not held.has_table:
                held.has_table = held.connection.execute(EXISTS).fetchone() is not None
            return held.has_table
        except sqlite3.Error as error:
            raise _unavailable(error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._path is None:
                with self._turn, _transaction(self._in_memory()) as connection:
                    yield connection
            else:
                with _transaction(self._held_for_writing(self._path).connection) as connection:
                    yield connection
        except sqlite3.Error as error:
            raise _unavailable(error) from error

    def _in_memory(self) -> sqlite3.Connection:
        if self._memory is None:
            self._memory = sqlite3.connect(
                ":memory:", isolation_level=None, check_same_thread=False
            )
            self._memory.text_factory = bytes
            self._connections.setdefault(os.getpid(), set()).add(self._memory)
        return self._memory

    def _held(self) -> _Held | None:
        """Return the connection of this thread; None while there is no file."""
        held: _Held | None = getattr(self._local, "held", None)
        if held is not None and held.pid == os.getpid() and held.generation == self._generation:
            return held
        path = self._path
        if path is None or not path.exists():
            return None
        return self._hold(path, "rw")

    def _held_for_writing(self, path: Path) -> _Held:
        held = self._held()
        if held is None:
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ServiceUnavailable(
                    "storage", f"the folder {path.parent} cannot be made: {error.strerror}"
                ) from error
            held = self._hold(path, "rwc")
        return held

    def _hold(self, path: Path, mode: str) -> _Held:
        connection = sqlite3.connect(
            f"file:{quote(str(path))}?mode={mode}",
            uri=True,
            timeout=self._timeout,
            isolation_level=None,
            # Only `close` touches it from another thread.
            check_same_thread=False,
        )
        try:
            connection.text_factory = bytes
            _use_write_ahead_log(connection, self._timeout)
        except BaseException:
            connection.close()
            raise
        pid = os.getpid()
        own = self._connections.setdefault(pid, set())
        own.add(connection)
        held = self._local.held = _Held(connection, own, pid, self._generation)
        return held


class _Held:
    """A thread's connection; it is closed when the thread ends."""

    __slots__ = ("connection", "generation", "has_table", "own", "pid")

    def __init__(
        self,
        connection: sqlite3.Connection,
        own: set[sqlite3.Connection],
        pid: int,
        generation: int,
    ) -> None:
        self.connection = connection
        self.own = own
        self.pid = pid
        self.generation = generation
        self.has_table = False

    def __del__(self) -> None:
        if self.pid == os.getpid():
            self.own.discard(self.connection)
            self.connection.close()


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(CREATE)
    connection.execute(CREATE_INDEX)


def _get_many(names: list[bytes], now: float) -> tuple[str, list[bytes | float]]:
    """Return the statement for some keys.

    The last key is repeated up to a power of two, so that there are few statements and the driver
    keeps them prepared.
    """
    size = 1 << max(0, len(names) - 1).bit_length()
    marks = ",".join("?" * size)
    padded = names + names[-1:] * (size - len(names))
    statement = f"SELECT key, document FROM glue_storage WHERE key IN ({marks}) AND {LIVES}"  # noqa: S608
    return statement, [*padded, now]


def _use_write_ahead_log(connection: sqlite3.Connection, timeout: float) -> None:
    """Switch to a write-ahead log; the switch itself does not wait for locks, so this does."""
    end = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != BUSY or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _unavailable(error: sqlite3.Error) -> ServiceUnavailable:
    return ServiceUnavailable("storage", str(error))
