"""Make the table of users."""

import sqlalchemy as sa
from alembic import op

revision = "users_0001"
down_revision = None
branch_labels = ("users",)
depends_on = None

# Sorted by code point wherever it is kept: PostgreSQL would sort by the rules of its machine.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "users_user",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("uuid", TEXT, nullable=False, unique=True),
        sa.Column("username", TEXT, nullable=False),
        sa.Column("username_key", TEXT, nullable=False, unique=True),
        sa.Column("first_name", TEXT, nullable=False),
        sa.Column("last_name", TEXT, nullable=False),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("is_warehouse_user", sa.Boolean, nullable=False),
        sa.Column("locale", TEXT, nullable=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.Column("password_changed_at", sa.DateTime, nullable=True),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("users_user")
