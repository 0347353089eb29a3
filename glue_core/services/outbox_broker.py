"""The broker in the deployment's own database: a table of messages with leases."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session

from glue_core.services.broker import Message
from glue_core.services.database import Database
from glue_core.work import Event

MAX_ATTEMPTS = 5
"""How often a message is leased before it is set aside."""
PART = 500
"""Messages in one statement."""

metadata = sa.MetaData()

outbox = sa.Table(
    "glue_outbox",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # Seconds since 1970, by the clock of the database, from which on it may be leased.
    sa.Column("free_at", sa.Double, nullable=False),
    # Who leased it, for people; NULL when nobody did.
    sa.Column("owner", sa.Text),
    sa.Column("is_set_aside", sa.Boolean, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Index("ix_glue_outbox_is_set_aside_id", "is_set_aside", "id"),
    sa.Index("ix_glue_outbox_key_name", "key", "name"),
    # Ids of deleted messages never come again.
    sqlite_autoincrement=True,
)
"""The table, as the migrations of the core make it."""


class _Now(sa.ColumnElement[float]):
    """Seconds since 1970 by the clock of the database: several machines share no other."""

    inherit_cache = True
    type = sa.Double()


@compiles(_Now)
def _now(_element: _Now, _compiler: Any, **_options: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(_Now, "postgresql")
def _now_postgresql(_element: _Now, _compiler: Any, **_options: Any) -> str:
    return "CAST(extract(epoch FROM clock_timestamp()) AS double precision)"


NOW = _Now()

IS_FREE = sa.and_(sa.not_(outbox.c.is_set_aside), outbox.c.free_at <= NOW)
IS_LEASED = sa.and_(outbox.c.owner.is_not(None), outbox.c.free_at > NOW)

GIVE_UP = (
    sa.update(outbox)
    .where(
        outbox.c.id.in_(
            sa.select(outbox.c.id)
            .where(IS_FREE, outbox.c.attempts >= MAX_ATTEMPTS)
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
    )
    .values(
        is_set_aside=True,
        owner=None,
        reason=sa.func.coalesce(outbox.c.reason, "No lease ended with an answer."),
    )
)
OLDEST = (
    sa.select(outbox.c.name, outbox.c.key)
    .where(IS_FREE)
    .order_by(outbox.c.id)
    .limit(sa.bindparam("size"))
    # SQLite has one writer and leaves this out.
    .with_for_update(skip_locked=True)
)
# Every message that tells of one of these things is leased, however late it was written: whoever
# handles a batch handles each thing once.
LEASE = (
    sa.update(outbox)
    .where(
        outbox.c.id.in_(
            sa.select(outbox.c.id)
            .where(
                IS_FREE,
                sa.tuple_(outbox.c.name, outbox.c.key).in_(sa.bindparam("things", expanding=True)),
            )
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
    )
    .values(
        attempts=outbox.c.attempts + 1,
        free_at=NOW + sa.bindparam("seconds", type_=sa.Double),
        owner=sa.bindparam("holder"),
    )
    .returning(outbox.c.id, outbox.c.name, outbox.c.key, outbox.c.payload, outbox.c.attempts)
)
# Each lease counts the attempts up, so a message with this number of attempts that still has an
# owner is the one that was handed out: a lease that somebody else took meanwhile does not match.
IS_OURS = sa.and_(
    sa.tuple_(outbox.c.id, outbox.c.attempts).in_(sa.bindparam("messages", expanding=True)),
    outbox.c.owner.is_not(None),
    sa.not_(outbox.c.is_set_aside),
)
ACKNOWLEDGE = sa.delete(outbox).where(IS_OURS)
# What was set aside told of the same things, which are now handled.
SETTLE = sa.delete(outbox).where(
    outbox.c.is_set_aside,
    sa.tuple_(outbox.c.name, outbox.c.key).in_(sa.bindparam("things", expanding=True)),
)
OWNERS = (
    sa.select(outbox.c.owner)
    .where(outbox.c.owner.startswith(sa.bindparam("here"), autoescape=False))
    .where(outbox.c.free_at > NOW, sa.not_(outbox.c.is_set_aside))
    .distinct()
)
FREE = (
    sa.update(outbox)
    .where(outbox.c.owner == sa.bindparam("holder"), sa.not_(outbox.c.is_set_aside))
    .values(free_at=0.0, owner=None)
)
REFUSE = (
    sa.update(outbox)
    .where(IS_OURS)
    .values(
        owner=None,
        reason=sa.bindparam("why"),
        free_at=NOW + sa.bindparam("seconds", type_=sa.Double),
        is_set_aside=outbox.c.attempts >= MAX_ATTEMPTS,
    )
)
RELEASE = (
    sa.update(outbox)
    .where(IS_OURS)
    .values(
        owner=None,
        attempts=outbox.c.attempts - 1,
        free_at=NOW + sa.bindparam("seconds", type_=sa.Double),
    )
)
COUNTS = sa.select(
    sa.func.count().filter(sa.not_(outbox.c.is_set_aside), sa.not_(IS_LEASED)),
    sa.func.count().filter(sa.not_(outbox.c.is_set_aside), IS_LEASED),
    sa.func.count().filter(outbox.c.is_set_aside),
).select_from(outbox)


class OutboxBroker:
    """Messages in the table ``glue_outbox``; see `glue_core.services.broker.Broker`.

    Messages are written in the transaction of the data they tell of. A message that was refused
    or abandoned `MAX_ATTEMPTS` times is set aside with its reason.
    """

    def __init__(self, database: Database) -> None:
        """Remember the database; nothing is opened yet.

        Args:
            database: The deployment's database, whose migrations make the table.
        """
        self._database = database

    def publish(self, session: Session, events: Sequence[Event]) -> None:
        """Write events in the transaction of a session: they exist if it commits.

        Raises:
            ValueError: A name or key holds a NUL or half of a surrogate pair, or the payload is
                no JSON.
        """
        rows = [_row(event) for event in events]
        if rows:
            session.execute(sa.insert(outbox), rows)

    def lease(self, limit: int, seconds: float) -> Sequence[Message]:
        """Take the oldest free messages for a while, and those that tell the same."""
        held = {"seconds": seconds, "holder": f"{socket.gethostname()}:{os.getpid()}"}
        with self._database.work() as work:
            self._free_abandoned(work.session)
            work.session.execute(GIVE_UP)
            things = sorted({tuple(row) for row in work.session.execute(OLDEST, {"size": limit})})
            rows: list[Any] = []
            for start in range(0, len(things), PART):
                part = {"things": things[start : start + PART], **held}
                rows.extend(work.session.execute(LEASE, part))
        return [
            Message(row.id, Event(row.name, row.key, orjson.loads(row.payload)), row.attempts)
            for row in sorted(rows)
        ]

    def _free_abandoned(self, session: Session) -> None:
        """Free what dead processes of this machine hold, instead of waiting for their leases."""
        here = f"{socket.gethostname()}:"
        for (owner,) in session.execute(OWNERS, {"here": here}).all():
            pid = owner.removeprefix(here)
            if pid.isdigit() and not _is_alive(int(pid)):
                session.execute(FREE, {"holder": owner})

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Say that messages were handled; those whose lease somebody else took since stay."""
        if messages:
            things = sorted({(each.event.name, each.event.key) for each in messages})
            with self._database.work() as work:
                for ids in _parts(messages):
                    work.session.execute(ACKNOWLEDGE, {"messages": ids})
                for start in range(0, len(things), PART):
                    work.session.execute(SETTLE, {"things": things[start : start + PART]})

    def refuse(self, messages: Sequence[Message], reason: str, retry_after: float) -> None:
        """Say that messages failed; they are free again after some seconds, or set aside."""
        if messages:
            why = reason.replace("\0", " ").encode("utf-8", "replace").decode()
            with self._database.work() as work:
                for ids in _parts(messages):
                    work.session.execute(
                        REFUSE, {"messages": ids, "why": why, "seconds": retry_after}
                    )

    def release(self, messages: Sequence[Message], retry_after: float) -> None:
        """Give messages back that are not at fault; this attempt does not count."""
        if messages:
            with self._database.work() as work:
                for ids in _parts(messages):
                    work.session.execute(RELEASE, {"messages": ids, "seconds": retry_after})

    def counts(self) -> Mapping[str, int]:
        """Return how many messages are ``waiting``, ``leased`` and ``set_aside``."""
        with self._database.work(writes=False) as work:
            row = work.session.execute(COUNTS).one()
        return {"waiting": row[0], "leased": row[1], "set_aside": row[2]}

    def check(self) -> None:
        """Raise `ServiceUnavailable` unless the database answers."""
        self._database.check()

    def close(self) -> None:
        """Do nothing: whoever opened the database closes it."""


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _row(event: Event) -> dict[str, Any]:
    for text in (event.name, event.key):
        if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text):
            raise ValueError(
                f"The event {event.name!r} with the key {event.key!r} cannot be published: "
                f"a name or a key has no NUL and no half of a surrogate pair."
            )
    try:
        payload = orjson.dumps(event.payload).decode()
    except TypeError as error:
        raise ValueError(
            f"The payload of the event {event.name!r} cannot be written as JSON: {error}."
        ) from error
    return {
        "name": event.name,
        "key": event.key,
        "payload": payload,
        "attempts": 0,
        "free_at": 0.0,
        "is_set_aside": False,
    }


def _parts(messages: Sequence[Message]) -> list[list[tuple[int, int]]]:
    ids = sorted((message.id, message.attempts) for message in messages)
    return [ids[start : start + PART] for start in range(0, len(ids), PART)]
