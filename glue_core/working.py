"""The worker: takes messages from the broker and hands them to publishers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from itertools import islice

from glue_core.errors import ServiceUnavailable
from glue_core.exchange import Publisher
from glue_core.logs import LogContext, Packages
from glue_core.request_id import log_within
from glue_core.services.broker import Broker, Message
from glue_core.services.database import Database
from glue_core.work import Event

logger = logging.getLogger("glue.worker")

BATCH = 500
"""Messages that are leased at once, and events that are written at once."""
LEASE = 300.0
"""Seconds that a batch may take; after that another worker may take its messages as well."""
FIRST_DELAY = 1.0
LONGEST_DELAY = 300.0
LONGEST_PAUSE = 30.0
"""Seconds between two tries while a service is down."""


class Worker:
    """Hands messages to publishers, at least once each.

    Any number of workers may run at once. A worker that is killed loses nothing: its messages are
    free again when their lease ends.
    """

    def __init__(
        self,
        database: Database,
        broker: Broker,
        publishers: Iterable[Publisher],
        packages: Packages | None = None,
    ) -> None:
        """Take what it works with.

        Args:
            database: Where publishers read; each batch is handled in a unit of work of its own.
            broker: Where messages come from.
            publishers: Who handles them; a message that nobody handles is acknowledged.
            packages: Where the code of plugins is, for log lines.
        """
        self._packages = packages or Packages()
        self._database = database
        self._broker = broker
        self._publishers: dict[str, list[Publisher]] = {}
        for publisher in sorted(publishers, key=lambda each: each.name):
            self._publishers.setdefault(publisher.event, []).append(publisher)

    def run_once(self) -> int:
        """Handle one batch.

        Messages of one event name are handled together, each key once. When a publisher raises,
        the messages of that name are refused, to come again later, and the others go on.

        Returns:
            Number of messages that were taken; 0 when none was free.

        Raises:
            ServiceUnavailable: The broker did not answer, or a publisher met a service that did
                not. What was taken and not handled comes again.
        """
        messages = self._broker.lease(BATCH, LEASE)
        groups: dict[str, list[Message]] = {}
        for message in messages:
            groups.setdefault(message.event.name, []).append(message)
        outage: ServiceUnavailable | None = None
        for name, group in groups.items():
            errors = self._handle(name, group)
            if not errors:
                self._broker.acknowledge(group)
            elif isinstance(errors[0], ServiceUnavailable):
                # The messages are not at fault: however long the outage, none is set aside.
                outage = errors[0]
                self._broker.release(group, FIRST_DELAY)
            else:
                self._refuse(group, "; ".join(f"{type(each).__name__}: {each}" for each in errors))
        if outage is not None:
            raise outage
        return len(messages)

    def run(self, stop: threading.Event, idle_seconds: float = 1.0) -> None:
        """Handle batches until told to stop; a batch that was begun is finished.

        Args:
            stop: Ends the work when it is set.
            idle_seconds: Pause when there was nothing to do.
        """
        failures = 0
        while not stop.is_set():
            try:
                pause = 0.0 if self.run_once() else idle_seconds
                failures = 0
            except ServiceUnavailable as error:
                pause = min(FIRST_DELAY * 2**failures, LONGEST_PAUSE)
                failures = min(failures + 1, 10)
                logger.warning("The worker waits %g s: %s", pause, error)
            except Exception:
                # Nothing stops a worker but its owner; what it held comes again.
                pause = min(FIRST_DELAY * 2**failures, LONGEST_PAUSE)
                failures = min(failures + 1, 10)
                logger.exception("The worker failed and tries again in %g s.", pause)
            if pause:
                stop.wait(pause)

    def publish_all(self, names: Iterable[str] | None = None) -> int:
        """Write an event for every key of the publishers, so that all is published anew.

        Args:
            names: Names of events; None means all.

        Returns:
            Number of events written.

        Raises:
            ValueError: Nobody publishes one of the names.
            ServiceUnavailable: The database did not answer; some events may be written already.
        """
        wanted = sorted(self._publishers) if names is None else list(dict.fromkeys(names))
        for name in wanted:
            if name not in self._publishers:
                raise ValueError(
                    f"Nobody publishes {name!r}. Known are: "
                    f"{', '.join(sorted(self._publishers)) or 'none'}."
                )
        return sum(self._enqueue(name) for name in wanted)

    def _enqueue(self, name: str) -> int:
        written = 0
        for publisher in self._publishers[name]:
            with self._database.work(writes=False) as reading:
                keys = iter(publisher.keys(reading))
                while part := list(islice(keys, BATCH)):
                    with self._database.work() as writing:
                        for key in part:
                            writing.publish(Event(name, key))
                    written += len(part)
        return written

    def _handle(self, name: str, messages: Sequence[Message]) -> list[Exception]:
        """Hand messages to every publisher of their event, whatever the others do.

        Returns:
            What the publishers raised: mistakes first, then outages.
        """
        events = _latest(messages)
        mistakes: list[Exception] = []
        outages: list[Exception] = []
        for publisher in self._publishers.get(name, ()):
            about = {"event": name, "publisher": publisher.name}
            with log_within(LogContext(None, (about.copy,), self._packages)):
                try:
                    with self._database.work(writes=publisher.writes) as work:
                        publisher.handle(events, work)
                except ServiceUnavailable as error:
                    outages.append(error)
                except Exception as error:
                    logger.exception("The publisher %r of %r failed.", publisher.name, name)
                    mistakes.append(error)
        return mistakes + outages

    def _refuse(self, messages: Sequence[Message], reason: str) -> None:
        by_attempts: dict[int, list[Message]] = {}
        for message in messages:
            by_attempts.setdefault(message.attempts, []).append(message)
        for attempts, group in by_attempts.items():
            delay = min(FIRST_DELAY * 4 ** (attempts - 1), LONGEST_DELAY)
            self._broker.refuse(group, reason, delay)


def _latest(messages: Sequence[Message]) -> list[Event]:
    """Return the last event of each key, in the order in which the keys came last."""
    events: dict[str, Event] = {}
    for message in messages:
        events.pop(message.event.key, None)
        events[message.event.key] = message.event
    return list(events.values())
