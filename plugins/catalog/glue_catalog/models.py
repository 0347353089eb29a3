"""The tables of the catalog; loaded when somebody first needs them.

Rows are told apart by the keys that people use, SKUs and names. Numbers exist where they are
visible from outside.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

from glue_core import UtcTime

METADATA = sa.MetaData()

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""SQLite numbers rows by itself only in columns of the type INTEGER."""


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal number with ten digits after the point; SQLite, which has none, keeps its text."""

    impl = sa.String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column's type."""
        chosen: TypeEngine[Any] = sa.Numeric(25, 10)
        if dialect.name == "sqlite":
            chosen = sa.String(32)
        return dialect.type_descriptor(chosen)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> object:
        """Write a number with all ten digits."""
        if value is None or dialect.name != "sqlite":
            return value
        return f"{value:.10f}"

    def process_result_value(self, value: object, dialect: Dialect) -> Decimal | None:
        """Read a number."""
        return None if value is None else Decimal(str(value))


def _owner(table: sa.Table, name: str, *, is_key: bool = True) -> sa.Column[str]:
    """Make the column that says which product a row belongs to."""
    return sa.Column(
        name,
        sa.Text,
        sa.ForeignKey(table.c.sku, ondelete="CASCADE"),
        primary_key=is_key,
        nullable=not is_key,
        index=not is_key,
    )


ATTRIBUTE_KEY = sa.Table(
    "catalog_attribute_key",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("is_super", sa.Boolean, nullable=False),
)

