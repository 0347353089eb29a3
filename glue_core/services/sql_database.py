"""The database over SQLAlchemy: SQLite for one machine, PostgreSQL for many."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.pool import StaticPool

from glue_core.errors import ConfigurationError, ServiceUnavailable
from glue_core.services.sql_work import SqlUnitOfWork
from glue_core.work import Event

Publish = Callable[[Any, Sequence[Event]], None]

MEMORY_NAMES = ("", ":memory:")
SQLITE_OUTAGES = frozenset({5, 6, 8, 10, 11, 13, 14, 26})
"""BUSY, LOCKED, READONLY, IOERR, CORRUPT, FULL, CANTOPEN, NOTADB; others are mistakes of ours."""
SQLITE_READONLY = 8
POSTGRESQL_OUTAGES = ("08", "53", "57", "58", "25P", "40", "55P03")
"""Connections, resources, operators, files, time limits and locks: SQLSTATE prefixes."""


@dataclass(slots=True)
class _Engines:
    """What one process opened: an engine, and for SQLite files one that cannot write."""

    main: Engine
    writer: Engine
    reader: Engine


class Turns:
    """Lets the threads that share the one connection of a database in memory take turns.

    Unlike a lock it may be given back by another thread than the one that took it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._thread: int | None = None
        self.connection: Connection | None = None

    @property
    def is_mine(self) -> bool:
        """Whether the calling thread has its turn already."""
        return self._thread == threading.get_ident()

    def take(self, service: str) -> None:
        """Wait for a turn; `ServiceUnavailable` when it takes too long."""
        if not self._lock.acquire(timeout=self._seconds):
            raise ServiceUnavailable(service, "another thread holds the database in memory")
        self._thread = threading.get_ident()

    def give(self) -> None:
        """End the turn."""
        self._thread = None
        self.connection = None
        self._lock.release()


class SqlDatabase:
    """A relational database behind SQLAlchemy; see `glue_core.services.database.Database`.

    On SQLite a unit that writes takes the write lock at the first use of its session, so that it
    never fails half-way because somebody else wrote; readers never wait (write-ahead log). A unit
    that only reads cannot write on either engine, save on a database in memory.

    Every process has connections of its own: after a fork the child opens new ones and leaves
    those of its parent alone.
    """

    def __init__(
        self,
        url: str,
        timeout: float = 2.0,
        *,
        service: str = "database",
        publish: Publish | None = None,
    ) -> None:
        """Remember where the database is; nothing is opened yet.

        Args:
            url: SQLAlchemy URL: ``sqlite``, ``postgresql`` or ``postgresql+psycopg``.
            timeout: Longest wait for a connection, a lock or a statement, in seconds.
            service: Name of the service in `ServiceUnavailable`.
            publish: Writes events in the transaction of a session; None refuses events.

        Raises:
            ConfigurationError: The URL cannot be read, or no engine opens it.
        """
        self._url = _parse(url, service)
        self.timeout = timeout
        self.service = service
        self.publish = publish
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        is_memory = self.is_sqlite and (self._url.database or "") in MEMORY_NAMES
        self.turns = Turns(timeout) if is_memory else None
        # One entry for each process that this object lived in. Entries of a parent stay: to close
        # or to collect an inherited connection could disturb the parent's.
        self._engines: dict[int, _Engines] = {}
        self._locks: dict[int, threading.Lock] = {}

    @property
    def url(self) -> str:
        """The URL without its password, for people."""
        return self._url.render_as_string(hide_password=True)

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, made on first access in each process."""
        return self._opened().main

    @property
    def writer(self) -> Engine:
        """The engine of units that write: the same connections, other transactions."""
        return self._opened().writer

    @property
    def reader(self) -> Engine:
        """The engine of units that only read."""
        return self._opened().reader

    def start(self, *, writes: bool) -> SqlUnitOfWork:
        """Return a unit of work that has touched nothing yet."""
        return SqlUnitOfWork(self, writes=writes)

    @contextmanager
    def work(self, *, writes: bool = True) -> Iterator[SqlUnitOfWork]:
        """Open a unit of work that commits at the end and rolls back when something raises."""
        unit = self.start(writes=writes)
        try:
            yield unit
            unit.commit()
        finally:
            unit.close()

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the database answers."""
        with self.work(writes=False) as work:
            work.session.execute(sa.text("SELECT 1"))

    def close(self) -> None:
        """Give connections back; the database may be used again afterwards."""
        engines = self._engines.pop(os.getpid(), None)
        if engines is not None:
            engines.main.dispose()
            engines.reader.dispose()

    def _opened(self) -> _Engines:
        pid = os.getpid()
        engines = self._engines.get(pid)
        if engines is None:
            # The lock is the process's own: one that a thread held during a fork stays locked.
            with self._locks.setdefault(pid, threading.Lock()):
                engines = self._engines.get(pid)
                if engines is None:
                    engines = self._engines[pid] = self._make()
        return engines

    def _make(self) -> _Engines:
        if not self.is_sqlite:
            engine = self._listen(_postgresql(self._url, self.timeout))
            return _Engines(
                engine, engine, reader=engine.execution_options(postgresql_readonly=True)
            )
        if self.turns is not None:
            engine = self._listen(
                sa.create_engine(
                    self._url,
                    poolclass=StaticPool,
                    connect_args={"check_same_thread": False},
                    hide_parameters=True,
                )
            )
            _prepare_sqlite(engine, self.timeout, in_file=False)
            return _Engines(engine, engine.execution_options(glue_writes=True), engine)
        folder = Path(str(self._url.database)).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ServiceUnavailable(
                self.service, f"the folder {folder} cannot be made: {error.strerror}"
            ) from error
        engine, reader = self._sqlite_file(), self._sqlite_file()
        _prepare_sqlite(engine, self.timeout)
        _prepare_sqlite(reader, self.timeout, is_reader=True)
        return _Engines(engine, engine.execution_options(glue_writes=True), reader)

    def _sqlite_file(self) -> Engine:
        return self._listen(
            sa.create_engine(
                self._url,
                pool_timeout=self.timeout,
                connect_args={"check_same_thread": False, "timeout": self.timeout},
                # Errors are logged, and values may be of people, or secret.
                hide_parameters=True,
            )
        )

    def _listen(self, engine: Engine) -> Engine:
        """Make outages a `ServiceUnavailable`, wherever a statement meets them."""

        def translate(context: ExceptionContext) -> None:
            if context.is_pre_ping:
                return
            reason = outage(context.original_exception, is_disconnect=context.is_disconnect)
            if reason is not None:
                raise ServiceUnavailable(self.service, reason) from context.original_exception

        event.listen(engine, "handle_error", translate)
        return engine


