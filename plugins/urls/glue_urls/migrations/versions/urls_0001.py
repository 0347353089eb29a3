"""Make the tables of addresses and redirects."""

import sqlalchemy as sa
from alembic import op

revision = "urls_0001"
down_revision = None
branch_labels = ("urls",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "urls_url",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("entity_type", sa.Text, primary_key=True),
        sa.Column("entity_id", sa.Text, primary_key=True),
        sa.Column("is_assigned", sa.Boolean, primary_key=True),
        sa.Column("locale", sa.Text, nullable=False),
    )
    op.create_index("ix_urls_url_entity", "urls_url", ["entity_type", "entity_id"])
    op.create_table(
        "urls_redirect",
        sa.Column("path", sa.Text, primary_key=True),
        sa.Column("target", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("urls_redirect")
    op.drop_table("urls_url")
