"""The worker: grouping, failures, outages, killed workers, publishing anew."""

import functools
import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from glue_core.errors import ServiceUnavailable
from glue_core.exchange import Publisher
from glue_core.migrating import migrate
from glue_core.services.engines import glue_service_engines
from glue_core.services.services import Services
from glue_core.testing.processes import fresh_processes
from glue_core.work import Event, Work
from glue_core.working import Worker


def open_services(url: str) -> Services:
    """Open a database and its outbox."""
    return Services({"database": url, "broker": "outbox:"}, glue_service_engines(), timeout=10.0)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Return the URL of an empty database."""
    return f"sqlite:///{tmp_path}/database.sqlite"


@pytest.fixture
def services(url: str) -> Iterator[Services]:
    """Open migrated services and close them."""
    services = open_services(url)
    migrate(services.database, [])
    yield services
    services.close()


class Recorder:
    """A publisher that keeps what it was given, after failing some times."""

    def __init__(self, *errors: Exception) -> None:
        self.batches: list[list[str]] = []
        self.events: list[Event] = []
        self.errors = list(errors)

    def handle(self, events: Sequence[Event], work: Work) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.batches.append([event.key for event in events])
        self.events.extend(events)

    def publisher(self, event: str, keys: Sequence[str] = (), name: str = "recorder") -> Publisher:
        return Publisher(event, self.handle, lambda _work: iter(keys), name)


def publish(services: Services, *events: Event) -> None:
    """Write events in one unit of work."""
    with services.database.work() as work:
        for event in events:
            work.publish(event)


def worker(services: Services, *publishers: Publisher) -> Worker:
    """Make a worker."""
    return Worker(services.database, services.broker, publishers)


def test_nothing_to_do(services: Services) -> None:
    """Without messages a batch is empty."""
    assert worker(services).run_once() == 0


def test_messages_are_grouped_by_event(services: Services) -> None:
    """Each event's messages come together, each key once with its last payload."""
    a, b = Recorder(), Recorder()
    publish(
        services,
        Event("a", "1", {"n": 1}),
        Event("b", "1"),
        Event("a", "2"),
        Event("a", "1", {"n": 2}),
    )

    assert worker(services, a.publisher("a"), b.publisher("b")).run_once() == 4
    assert (a.batches, b.batches) == ([["2", "1"]], [["1"]])
    assert a.events[1].payload == {"n": 2}
    assert services.broker.counts() == {"waiting": 0, "leased": 0, "set_aside": 0}


def test_event_without_publisher(services: Services) -> None:
    """A message that nobody handles is acknowledged and forgotten."""
    publish(services, Event("nobody", "1"))
    worker(services).run_once()

    assert services.broker.counts() == {"waiting": 0, "leased": 0, "set_aside": 0}


