"""Make the table of assignments."""

import sqlalchemy as sa
from alembic import op

revision = "warehouse_users_0001"
down_revision = None
branch_labels = ("warehouse_users",)
depends_on = None

# Sorted by code point wherever it is kept: PostgreSQL would sort by the rules of its machine.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "warehouse_users_assignment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", TEXT, nullable=False, unique=True),
        sa.Column("user_uuid", TEXT, nullable=False),
        sa.Column("warehouse_uuid", TEXT, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.UniqueConstraint("user_uuid", "warehouse_uuid"),
    )
    op.create_index(
        op.f("ix_warehouse_users_assignment_active"),
        "warehouse_users_assignment",
        ["user_uuid"],
        unique=True,
        sqlite_where=sa.text("is_active"),
        postgresql_where=sa.text("is_active"),
    )


def downgrade() -> None:
    op.drop_table("warehouse_users_assignment")
