"""Rehearsing: a request that is answered beside another one, and must leave nothing behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from glue_core.services.database import UnitOfWork
from glue_core.work import Event, Work

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

REHEARSAL_KEY = "glue.rehearsal"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Says, in the WSGI environment, that nobody gets the answer.

    What does something outside of the unit of work, such as counting callers, looks at it.

    Attributes:
        deadline: Point of `time.monotonic` after which nobody waits any more.
    """

    deadline: float


def rehearsal_of(environ: Mapping[str, Any]) -> Rehearsal | None:
    """Return the rehearsal that a request is, or None for one whose answer is sent.

    Args:
        environ: The WSGI environment: ``request.http_request_attributes``.
    """
    return environ.get(REHEARSAL_KEY)


class RehearsedWork:
    """A unit of work that is undone however it ends; what waits for its end never happens."""

    def __init__(self, work: Work) -> None:
        # What starts a request's work gives out the owner's side of it.
        self._work = cast(UnitOfWork, work)

    @property
    def session(self) -> Session:
        """The session."""
        return self._work.session

    def publish(self, event: Event) -> None:
        """Write an event that is undone with the rest."""
        self._work.publish(event)

    def after_commit(self, call: Callable[[], None]) -> None:
        """Forget the call: there is no commit."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo only what happens inside when it raises."""
        return self._work.savepoint()

    def apart(self, do: Callable[[Work], None]) -> None:
        """Forget it: the request beside this one did the same."""

    def commit(self) -> None:
        """Undo everything."""
        self._work.rollback()

    def rollback(self) -> None:
        """Undo everything."""
        self._work.rollback()

    def close(self) -> None:
        """Give the connection back."""
        self._work.close()