def outage(error: BaseException, *, is_disconnect: bool = False) -> str | None:
    """Say why an error of a driver means that the database is down, or None when it does not.

    A statement that names a missing table is the same class of error to SQLite's driver as a full
    disk; the codes tell them apart.
    """
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None:
        # The plain code tells of a unit that only reads and was asked to write: a mistake of ours.
        is_outage = code != SQLITE_READONLY and code & 0xFF in SQLITE_OUTAGES
        return str(error) if is_outage else None
    names = {each.__name__ for each in type(error).__mro__}
    if "OperationalError" in names:
        state = getattr(error, "sqlstate", None)
        if state is None or state.startswith(POSTGRESQL_OUTAGES):
            return str(error).strip().partition("\n")[0] or type(error).__name__
    if is_disconnect:
        return str(error).strip().partition("\n")[0] or "the connection is lost"
    return None


def _parse(text: str, service: str) -> URL:
    try:
        url = make_url(text)
    except exc.ArgumentError as error:
        raise ConfigurationError(
            f"The URL of the service {service!r} cannot be read.\n"
            f"Write it as 'sqlite:///folder/name.sqlite' or "
            f"'postgresql+psycopg://user:password@host:5432/name' in 'services.{service}'."
        ) from error
    if url.drivername in ("postgresql", "postgresql+psycopg"):
        return url.set(drivername="postgresql+psycopg")
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return url
    raise ConfigurationError(
        f"The service {service!r} cannot be opened with {url.drivername!r}.\n"
        f"Known are: postgresql, postgresql+psycopg, sqlite. Mend 'services.{service}'."
    )


def _postgresql(url: URL, timeout: float) -> Engine:
    milliseconds = max(1, round(timeout * 1000))
    arguments: dict[str, Any] = {}
    if "connect_timeout" not in url.query:
        # The driver takes whole seconds and reads anything below two as two.
        arguments["connect_timeout"] = max(2, round(timeout))
    if "options" not in url.query:
        arguments["options"] = (
            f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds} -c timezone=UTC"
        )
    try:
        engine = sa.create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=timeout,
            connect_args=arguments,
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"PostgreSQL needs the package {error.name!r}, which is not installed.\n"
            f"Run: pip install 'glue-api-core[postgresql]'"
        ) from error

    def connect(_dialect: object, _record: object, places: Any, names: Any) -> Any:
        from glue_core.services.patience import PatientConnection

        connection = PatientConnection.connect(*places, **names)
        # A second more than the server's own limits, whose errors say more.
        connection.patience = timeout + 1
        return connection

    event.listen(engine, "do_connect", connect)
    return engine


def _prepare_sqlite(
    engine: Engine, timeout: float, *, in_file: bool = True, is_reader: bool = False
) -> None:
    """Set every new connection up, and begin transactions ourselves.

    The driver would begin on its own before the first write only, too late for reads to belong to
    the transaction.
    """

    def connect(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {round(timeout * 1000)}")
        cursor.execute("PRAGMA foreign_keys = ON")
        if in_file:
            _use_write_ahead_log(cursor, timeout)
            # With a write-ahead log this survives the killing of a process and a loss of power
            # alike, save that the very last commits may be lost with the power.
            cursor.execute("PRAGMA synchronous = FULL")
        if is_reader:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("glue_writes", False):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # This takes no lock and cannot fail, so it need not pass through all the layers.
            driver: Any = connection.connection.dbapi_connection
            driver.execute("BEGIN")

    event.listen(engine, "connect", connect)
    event.listen(engine, "begin", begin)


def _use_write_ahead_log(cursor: Any, timeout: float) -> None:
    """Switch to a write-ahead log; the switch itself does not wait for locks, so this does."""
    end = time.monotonic() + timeout
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
        except Exception as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF != 5 or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return
