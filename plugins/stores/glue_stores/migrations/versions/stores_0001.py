"""Make the tables of the stores."""

import sqlalchemy as sa
from alembic import op

revision = "stores_0001"
down_revision = None
branch_labels = ("stores",)
depends_on = None


def upgrade() -> None:
    op.create_table("stores_store", sa.Column("name", sa.Text, primary_key=True))
    op.create_table(
        "stores_currency",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("symbol", sa.Text, nullable=False),
    )
    op.create_table(
        "stores_store_currency",
        _store(),
        sa.Column("currency", sa.Text, sa.ForeignKey("stores_currency.code"), primary_key=True),
        sa.Column("is_default", sa.Boolean, nullable=False),
    )
    op.create_table(
        "stores_store_country", _store(), sa.Column("country", sa.Text, primary_key=True)
    )
    op.create_table("stores_store_locale", _store(), sa.Column("locale", sa.Text, primary_key=True))
    op.create_table(
        "stores_store_default_locale", _store(), sa.Column("locale", sa.Text, nullable=False)
    )
    op.create_table(
        "stores_store_time_zone",
        _store(),
        sa.Column("application", sa.Text, primary_key=True),
        sa.Column("time_zone", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for name in (
        "stores_store_time_zone",
        "stores_store_default_locale",
        "stores_store_locale",
        "stores_store_country",
        "stores_store_currency",
        "stores_currency",
        "stores_store",
    ):
        op.drop_table(name)


def _store() -> sa.Column[str]:
    return sa.Column(
        "store", sa.Text, sa.ForeignKey("stores_store.name", ondelete="CASCADE"), primary_key=True
    )