MANAGEMENT_ATTRIBUTE = sa.Table(
    "catalog_management_attribute",
    METADATA,
    sa.Column("id", ID, primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("input_type", sa.Text, nullable=False),
    sa.Column("allow_input", sa.Boolean, nullable=False),
    sa.Column("is_multiple", sa.Boolean, nullable=False),
    sa.Column("values", sa.JSON, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("value_names", sa.JSON, nullable=False),
)

ABSTRACT = sa.Table(
    "catalog_abstract_product",
    METADATA,
    sa.Column("id", ID, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False, unique=True),
    sa.Column("attributes", sa.JSON, nullable=False),
    sa.Column("tax_set_name", sa.Text, nullable=True),
    sa.Column("new_from", UtcTime, nullable=True),
    sa.Column("new_to", UtcTime, nullable=True),
)

ABSTRACT_TEXT = sa.Table(
    "catalog_abstract_product_text",
    METADATA,
    _owner(ABSTRACT, "sku"),
    sa.Column("locale", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("meta_title", sa.Text, nullable=False),
    sa.Column("meta_keywords", sa.Text, nullable=False),
    sa.Column("meta_description", sa.Text, nullable=False),
    sa.Column("attributes", sa.JSON, nullable=False),
)

# A page has one address and an address one page; products without a page of their own have ''.
sa.Index(
    "uq_catalog_abstract_product_text_url",
    ABSTRACT_TEXT.c.url,
    unique=True,
    sqlite_where=ABSTRACT_TEXT.c.url != "",
    postgresql_where=ABSTRACT_TEXT.c.url != "",
)

ABSTRACT_STORE = sa.Table(
    "catalog_abstract_product_store",
    METADATA,
    _owner(ABSTRACT, "sku"),
    sa.Column("store", sa.Text, primary_key=True),
)

CATEGORY = sa.Table(
    "catalog_category",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
)


def _category(*, is_indexed: bool = False) -> sa.Column[str]:
    """Make the column that says which category a row belongs to."""
    return sa.Column(
        "category_key",
        sa.Text,
        sa.ForeignKey(CATEGORY.c.key, ondelete="CASCADE"),
        primary_key=True,
        index=is_indexed,
    )


CATEGORY_TEXT = sa.Table(
    "catalog_category_text",
    METADATA,
    _category(),
    sa.Column("locale", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("meta_title", sa.Text, nullable=False),
    sa.Column("meta_keywords", sa.Text, nullable=False),
    sa.Column("meta_description", sa.Text, nullable=False),
)

ABSTRACT_CATEGORY = sa.Table(
    "catalog_abstract_product_category",
    METADATA,
    _owner(ABSTRACT, "sku"),
    _category(is_indexed=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)

CONCRETE = sa.Table(
    "catalog_concrete_product",
    METADATA,
    sa.Column("id", ID, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False, unique=True),
    sa.Column(
        "abstract_sku",
        sa.Text,
        sa.ForeignKey(ABSTRACT.c.sku, ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    sa.Column("attributes", sa.JSON, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("is_quantity_splittable", sa.Boolean, nullable=False, server_default=sa.true()),
)

CONCRETE_TEXT = sa.Table(
    "catalog_concrete_product_text",
    METADATA,
    _owner(CONCRETE, "sku"),
    sa.Column("locale", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("attributes", sa.JSON, nullable=False),
    sa.Column("is_searchable", sa.Boolean, nullable=False),
)


def _prices(name: str, owner: sa.Table) -> sa.Table:
    return sa.Table(
        name,
        METADATA,
        _owner(owner, "sku"),
        sa.Column("type_name", sa.Text, primary_key=True),
        sa.Column("store", sa.Text, primary_key=True),
        sa.Column("currency", sa.Text, primary_key=True),
        sa.Column("net_amount", sa.BigInteger, nullable=True),
        sa.Column("gross_amount", sa.BigInteger, nullable=True),
        sa.Column("volume_prices", sa.JSON, nullable=False),
    )


ABSTRACT_PRICE = _prices("catalog_abstract_product_price", ABSTRACT)
CONCRETE_PRICE = _prices("catalog_concrete_product_price", CONCRETE)

WAREHOUSE = sa.Table(
    "catalog_warehouse",
    METADATA,
    sa.Column("id", ID, primary_key=True),
    sa.Column("uuid", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("is_active", sa.Boolean, nullable=False),
    # Numbers of warehouses are in tokens: that of one that is gone is not given out again.
    sqlite_autoincrement=True,
)

WAREHOUSE_STORE = sa.Table(
    "catalog_warehouse_store",
    METADATA,
    sa.Column(
        "warehouse",
        sa.Text,
        sa.ForeignKey(WAREHOUSE.c.name, ondelete="CASCADE"),
        primary_key=True,
    ),
    sa.Column("store", sa.Text, primary_key=True),
)

STOCK = sa.Table(
    "catalog_stock",
    METADATA,
    _owner(CONCRETE, "sku"),
    sa.Column(
        "warehouse",
        sa.Text,
        sa.ForeignKey(WAREHOUSE.c.name, ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
    sa.Column("quantity", ExactDecimal, nullable=False),
    sa.Column("is_never_out_of_stock", sa.Boolean, nullable=False),
)

# The locale '' stands for all: a key column cannot be null.
IMAGE_SET = sa.Table(
    "catalog_image_set",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("locale", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    _owner(ABSTRACT, "abstract_sku", is_key=False),
    _owner(CONCRETE, "concrete_sku", is_key=False),
)

IMAGE = sa.Table(
    "catalog_image",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("url_large", sa.Text, nullable=False),
    sa.Column("url_small", sa.Text, nullable=False),
    sa.Column("alt_texts_large", sa.JSON, nullable=False),
    sa.Column("alt_texts_small", sa.JSON, nullable=False),
)

IMAGE_PLACE = sa.Table(
    "catalog_image_place",
    METADATA,
    sa.Column("set_key", sa.Text, primary_key=True),
    sa.Column("locale", sa.Text, primary_key=True),
    sa.Column(
        "image_key",
        sa.Text,
        sa.ForeignKey(IMAGE.c.key, ondelete="CASCADE"),
        primary_key=True,
        index=True,
    ),
    sa.Column("sort_order", sa.BigInteger, nullable=False),
    sa.ForeignKeyConstraint(
        ["set_key", "locale"], [IMAGE_SET.c.key, IMAGE_SET.c.locale], ondelete="CASCADE"
    ),
)
