"""Sessions: what an application remembers of a client between requests, by an opaque id."""

from __future__ import annotations

from typing import Protocol

from glue_core.services.storage import Document


class Sessions(Protocol):
    """Sessions by their ids. Every method may raise `ServiceUnavailable`.

    An id is a secret of its client: whoever has it is taken for the client. Ids are made here
    alone, so that nobody can make another use an id that they know, and are not kept as they are.
    """

    def create(self, data: Document, seconds: float) -> str:
        """Begin a session, and return its id: ASCII letters, digits, ``-`` and ``_``.

        Args:
            data: What to remember, as JSON knows it.
            seconds: How long the session lives unless it is written again, more than 0.
        """

    def read(self, id_: str) -> Document | None:
        """Return what is remembered; None for an id that no living session has."""

    def write(self, id_: str, data: Document, seconds: float) -> bool:
        """Remember something else, and let the session live for some seconds from now.

        Returns:
            False when no living session has the id: then nothing is remembered.
        """

    def regenerate(self, id_: str, seconds: float) -> str | None:
        """Go on under another id, as after every login; the former one is of no more use.

        Returns:
            The new id, or None when no living session has the former one. Of several who ask at
            once, one gets a new id.
        """

    def delete(self, id_: str) -> None:
        """End a session; an id that none has is no error."""

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the service answers."""

    def close(self) -> None:
        """Give connections back; the sessions may be used again afterwards."""
