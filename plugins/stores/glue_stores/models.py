"""The tables of the stores; loaded when somebody first needs them."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

STORE = sa.Table("stores_store", METADATA, sa.Column("name", sa.Text, primary_key=True))

CURRENCY = sa.Table(
    "stores_currency",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
)


def _store() -> sa.Column[str]:
    """Make the column that says whose row it is."""
    return sa.Column(
        "store", sa.Text, sa.ForeignKey(STORE.c.name, ondelete="CASCADE"), primary_key=True
    )


STORE_CURRENCY = sa.Table(
    "stores_store_currency",
    METADATA,
    _store(),
    sa.Column("currency", sa.Text, sa.ForeignKey(CURRENCY.c.code), primary_key=True),
    sa.Column("is_default", sa.Boolean, nullable=False),
)

STORE_COUNTRY = sa.Table(
    "stores_store_country",
    METADATA,
    _store(),
    sa.Column("country", sa.Text, primary_key=True),
)

REGION = sa.Table(
    "stores_region",
    METADATA,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("country", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
)

STORE_LOCALE = sa.Table(
    "stores_store_locale",
    METADATA,
    _store(),
    sa.Column("locale", sa.Text, primary_key=True),
)

STORE_DEFAULT_LOCALE = sa.Table(
    "stores_store_default_locale",
    METADATA,
    _store(),
    sa.Column("locale", sa.Text, nullable=False),
)

# The application '' stands for all: a key column cannot be null.
STORE_TIME_ZONE = sa.Table(
    "stores_store_time_zone",
    METADATA,
    _store(),
    sa.Column("application", sa.Text, primary_key=True),
    sa.Column("time_zone", sa.Text, nullable=False),
)
