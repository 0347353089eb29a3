"""Reads, counted where features meet services: what an include costs, whatever the engine."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from glue_core.services.services import Services

READS = frozenset(
    {"storage.get", "storage.get_many", "storage.keys", "search.find", "database.read"}
)
COUNTED = {
    "storage": ("get", "get_many", "put_many", "delete_many", "keys"),
    "search": ("find", "put_many", "delete_many"),
}
DATABASE = "database"
READING, WRITING = ("SELECT", "WITH", "VALUES"), ("INSERT", "UPDATE", "DELETE")


class Counts:
    """How often each method of a service was called.

    Attributes:
        by_method: Calls by service and method, such as ``storage.get_many``; statements of the
            database as ``database.read`` and ``database.write``.
    """

    def __init__(self) -> None:
        self.by_method: Counter[str] = Counter()

    @property
    def reads(self) -> int:
        """Calls that read; one call counts once, however many keys it names."""
        return sum(count for name, count in self.by_method.items() if name in READS)

    @property
    def writes(self) -> int:
        """Calls that write."""
        return self.by_method.total() - self.reads

    def reset(self) -> None:
        """Begin to count anew."""
        self.by_method.clear()

    def __repr__(self) -> str:
        return f"Counts({dict(self.by_method)!r})"


@contextmanager
def counted(services: Services, *names: str) -> Iterator[Counts]:
    """Count the calls of services while the block runs.

    The objects themselves are made to count, since features keep the service that they were made
    with. Calls that a service makes of itself do not count.

    Args:
        services: The services of a deployment.
        names: ``storage``, ``search`` and ``database``; the first two when none is named. Of the
            database the statements count, be they a feature's or the flow's.

    Raises:
        TypeError: A service has slots, so that nothing can be put around its methods.
    """
    counts = Counts()
    guard = _Inside()
    with ExitStack() as stack:
        for name in names or tuple(COUNTED):
            if name == DATABASE:
                stack.enter_context(_statements(services, counts))
                continue
            service = services.open(name)
            for method in COUNTED[name]:
                _count(service, method, f"{name}.{method}", counts, guard)
                stack.callback(delattr, service, method)
        yield counts


@contextmanager
def _statements(services: Services, counts: Counts) -> Iterator[None]:
    """Count the statements that reach the database; those that open transactions do not count."""
    from sqlalchemy import Engine, event

    url = services.database.engine.url

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        # What reads and what writes may have an engine each.
        if connection.engine.url != url:
            return
        word = statement.lstrip("( \n").partition(" ")[0].upper()
        if word in READING:
            counts.by_method[f"{DATABASE}.read"] += 1
        elif word in WRITING:
            counts.by_method[f"{DATABASE}.write"] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", note)


class _Inside(threading.local):
    """Whether this thread is in a call that was counted."""

    is_set = False


def _count(service: Any, method: str, name: str, counts: Counts, guard: _Inside) -> None:
    call: Callable[..., Any] = getattr(service, method)

    def counting(*args: Any, **kwargs: Any) -> Any:
        if guard.is_set:
            return call(*args, **kwargs)
        counts.by_method[name] += 1
        guard.is_set = True
        try:
            return call(*args, **kwargs)
        finally:
            guard.is_set = False

    if method in getattr(service, "__dict__", {method: None}):
        raise TypeError(
            f"The calls of {name!r} cannot be counted: {type(service).__qualname__} has slots, or "
            f"is counted already."
        )
    setattr(service, method, counting)
