"""The table of API keys; loaded when somebody first needs it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from glue_core import SORTED_TEXT, UtcTime


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""

    metadata = sa.MetaData()
    type_annotation_map = {str: SORTED_TEXT, datetime: UtcTime}


class ApiKeyRow(Base):
    """A key; ``name_key`` is the name as it is compared, ``scopes`` has a space between two."""

    __tablename__ = "api_keys_key"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(unique=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[str]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


METADATA = Base.metadata
