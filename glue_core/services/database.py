"""The database: an engine made when it is first needed, and units of work on it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from glue_core.work import Work

if TYPE_CHECKING:
    from sqlalchemy import Engine


class UnitOfWork(Work, Protocol):
    """A unit of work in the hands of its owner: the flow, a command, the worker."""

    def commit(self) -> None:
        """Make everything durable, then call what waits for it; a no-op when nothing was used.

        Raises:
            ServiceUnavailable: The database did not answer; nothing was written.
        """

    def rollback(self) -> None:
        """Undo everything; a no-op when nothing was used."""

    def close(self) -> None:
        """Give the connection back; what was not committed is undone."""


class Database(Protocol):
    """A relational database. Every method may raise `ServiceUnavailable`."""

    @property
    def url(self) -> str:
        """The URL without its password, for people."""

    @property
    def engine(self) -> Engine:
        """The SQLAlchemy engine, made on first access; never before a fork."""

    def start(self, *, writes: bool) -> UnitOfWork:
        """Return a unit of work that has touched nothing yet.

        Args:
            writes: False opens a transaction that only reads; True takes the right to write at
                its first use (``BEGIN IMMEDIATE`` on SQLite).
        """

    def work(self, *, writes: bool = True) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work that commits at the end and rolls back when something raises."""

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the database answers."""

    def close(self) -> None:
        """Give connections back; the database may be used again afterwards."""
