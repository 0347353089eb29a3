"""Make the table of the regions of countries."""

import sqlalchemy as sa
from alembic import op

revision = "stores_0002"
down_revision = "stores_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stores_region",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("stores_region")
