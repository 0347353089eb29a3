"""The unit of work over SQLAlchemy."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import exc
from sqlalchemy.orm import Session

from glue_core.errors import ServiceUnavailable
from glue_core.work import Event, Work

if TYPE_CHECKING:
    from glue_core.services.sql_database import SqlDatabase

logger = logging.getLogger("glue.database")


class SqlUnitOfWork:
    """One transaction; see `glue_core.work.Work` and `glue_core.services.database.UnitOfWork`.

    After a commit or a rollback it may be used again, which begins another transaction. Objects of
    a committed session keep the values they had.

    What is done apart runs in transactions of its own, in order, once this unit has ended: SQLite
    has one write lock, which this unit may hold until then.
    """

    def __init__(self, database: SqlDatabase, *, writes: bool) -> None:
        self._database = database
        self._writes = writes
        self._session: Session | None = None
        self._has_turn = False
        self._events: list[Event] = []
        self._calls: list[Callable[[], None]] = []
        self._apart: list[Callable[[Work], None]] = []

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

    def apart(self, do: Callable[[Work], None]) -> None:
        """Do something that stays however this work ends; see the class."""
        self._apart.append(do)

    def commit(self) -> None:
        """Make everything durable, then call what waits for it; a no-op when nothing was used."""
        if self._session is None and not (self._events or self._calls or self._apart):
            return
        try:
            if self._events and self._database.publish is not None:
                self._database.publish(self.session, self._events)
            if self._session is not None:
                self._session.commit()
        except BaseException:
            self.rollback()
            raise
        calls, apart = self._calls, self._apart
        self._end()
        for call in calls:
            try:
                call()
            except Exception:
                # The data is durable: whoever waits for the commit must hear of success.
                logger.exception("A call after a commit failed.")
        self._do(apart)

    def rollback(self) -> None:
        """Undo everything, save what is done apart; a no-op when nothing was used."""
        apart = self._apart
        if self._session is None and not (self._events or self._calls or apart):
            return
        try:
            if self._session is not None:
                self._session.rollback()
        finally:
            self._end()
        self._do(apart)

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""
        if self._session is not None or self._events or self._calls or self._apart:
            self.rollback()

    def _do(self, apart: Sequence[Callable[[Work], None]]) -> None:
        """Do what was asked for apart, each in a transaction of its own."""
        for do in apart:
            with self._database.work() as work:
                do(work)

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

    def _end(self) -> None:
        session, self._session = self._session, None
        self._events, self._calls, self._apart = [], [], []
        try:
            if session is not None:
                session.close()
        finally:
            self._give_turn()

    def _give_turn(self) -> None:
        if self._has_turn and self._database.turns is not None:
            self._has_turn = False
            self._database.turns.give()
