"""Make the tables of customers."""

import sqlalchemy as sa
from alembic import op

revision = "customers_0001"
down_revision = None
branch_labels = ("customers",)
depends_on = None

# Sorted by code point wherever it is kept: PostgreSQL would sort by the rules of its machine.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "customers_customer",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("reference", TEXT, nullable=False, unique=True),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("email_key", TEXT, nullable=False, unique=True),
        sa.Column("salutation", TEXT, nullable=True),
        sa.Column("first_name", TEXT, nullable=False),
        sa.Column("last_name", TEXT, nullable=False),
        sa.Column("gender", TEXT, nullable=True),
        sa.Column("date_of_birth", sa.Date, nullable=True),
        sa.Column("phone", TEXT, nullable=True),
        sa.Column("company", TEXT, nullable=True),
        sa.Column("locale", TEXT, nullable=True),
        sa.Column("password_hash", TEXT, nullable=True),
        sa.Column("confirmation_digest", TEXT, nullable=True, unique=True),
        sa.Column("confirmed_at", sa.DateTime, nullable=True),
        sa.Column("restore_digest", TEXT, nullable=True, unique=True),
        sa.Column("restore_ends_at", sa.DateTime, nullable=True),
        sa.Column("anonymised_at", sa.DateTime, nullable=True),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
        sa.Column("password_changed_at", sa.DateTime, nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "customers_counter",
        sa.Column("prefix", TEXT, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for name in ("customers_counter", "customers_customer"):
        op.drop_table(name)
