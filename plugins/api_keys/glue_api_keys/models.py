"""The table of API keys; loaded when somebody first needs it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Sorted by code point wherever it is kept: PostgreSQL would sort by the rules of its machine.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


class UtcTime(sa.TypeDecorator[datetime]):
    """A point in time, kept in UTC without a zone: SQLite has no type that keeps one."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Turn a point in time into UTC; one without a zone is none."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Return an aware time in UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""

    metadata = sa.MetaData()
    type_annotation_map = {str: TEXT, datetime: UtcTime}


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
