"""The tables of the magazine; loaded when somebody first needs them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from glue_core import SORTED_TEXT, UtcTime


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""

    metadata = sa.MetaData()
    type_annotation_map = {str: SORTED_TEXT, datetime: UtcTime}


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
