"""Importers of the magazine: a batch is looked up, read, and written where it differs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from glue_core import Cells, Row, RowError, RowImporter, Work, chunks
from glue_magazine import (
    LONGEST_BODY,
    LONGEST_EMAIL,
    LONGEST_NAME,
    LONGEST_READING_MINUTES,
    LONGEST_TAG,
    LONGEST_TITLE,
    MOST_TAGS,
    ArticleDraft,
    AuthorDraft,
    is_id,
)
from glue_magazine import articles as article_rows
from glue_magazine import authors as author_rows
from glue_magazine.articles import utc_now
from glue_magazine.locking import count_up, lock_authors
from glue_magazine.models import ArticleRow, AuthorRow


class AuthorImporter(RowImporter):
    """Takes ``author``: id, name, email, joined_on."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._drafts: dict[str, AuthorDraft] = {}

    def load(self, row: Row, work: Work) -> None:
        """Take one row; of two with one id the later one stays."""
        cells = Cells(row)
        draft = AuthorDraft(
            id=_id(cells, "id"),
            name=_text(cells, "name", LONGEST_NAME),
            email=_text(cells, "email", LONGEST_EMAIL),
            joined_on=_day(cells, "joined_on"),
        )
        if "@" not in draft.email:
            raise RowError("email", f"{draft.email!r} is no address.")
        self._drafts[str(draft.id)] = draft

    def flush(self, work: Work) -> None:
        """Write the authors that are new or different."""
        session, now = work.session, self._now()
        drafts, self._drafts = self._drafts, {}
        rows = _by_id(work, AuthorRow, drafts)
        for id_, draft in drafts.items():
            values = author_rows.values_of(draft)
            row = rows.get(id_)
            if row is None:
                session.add(AuthorRow(id=id_, version=1, created_at=now, updated_at=now, **values))
            elif author_rows.fill(row, values):
                row.version += 1
                row.updated_at = now
        session.flush()


class ArticleImporter(RowImporter):
    """Takes ``article``: id, title, body, published_at, reading_minutes, tags, author_id."""

    def __init__(self, now: Callable[[], datetime] = utc_now) -> None:
        self._now = now
        self._authors: frozenset[str] = frozenset()
        self._drafts: dict[str, ArticleDraft] = {}

    def prepare(self, rows: Sequence[Row], work: Work) -> None:
        """Look up the authors that a batch names."""
        wanted = {row.get("author_id", "") for row in rows}
        found: set[str] = set()
        for part in chunks(wanted):
            found.update(
                work.session.scalars(sa.select(AuthorRow.id).where(AuthorRow.id.in_(part)))
            )
        self._authors = frozenset(found)

    def load(self, row: Row, work: Work) -> None:
        """Take one row; of two with one id the later one stays."""
        cells = Cells(row)
        author_id = cells.text("author_id") or None
        if author_id is not None and author_id not in self._authors:
            raise RowError("author_id", f"There is no author {author_id!r}.")
        minutes = cells.integer("reading_minutes", least=1)
        if minutes is not None and minutes > LONGEST_READING_MINUTES:
            raise RowError("reading_minutes", f"{minutes} is more than {LONGEST_READING_MINUTES}.")
        draft = ArticleDraft(
            id=_id(cells, "id"),
            title=_text(cells, "title", LONGEST_TITLE),
            body=_text(cells, "body", LONGEST_BODY),
            published_at=_time(cells, "published_at"),
            reading_minutes=1 if minutes is None else minutes,
            tags=_tags(cells),
            author_id=author_id,
        )
        self._drafts[str(draft.id)] = draft

    def flush(self, work: Work) -> None:
        """Write the articles that are new or different."""
        session, now = work.session, self._now()
        drafts, self._drafts = self._drafts, {}
        rows = _by_id(work, ArticleRow, drafts)
        touched: set[str] = set()
        for id_, draft in drafts.items():
            row = rows.get(id_)
            former = None if row is None else row.author_id
            values = article_rows.values_of(draft)
            if row is None:
                row = ArticleRow(id=id_, version=1, created_at=now, updated_at=now)
                article_rows.fill(row, values)
                session.add(row)
            elif article_rows.fill(row, values):
                row.version += 1
                row.updated_at = now
            if former != draft.author_id:
                touched |= {each for each in (former, draft.author_id) if each is not None}
        # Articles wait in the session until those whose lists they change are locked.
        with session.no_autoflush:
            lock_authors(session, touched)
        session.flush()
        count_up(session, touched)


def _by_id(work: Work, kind: type[Any], ids: Sequence[str] | dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in chunks(ids):
        rows = work.session.scalars(sa.select(kind).where(kind.id.in_(part)))
        found.update((row.id, row) for row in rows)
    return found


def _id(cells: Cells, column: str) -> str:
    value = cells.required(column)
    if not is_id(value):
        raise RowError(column, f"{value!r} is no UUID of version 4 in lower case.")
    return value


def _text(cells: Cells, column: str, longest: int) -> str:
    value = cells.required(column)
    if len(value) > longest:
        raise RowError(column, f"The text has {len(value)} characters; {longest} are allowed.")
    return value


def _tags(cells: Cells) -> tuple[str, ...]:
    tags = tuple(dict.fromkeys(cells.words("tags")))
    if len(tags) > MOST_TAGS:
        raise RowError("tags", f"There are {len(tags)} tags; {MOST_TAGS} are allowed.")
    for tag in tags:
        if len(tag) > LONGEST_TAG:
            raise RowError("tags", f"{tag!r} has more than {LONGEST_TAG} characters.")
    return tags


def _day(cells: Cells, column: str) -> date:
    value = cells.required(column)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise RowError(column, f"{value!r} is no day such as '2026-01-31'.") from None


def _time(cells: Cells, column: str) -> datetime | None:
    value = cells.text(column)
    if not value:
        return None
    try:
        time = datetime.fromisoformat(value)
        if time.tzinfo is not None:
            return time.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise RowError(column, f"{value!r} is no time with a zone such as '2026-01-31T08:00:00+01:00'.")
