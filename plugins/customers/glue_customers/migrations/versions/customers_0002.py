"""Keep when a customer changed the address."""

import sqlalchemy as sa
from alembic import op

revision = "customers_0002"
down_revision = "customers_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers_customer", sa.Column("email_changed_at", sa.DateTime, nullable=True))


def downgrade() -> None:
    op.drop_column("customers_customer", "email_changed_at")
