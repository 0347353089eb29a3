"""Writing beside others: whose turn it is, and what happens to whoever comes second.

SQLite has one writer at a time. On PostgreSQL rows are locked in one order, authors before
articles and both by id, so that nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from glue_core import Work, chunks
from glue_magazine import ChangedMeanwhile, IdInUse
from glue_magazine.models import ArticleRow, AuthorRow

READ = "glue_magazine.read"
"""Where a session keeps the rows that were read."""


@contextmanager
def unchanged(id_: str) -> Iterator[None]:
    """Say so when a row is not any more what this unit of work had read."""
    try:
        yield
    except StaleDataError as error:
        raise ChangedMeanwhile([id_]) from error


def add_new(row: ArticleRow | AuthorRow, work: Work) -> None:
    """Write a row whose id nobody may have yet.

    Raises:
        IdInUse: Somebody else has written one with the id meanwhile.
    """
    kind, id_ = type(row), row.id
    try:
        with work.savepoint():
            work.session.add(row)
            work.session.flush()
    except IntegrityError as error:
        # A deployment may have constraints of its own: those are not about the id.
        if work.session.scalar(sa.select(kind.id).where(kind.id == id_)) is None:
            raise
        raise IdInUse([id_]) from error


def remember(session: Session, row: object) -> None:
    """Keep a row that was read for as long as the session lives.

    A session forgets rows that nobody holds. It would then read them again before it changes them,
    and never find out that somebody else did so in between.
    """
    session.info.setdefault(READ, {})[id(row)] = row


def lock_authors(session: Session, ids: Iterable[str]) -> list[str]:
    """Keep authors from being changed or deleted until this unit of work ends.

    Returns:
        Ids of those that do not exist.
    """
    wanted = dict.fromkeys(ids)
    for part in chunks(wanted):
        question = (
            sa.select(AuthorRow.id)
            .where(AuthorRow.id.in_(part))
            .order_by(AuthorRow.id)
            .with_for_update(key_share=True)
        )
        for id_ in session.scalars(question):
            wanted.pop(id_)
    return list(wanted)


def count_up(session: Session, ids: Iterable[str]) -> None:
    """Note that the list of articles of some authors became another; they are locked."""
    session.flush()
    for part in chunks(ids):
        session.execute(
            sa.update(AuthorRow)
            .where(AuthorRow.id.in_(part))
            .values(version=AuthorRow.version + 1)
            .execution_options(synchronize_session=False)
        )
    forget(session, AuthorRow)


def forget(session: Session, kind: type[object]) -> None:
    """Have rows read again that were changed behind the session's back."""
    for row in list(session.identity_map.values()):
        if isinstance(row, kind):
            session.expire(row)
