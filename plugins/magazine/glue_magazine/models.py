"""The tables of the magazine; loaded when somebody first needs them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

# Sorted by code point wherever it is kept: PostgreSQL would sort by the rules of its machine.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


class UtcTime(sa.TypeDecorator[datetime]):
    """A point in time, kept in UTC without a zone: SQLite has no type that keeps one."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turn a point in time into UTC."""
        return None if value is None else in_utc(value).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return an aware time in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


def in_utc(value: datetime) -> datetime:
    """Return a point in time in UTC; a time without a zone is none."""
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone.")
    return value.astimezone(UTC)


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""

    metadata = sa.MetaData()
    type_annotation_map = {str: TEXT, datetime: UtcTime}


class AuthorRow(Base):
    """An author."""

    __tablename__ = "magazine_author"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    joined_on: Mapped[date]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    # The stores count, so that a change of tags or of whose article it is counts as well.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


class ArticleRow(Base):
    """An article."""

    __tablename__ = "magazine_article"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    published_at: Mapped[datetime | None]
    reading_minutes: Mapped[int]
    author_id: Mapped[str | None] = mapped_column(
        sa.ForeignKey(AuthorRow.id, ondelete="SET NULL"), index=True
    )
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    tags: Mapped[list[TagRow]] = relationship(
        cascade="all, delete-orphan",
        order_by="TagRow.position",
        lazy="selectin",
        passive_deletes=True,
    )

    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}


class TagRow(Base):
    """A tag of an article; the position is its place in the list, from 0."""

    __tablename__ = "magazine_article_tag"

    article_id: Mapped[str] = mapped_column(
        sa.ForeignKey(ArticleRow.id, ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(index=True)


METADATA = Base.metadata
