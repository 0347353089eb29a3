"""The broker: a transactional outbox whose messages are leased, handled and acknowledged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from glue_core.work import Event

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Message:
    """An event on its way to its publishers.

    Attributes:
        id: Id of the message, growing in the order of writing.
        event: The event.
        attempts: How often it was leased and not released, this time included.
    """

    id: int
    event: Event
    attempts: int


class Broker(Protocol):
    """Messages, delivered at least once. Every method may raise `ServiceUnavailable`."""

    def publish(self, session: Session, events: Sequence[Event]) -> None:
        """Write events in the transaction of a session: they exist if it commits."""

    def lease(self, limit: int, seconds: float) -> Sequence[Message]:
        """Take the oldest free messages for a while; nobody else gets them meanwhile.

        Every other free message of the same event, by name and key, comes with them: a thing that
        changed many times is handled once.

        A message whose lease ends without an acknowledgement is free again.

        Args:
            limit: Number of oldest messages at most, from 1.
            seconds: How long the lease holds.
        """

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Say that messages were handled; they are gone."""

    def refuse(self, messages: Sequence[Message], reason: str, retry_after: float) -> None:
        """Say that messages failed; they are free again after some seconds.

        After the last attempt a message is set aside, kept with the reason for a person to see.
        """

    def release(self, messages: Sequence[Message], retry_after: float) -> None:
        """Give messages back that are not at fault, such as when another service is down.

        They are free again after some seconds, and this attempt does not count.
        """

    def counts(self) -> Mapping[str, int]:
        """Return how many messages are ``waiting``, ``leased`` and ``set_aside``."""

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the service answers."""

    def close(self) -> None:
        """Give connections back; the broker may be used again afterwards."""
