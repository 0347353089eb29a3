"""Make the table of the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "glue_0001"
down_revision = None
branch_labels = ("glue",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "glue_outbox",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("free_at", sa.Double, nullable=False),
        sa.Column("owner", sa.Text),
        sa.Column("is_set_aside", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_glue_outbox_is_set_aside_id", "glue_outbox", ["is_set_aside", "id"])
    op.create_index("ix_glue_outbox_key_name", "glue_outbox", ["key", "name"])


def downgrade() -> None:
    op.drop_table("glue_outbox")
