"""Authors as they stand in the database, and which articles are theirs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from glue_core import Work, chunks
from glue_magazine import (
    Author,
    AuthorDraft,
    AuthorPage,
    IdInUse,
    NoSuchArticle,
    NoSuchAuthor,
    Query,
    is_id,
)
from glue_magazine.articles import utc_now
from glue_magazine.lists import read_page
from glue_magazine.locking import add_new, count_up, forget, lock_authors, remember, unchanged
from glue_magazine.models import ArticleRow, AuthorRow

CONDITIONS = {
    "name": lambda value: AuthorRow.name == value,
    "email": lambda value: AuthorRow.email == value,
}
SORTS = {"name": AuthorRow.name, "email": AuthorRow.email, "joined_on": AuthorRow.joined_on}
CHANGEABLE = tuple(field.name for field in fields(AuthorDraft) if field.name != "id")


class DatabaseAuthorStore:
    """Keeps authors in the database; see `AuthorStore`."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        """Remember the clock.

        Args:
            now: Returns the time, with its zone.
        """
        self._now = now

    def find(self, ids: Sequence[str], work: Work) -> dict[str, Author]:
        """Return authors by id."""
        found: dict[str, Author] = {}
        for part in chunks(ids):
            for row in work.session.scalars(sa.select(AuthorRow).where(AuthorRow.id.in_(part))):
                remember(work.session, row)
                found[row.id] = author_of(row)
        return found

    def page(self, query: Query, work: Work) -> AuthorPage:
        """Return a part of the list."""
        rows, total = read_page(AuthorRow, query, CONDITIONS, SORTS, work)
        return AuthorPage(tuple(map(author_of, rows)), total)

    def create(self, draft: AuthorDraft, work: Work) -> Author:
        """Write a new author."""
        session = work.session
        id_ = str(uuid.uuid4()) if draft.id is None else draft.id
        if not is_id(id_):
            raise ValueError(f"{id_!r} is no UUID of version 4 in lower case.")
        if session.get(AuthorRow, id_) is not None:
            raise IdInUse([id_])
        now = self._now()
        row = AuthorRow(id=id_, version=1, created_at=now, updated_at=now, **values_of(draft))
        add_new(row, work)
        return author_of(row)

    def update(self, id: str, changes: Mapping[str, Any], work: Work) -> Author:  # noqa: A002
        """Change fields of an author."""
        unknown = sorted(changes.keys() - set(CHANGEABLE))
        if unknown:
            raise ValueError(f"An author has no {', '.join(unknown)} to change.")
        session = work.session
        row = _existing(session, id)
        if not fill(row, changes):
            return author_of(row)
        row.updated_at = self._now()
        row.version += 1
        with unchanged(id):
            session.flush()
        return author_of(row)

    def delete(self, id: str, work: Work) -> None:  # noqa: A002
        """Delete an author; their articles stay, without an author."""
        session = work.session
        row = _existing(session, id)
        _lock(session, id, {})
        self._give(session, ArticleRow.author_id == id, None)
        session.delete(row)
        with unchanged(id):
            session.flush()

    def replace_articles(self, id: str, article_ids: Sequence[str], work: Work) -> None:  # noqa: A002
        """Let an author have written these articles and no others."""
        session = work.session
        _existing(session, id)
        owners = _owners(session, article_ids)
        _lock(session, id, owners)
        # Comparing here keeps the number of ids in one statement small.
        theirs = session.scalars(sa.select(ArticleRow.id).where(ArticleRow.author_id == id))
        dropped = set(theirs) - owners.keys()
        for part in chunks(dropped):
            self._give(session, ArticleRow.id.in_(part) & (ArticleRow.author_id == id), None)
        self._take(session, id, owners, is_changed=bool(dropped))

    def add_articles(self, id: str, article_ids: Sequence[str], work: Work) -> None:  # noqa: A002
        """Let an author have written these articles, too."""
        session = work.session
        _existing(session, id)
        owners = _owners(session, article_ids)
        _lock(session, id, owners)
        self._take(session, id, owners, is_changed=False)

    def remove_articles(self, id: str, article_ids: Sequence[str], work: Work) -> None:  # noqa: A002
        """Take articles away from an author."""
        session = work.session
        _existing(session, id)
        _lock(session, id, {})
        given = 0
        for part in chunks(article_ids):
            condition = ArticleRow.id.in_(part) & (ArticleRow.author_id == id)
            given += self._give(session, condition, None)
        if given:
            count_up(session, [id])

    def _take(
        self, session: Session, id_: str, owners: Mapping[str, str | None], *, is_changed: bool
    ) -> None:
        """Move articles to an author, and note whose lists became others."""
        moved = [article for article, owner in owners.items() if owner != id_]
        for part in chunks(moved):
            self._give(session, ArticleRow.id.in_(part), id_)
        if moved or is_changed:
            count_up(session, {id_, *(owner for owner in owners.values() if owner is not None)})

    def _give(
        self, session: Session, condition: sa.ColumnElement[bool], author_id: str | None
    ) -> int:
        """Change whose some articles are, and return how many they are."""
        session.flush()
        result: Any = session.execute(
            sa.update(ArticleRow)
            .where(condition)
            .values(author_id=author_id, version=ArticleRow.version + 1, updated_at=self._now())
            .execution_options(synchronize_session=False)
        )
        forget(session, ArticleRow)
        return int(result.rowcount)


def author_of(row: AuthorRow) -> Author:
    """Return an author as features know them."""
    return Author(
        id=row.id,
        name=row.name,
        email=row.email,
        joined_on=row.joined_on,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def values_of(draft: AuthorDraft) -> dict[str, Any]:
    """Return the fields of a draft that a row has, by name, without the id."""
    return {name: getattr(draft, name) for name in CHANGEABLE}


def fill(row: AuthorRow, values: Mapping[str, Any]) -> bool:
    """Set fields of a row by their names in a draft, and say whether any became another."""
    changed = {name: value for name, value in values.items() if value != getattr(row, name)}
    for name, value in changed.items():
        setattr(row, name, value)
    return bool(changed)


def _existing(session: Session, id_: str) -> AuthorRow:
    row = session.get(AuthorRow, id_)
    if row is None:
        raise NoSuchAuthor([id_])
    return row


def _owners(session: Session, article_ids: Iterable[str]) -> dict[str, str | None]:
    """Return whose articles are, by the ids of the articles, all of which must exist."""
    wanted = dict.fromkeys(article_ids)
    owners: dict[str, str | None] = {}
    for part in chunks(wanted):
        question = sa.select(ArticleRow.id, ArticleRow.author_id).where(ArticleRow.id.in_(part))
        owners.update((row.id, row.author_id) for row in session.execute(question))
    missing = [id_ for id_ in wanted if id_ not in owners]
    if missing:
        raise NoSuchArticle(missing)
    return owners


def _lock(session: Session, id_: str, owners: Mapping[str, str | None]) -> None:
    """Lock an author and those who lose articles to them; a former one may be gone by now."""
    wanted = {id_, *(owner for owner in owners.values() if owner is not None)}
    if id_ in lock_authors(session, wanted):
        raise NoSuchAuthor([id_])
