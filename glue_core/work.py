"""The unit of work: one transaction around a request, a command or a batch of messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for whoever publishes or reacts.

    Attributes:
        name: Name, such as ``catalog.abstract-product``.
        key: What it happened to; messages with one name and key may be handled once together.
        payload: Further facts, as JSON knows them.
    """

    name: str
    key: str
    payload: Mapping[str, Any] = field(default_factory=dict)


class Work(Protocol):
    """What a feature may do with the unit of work; committing is the flow's business."""

    @property
    def session(self) -> Session:
        """The session; the transaction starts at its first use."""

    def publish(self, event: Event) -> None:
        """Write an event to the outbox, in the same transaction."""

    def after_commit(self, call: Callable[[], None]) -> None:
        """Call something once the transaction is durable; never after a rollback."""

    def savepoint(self) -> AbstractContextManager[None]:
        """Undo only what happens inside when it raises."""

    def apart(self, do: Callable[[Work], None]) -> None:
        """Do something that stays even when this work is rolled back, such as an audit entry.

        It is done in a transaction of its own as soon as this one has ended, however it ends, and
        before the answer leaves. What it raises, the end of this work raises.

        Args:
            do: Called with a unit of work that commits when it returns. It must not rely on rows
                that only the present transaction wrote.
        """