def test_failure_concerns_its_event_alone(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    """A publisher that raises has its messages refused, with a traceback; others go on."""
    bad, good, beside = Recorder(ZeroDivisionError("why")), Recorder(), Recorder()
    publish(services, Event("bad", "1"), Event("good", "1"))
    publishers = (
        bad.publisher("bad", name="a"),
        beside.publisher("bad", name="b"),
        good.publisher("good"),
    )
    with caplog.at_level(logging.ERROR):
        worker(services, *publishers).run_once()

    assert good.batches == beside.batches == [["1"]]
    assert services.broker.counts() == {"waiting": 1, "leased": 0, "set_aside": 0}
    assert caplog.records[0].exc_info is not None


def test_outage_sets_nothing_aside(services: Services) -> None:
    """A publisher that meets an outage ends the batch with it, and the message waits."""
    down = Recorder(ServiceUnavailable("search", "down"))
    publish(services, Event("a", "1"))
    with pytest.raises(ServiceUnavailable, match="search"):
        worker(services, down.publisher("a")).run_once()

    assert services.broker.counts() == {"waiting": 1, "leased": 0, "set_aside": 0}


def test_publisher_works_in_a_unit_of_work(services: Services) -> None:
    """What a publisher writes is committed, and undone when it raises."""

    def handle(events: Sequence[Event], work: Work) -> None:
        work.publish(Event("follow-up", events[0].key))
        if events[0].name == "bad":
            raise ZeroDivisionError

    publishers = [Publisher(name, handle, lambda _work: iter(()), name) for name in ("good", "bad")]
    publish(services, Event("good", "1"), Event("bad", "2"))
    worker(services, *publishers).run_once()

    assert [each.event for each in services.broker.lease(10, 60)] == [Event("follow-up", "1")]


def test_run_stops_and_survives_failures(services: Services) -> None:
    """A worker goes on after anything that raises, until it is told to stop."""
    stop = threading.Event()

    class Broker:
        calls = 0

        def lease(self, limit: int, seconds: float) -> list[object]:
            self.calls += 1
            if self.calls == 1:
                raise ServiceUnavailable("database", "down")
            if self.calls == 2:
                raise ZeroDivisionError
            stop.set()
            return []

    broker = Broker()
    waits: list[float] = []
    stop.wait = lambda timeout=None: waits.append(timeout or 0) or True  # type: ignore[method-assign,func-returns-value]
    Worker(services.database, broker, []).run(stop, 0.5)  # type: ignore[arg-type]

    assert broker.calls == 3
    assert waits == [1.0, 2.0, 0.5]


def test_publish_all(services: Services) -> None:
    """Every key of the wanted publishers becomes an event, across several batches."""
    many = [f"{number}" for number in range(1201)]
    a, b = Recorder(), Recorder()
    worked = worker(services, a.publisher("a", many), b.publisher("b", ["x"]))

    assert worked.publish_all(["a"]) == 1201
    assert services.broker.counts()["waiting"] == 1201
    assert worked.publish_all() == 1202
    while worked.run_once():
        pass
    assert {event.key for event in a.events} == set(many)
    assert b.batches == [["x"]]


def test_publish_all_of_unknown_name(services: Services) -> None:
    """A name that nobody publishes is a ValueError that lists the known ones."""
    with pytest.raises(ValueError, match=r"'c'.*a, b"):
        worker(services, Recorder().publisher("a"), Recorder().publisher("b")).publish_all(["c"])


def _work(url: str, is_deadly: bool) -> None:
    services = open_services(url)

    def handle(events: Sequence[Event], work: Work) -> None:
        for event in events:
            work.session.execute(sa.text("INSERT INTO handled VALUES (:key)"), {"key": event.key})
        if is_deadly:
            work.after_commit(functools.partial(os.kill, os.getpid(), 9))

    publisher = Publisher("a", handle, lambda _work: iter(()), "p")
    Worker(services.database, services.broker, [publisher]).run_once()
    services.close()


@pytest.fixture
def handled(services: Services) -> Callable[[], list[str]]:
    """Return what reads the keys that worker processes handled."""
    with services.database.work() as work:
        work.session.execute(sa.text("CREATE TABLE handled (key TEXT)"))

    def read() -> list[str]:
        with services.database.work(writes=False) as work:
            return sorted(work.session.execute(sa.text("SELECT key FROM handled")).scalars())

    return read


def run(url: str, number: int, *, is_deadly: bool = False) -> list[int | None]:
    """Run workers in processes and return how they ended."""
    fresh = fresh_processes()
    processes = [fresh.Process(target=_work, args=(url, is_deadly)) for _ in range(number)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return [process.exitcode for process in processes]


def test_killed_between_handling_and_acknowledging(
    services: Services, url: str, handled: Callable[[], list[str]]
) -> None:
    """A worker that dies before it acknowledges has its messages handled again."""
    publish(services, Event("a", "1"))
    assert run(url, 1, is_deadly=True) == [-9]
    assert services.broker.counts()["leased"] == 1
    with services.database.work() as work:
        # Let the lease end without waiting for it.
        work.session.execute(sa.text("UPDATE glue_outbox SET free_at = 0"))

    assert run(url, 1) == [0]
    assert handled() == ["1", "1"]
    assert services.broker.counts() == {"waiting": 0, "leased": 0, "set_aside": 0}


def test_two_workers_handle_each_message_once(
    services: Services, url: str, handled: Callable[[], list[str]]
) -> None:
    """Two workers that both live never handle one message twice."""
    publish(services, *(Event("a", f"{number}") for number in range(300)))
    assert run(url, 2) == [0, 0]

    assert len(handled()) == len(set(handled())) == 300
