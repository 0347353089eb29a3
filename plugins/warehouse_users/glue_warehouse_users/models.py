"""The table of assignments; loaded when somebody first needs it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from glue_core import SORTED_TEXT


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""

    metadata = sa.MetaData()
    type_annotation_map = {str: SORTED_TEXT}


class AssignmentRow(Base):
    """A user who works in a warehouse."""

    __tablename__ = "warehouse_users_assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(unique=True)
    user_uuid: Mapped[str]
    warehouse_uuid: Mapped[str]
    is_active: Mapped[bool]

    __table_args__ = (
        sa.UniqueConstraint("user_uuid", "warehouse_uuid"),
        # The last word on what the code promises: one active assignment of a user.
        sa.Index(
            "ix_warehouse_users_assignment_active",
            "user_uuid",
            unique=True,
            sqlite_where=sa.text("is_active"),
            postgresql_where=sa.text("is_active"),
        ),
    )


METADATA = Base.metadata
