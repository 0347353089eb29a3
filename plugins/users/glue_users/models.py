"""The table of users; loaded when somebody first needs it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from glue_core import SORTED_TEXT, UtcTime


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""

    metadata = sa.MetaData()
    type_annotation_map = {str: SORTED_TEXT, datetime: UtcTime}


class UserRow(Base):
    """A user; ``username_key`` is the username as it is compared."""

    __tablename__ = "users_user"
    # Numbers of users who are gone are in tokens: none is given out again.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(unique=True)
    username: Mapped[str]
    username_key: Mapped[str] = mapped_column(unique=True)
    first_name: Mapped[str]
    last_name: Mapped[str]
    password_hash: Mapped[str | None]
    is_active: Mapped[bool]
    is_warehouse_user: Mapped[bool]
    locale: Mapped[str | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    password_changed_at: Mapped[datetime | None]


METADATA = Base.metadata
