"""A PostgreSQL connection that does not wait for ever."""

from __future__ import annotations

from typing import Any

import psycopg


class PatientConnection(psycopg.Connection[Any]):
    """A connection that gives a silent server up.

    The server ends statements that take too long by itself. A server that is frozen, or behind a
    network that swallows everything, says nothing at all: then only the client can tell.

    Attributes:
        patience: Longest silence of the server, in seconds; None waits for ever.
    """

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the answer to one exchange with the server."""
        try:
            return super().wait(gen, interval, timeout or self.patience)
        except psycopg.OperationalError as error:
            # The class of the driver's own time limit is not public.
            if type(error).__name__ != "_WaitTimeout":
                raise
            # Nobody knows what the server will still say, so the connection is of no more use.
            self.pgconn.finish()
            raise psycopg.OperationalError("the server does not answer") from error
