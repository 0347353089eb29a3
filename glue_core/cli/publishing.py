"""``glue publish`` and ``glue work``."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from glue_core.cli.session import Session

if TYPE_CHECKING:
    from glue_core.deployment import Deployment
    from glue_core.working import Worker

PAUSE = 0.5
"""Seconds between two looks at messages that are not free yet."""
LOG = logging.getLogger("glue.worker")


def worker_of(deployment: Deployment) -> Worker:
    """Return a worker over the services and publishers of a deployment."""
    from glue_core.working import Worker

    services = deployment.services
    return Worker(services.database, services.broker, deployment.publishers, deployment.packages)


def drain(
    deployment: Deployment, *, patient: bool, stop: threading.Event | None = None
) -> Mapping[str, int]:
    """Handle messages until none is left.

    Args:
        deployment: Whose messages.
        patient: True waits for messages that failed and come again, and for those that another
            worker holds; False ends when no message is free.
        stop: Ends it early when it is set.

    Returns:
        Numbers of messages that are left, as the broker counts them.
    """
    worker = worker_of(deployment)
    broker = deployment.services.broker
    stop = stop or threading.Event()
    while not stop.is_set():
        if worker.run_once():
            continue
        counts = broker.counts()
        if not patient or counts["waiting"] + counts["leased"] == 0:
            break
        stop.wait(PAUSE)
    return broker.counts()


@click.command()
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All events; what no NAME means as well.")
@click.option("--wait", is_flag=True, help="Run a worker until everything is published.")
@click.pass_context
def publish(ctx: click.Context, names: tuple[str, ...], everything: bool, wait: bool) -> None:
    """Publish everything anew.

    Writes an event for every key of every publisher, or of those of the events NAME; 'glue work'
    handles them.
    """
    from glue_core.cli.checking import refuse_unmigrated

    if names and everything:
        raise click.UsageError("Give names or --all, not both.")
    with ctx.ensure_object(Session).deployment(serving=False) as deployment:
        refuse_unmigrated(deployment)
        try:
            written = worker_of(deployment).publish_all(names or None)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="NAME") from error
        click.echo(f"{written} messages were written.")
        if not wait:
            return
        counts = drain(deployment, patient=True)
        if counts["set_aside"]:
            click.echo(
                f"{counts['set_aside']} messages are set aside; 'glue doctor' tells more.", err=True
            )
            ctx.exit(1)
        click.echo("Everything is published.")


@click.command()
@click.option("--once", is_flag=True, help="Handle what waits now, and end.")
@click.option("--until-stdin-ends", is_flag=True, hidden=True)
@click.pass_context
def work(ctx: click.Context, once: bool, until_stdin_ends: bool) -> None:
    """Run the worker: publish what changes.

    Runs until SIGTERM or SIGINT, and finishes the batch at hand. Any number of workers may run.
    """
    from glue_core.cli.checking import refuse_unmigrated
    from glue_core.errors import ServiceUnavailable
    from glue_core.logs import set_up_logging

    stop = threading.Event()
    session = ctx.ensure_object(Session)
    LOG.setLevel(logging.INFO)
    set_up_logging(session.settings()["logging"])
    with session.deployment(serving=False) as deployment:
        try:
            refuse_unmigrated(deployment)
        except ServiceUnavailable as error:
            if once:
                raise
            # The worker waits for the database and tries again.
            LOG.warning("The migrations were not checked. %s", error)
        with stopping(stop):
            if until_stdin_ends:
                on_end_of_stdin(stop.set)
            if once:
                drain(deployment, patient=False, stop=stop)
                return
            LOG.info("The worker runs; %d publishers.", len(deployment.publishers))
            worker_of(deployment).run(stop)
            LOG.info("The worker ends.")


@contextmanager
def stopping(stop: threading.Event, also: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Set an event at SIGTERM and SIGINT, while the block lasts; in the main thread.

    A handler runs between two steps of the main thread, which may hold the event's lock just then
    and would wait for itself. So another thread sets the event; it hears of signals by a pipe.

    Args:
        stop: The event.
        also: Called in the main thread at each signal; it may raise.
    """
    numbers = (signal.SIGTERM, signal.SIGINT)
    hear, tell = os.pipe()
    os.set_blocking(tell, False)

    def listen() -> None:
        while number := os.read(hear, 1):
            if number[0] == 0:
                return
            if number[0] in numbers:
                stop.set()

    listener = threading.Thread(target=listen, daemon=True, name="signals")
    listener.start()
    former_pipe = signal.set_wakeup_fd(tell, warn_on_full_buffer=False)
    former = [signal.signal(number, lambda *_: also()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, former, strict=True):
            signal.signal(number, handler)
        signal.set_wakeup_fd(former_pipe)
        os.write(tell, b"\0")
        listener.join()
        os.close(hear)
        os.close(tell)


def on_end_of_stdin(call: Callable[[], object]) -> None:
    """Call something when standard input ends: a child's way to notice that its parent is gone."""

    def wait() -> None:
        # The descriptor itself: a thread that holds the lock of sys.stdin would stop the exit.
        with suppress(OSError):
            while os.read(0, 1024):
                pass
        call()

    threading.Thread(target=wait, daemon=True, name="until-stdin-ends").start()
