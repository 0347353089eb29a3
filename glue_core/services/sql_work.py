"""The unit of work over SQLAlchemy."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, exc
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from glue_core.errors import ServiceUnavailable
from glue_core.work import Event, Work

if TYPE_CHECKING:
    from glue_core.services.sql_database import SqlDatabase

logger = logging.getLogger("glue.database")

WRITING = ("INSERT", "UPDATE", "DELETE", "REPLACE", "WITH")


class SqlUnitOfWork:
    """One transaction; see `glue_core.work.Work` and `glue_core.services.database.UnitOfWork`.

    After a commit or a rollback it may be used again, which begins another transaction. Objects of
    a committed session keep the values they had.

    ``apart`` has a connection and a commit of its own. SQLite has one write lock, so when this unit
    holds it (and on a database in memory, which has one connection, always when this unit is in a
    transaction), what is written apart is written into this transaction first, and once more right
    after it should this transaction be rolled back. It is then durable when this unit ends, not
    before, and must not rely on rows that only this unit wrote. Inside the block use only the work
    that the block gives.
    """

    def __init__(self, database: SqlDatabase, *, writes: bool) -> None:
        self._database = database
        self._writes = writes
        self._session: Session | None = None
        self._has_turn = False
        self._events: list[Event] = []
        self._calls: list[Callable[[], None]] = []
        self._journal: _Journal | None = None

    @property
    def session(self) -> Session:
        """The session; the transaction starts at its first use."""
        if self._session is None:
            self._session = self._begin()
        return self._session

    def publish(self, event: Event) -> None:
        """Write an event to the outbox, in the same transaction."""
        if not self._writes:
            raise RuntimeError(
                f"The unit of work only reads, so the event {event.name!r} cannot be published.\n"
                f"Open it with writes=True."
            )
        if self._database.publish is None:
            raise RuntimeError(
                f"The event {event.name!r} cannot be published: the database {self._database.url} "
                f"was opened without a broker.\nOpen it through 'Services', or pass 'publish'."
            )
        self._events.append(event)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call something once the transaction is durable; never after a rollback."""
        self._calls.append(call)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo only what happens inside when it raises; events and calls as well."""
        events, calls = len(self._events), len(self._calls)
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            del self._events[events:]
            del self._calls[calls:]
            raise

    @contextmanager
    def apart(self) -> Iterator[Work]:
        """Do something that stays even when this work is rolled back; see the class."""
        if self._session is not None and self._is_alone:
            if self._journal is None:
                self._journal = _Journal(self._session.connection())
            with self._journal.work(self._database) as work:
                yield work
        else:
            with self._database.work() as work:
                yield work

    @property
    def _is_alone(self) -> bool:
        """Whether nobody can write beside this unit while its transaction is open."""
        return self._database.is_sqlite and (self._writes or self._database.turns is not None)

    def commit(self) -> None:
        """Make everything durable, then call what waits for it."""
        try:
            if self._events and self._database.publish is not None:
                self._database.publish(self.session, self._events)
            if self._session is not None:
                self._session.commit()
        except BaseException:
            self.rollback()
            raise
        calls = self._calls
        self._end(is_committed=True)
        for call in calls:
            try:
                call()
            except Exception:
                # The data is durable: whoever waits for the commit must hear of success.
                logger.exception("A call after a commit failed.")

    def rollback(self) -> None:
        """Undo everything; a no-op when nothing was used."""
        try:
            if self._session is not None:
                self._session.rollback()
        finally:
            self._end(is_committed=False)

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        self.rollback()

    def _begin(self) -> Session:
        database = self._database
        if database.turns is not None:
            if database.turns.is_mine and database.turns.connection is not None:
                # The thread is in a transaction on the only connection there is: join it.
                return Session(
                    bind=database.turns.connection,
                    join_transaction_mode="create_savepoint",
                    expire_on_commit=False,
                )
            database.turns.take(database.service)
            self._has_turn = True
        try:
            engine = database.writer if self._writes else database.reader
            session = Session(bind=engine, expire_on_commit=False)
            try:
                connection = session.connection()
            except BaseException:
                session.close()
                raise
        except exc.TimeoutError as error:
            self._give_turn()
            raise ServiceUnavailable(
                database.service, "all connections of this process are in use"
            ) from error
        except BaseException:
            self._give_turn()
            raise
        if database.turns is not None:
            database.turns.connection = connection
        return session

    def _end(self, *, is_committed: bool) -> None:
        session, journal = self._session, self._journal
        self._session = self._journal = None
        self._events, self._calls = [], []
        try:
            if session is not None:
                session.close()
        finally:
            if journal is not None:
                journal.stop()
            self._give_turn()
        if journal is not None:
            journal.repeat(self._database, is_committed=is_committed)

    def _give_turn(self) -> None:
        if self._has_turn and self._database.turns is not None:
            self._has_turn = False
            self._database.turns.give()


@dataclass(slots=True)
class _Record:
    """The writing statements of one ``apart`` block.

    Attributes:
        statements: Statements and parameters, as the driver got them.
        marks: Number of statements at the savepoints that were made inside the block.
        calls: What waits for the block to be durable.
        is_undone: Whether a savepoint around the block was rolled back.
    """

    statements: list[tuple[str, Any]] = field(default_factory=list)
    marks: dict[str, int] = field(default_factory=dict)
    calls: list[Callable[[], None]] = field(default_factory=list)
    is_undone: bool = False


class _Journal:
    """Remembers what was written apart inside a transaction, to write it again if that is undone.

    It listens to the connection: statements go to the innermost open block, and a savepoint that
    is rolled back takes away what was written since.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._done: list[_Record] = []
        self._open: list[_Record] = []
        self._marks: dict[str, int] = {}
        event.listen(connection, "before_cursor_execute", self._note)

    @contextmanager
    def work(self, database: SqlDatabase) -> Iterator[Work]:
        """Open a block: a unit of work on the same connection, inside a savepoint."""
        record = _Record()
        self._open.append(record)
        unit = _Inside(self, database, self._connection, record)
        try:
            yield unit
            unit.finish()
        except BaseException:
            unit.undo()
            self._open.remove(record)
            raise
        self._open.remove(record)
        self._done.append(record)

    def stop(self) -> None:
        """Stop listening: the transaction is over."""
        event.remove(self._connection, "before_cursor_execute", self._note)

    def repeat(self, database: SqlDatabase, *, is_committed: bool) -> None:
        """Write again what the end of the transaction took away, in a transaction of its own."""
        for record in self._done:
            if record.statements and (record.is_undone or not is_committed):
                try:
                    with database.work() as work:
                        connection = work.session.connection()
                        for statement, parameters in record.statements:
                            connection.exec_driver_sql(statement, parameters)
                except Exception:
                    # The unit has ended and its outcome stands; what was apart is lost, loudly.
                    logger.exception("What was written apart could not be kept.")
                    continue
            for call in record.calls:
                try:
                    call()
                except Exception:
                    logger.exception("A call after a commit failed.")

    def _note(
        self,
        _connection: Connection,
        _cursor: object,
        statement: str,
        parameters: Any,
        _context: object,
        is_many: bool,
    ) -> None:
        words = statement.split(None, 1)
        first = words[0].upper() if words else ""
        if first in WRITING:
            if self._open:
                kept = list(parameters) if is_many else parameters
                self._open[-1].statements.append((statement, kept))
        elif first == "SAVEPOINT":
            self._mark(statement.split()[-1])
        elif first == "ROLLBACK":
            self._undo(statement.split()[-1])

    def _mark(self, savepoint: str) -> None:
        self._marks[savepoint] = len(self._done)
        for record in self._open:
            record.marks[savepoint] = len(record.statements)

    def _undo(self, savepoint: str) -> None:
        for record in self._open:
            if savepoint in record.marks:
                del record.statements[record.marks[savepoint] :]
        # A savepoint that nobody noted is older than the journal.
        for record in self._done[self._marks.get(savepoint, 0) :]:
            record.is_undone = True


class _Inside:
    """The work of an ``apart`` block that shares its connection with the unit around it."""

    def __init__(
        self,
        journal: _Journal,
        database: SqlDatabase,
        connection: Connection,
        record: _Record,
    ) -> None:
        self._journal = journal
        self._database = database
        self._record = record
        self._events: list[Event] = []
        self.session = Session(
            bind=connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )

    def publish(self, event: Event) -> None:
        self._events.append(event)

    def after_commit(self, call: Callable[[], None]) -> None:
        self._record.calls.append(call)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        events, calls = len(self._events), len(self._record.calls)
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            del self._events[events:]
            del self._record.calls[calls:]
            raise

    @contextmanager
    def apart(self) -> Iterator[Work]:
        with self._journal.work(self._database) as work:
            yield work

    def finish(self) -> None:
        if self._events and self._database.publish is not None:
            self._database.publish(self.session, self._events)
        self.session.commit()
        self.session.close()

    def undo(self) -> None:
        self.session.rollback()
        self.session.close()
