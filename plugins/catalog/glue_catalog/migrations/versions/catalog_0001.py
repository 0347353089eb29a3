"""Make the tables of the catalog."""

import sqlalchemy as sa
from alembic import op

revision = "catalog_0001"
down_revision = None
branch_labels = ("catalog",)
depends_on = None

# SQLite numbers rows by itself only in INTEGER columns, and has no exact decimal numbers.
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
QUANTITY = sa.Numeric(25, 10).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "catalog_abstract_product",
        sa.Column("id", ID, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sku"),
    )
    op.create_table(
        "catalog_attribute_key",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("is_super", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "catalog_image",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url_large", sa.Text(), nullable=False),
        sa.Column("url_small", sa.Text(), nullable=False),
        sa.Column("alt_texts_large", sa.JSON(), nullable=False),
        sa.Column("alt_texts_small", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "catalog_management_attribute",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("input_type", sa.Text(), nullable=False),
        sa.Column("allow_input", sa.Boolean(), nullable=False),
        sa.Column("is_multiple", sa.Boolean(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("value_names", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "catalog_warehouse",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "catalog_abstract_product_price",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_amount", sa.BigInteger(), nullable=True),
        sa.Column("gross_amount", sa.BigInteger(), nullable=True),
        sa.Column("volume_prices", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["catalog_abstract_product.sku"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sku", "type_name", "store", "currency"),
    )
    op.create_table(
        "catalog_abstract_product_store",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["catalog_abstract_product.sku"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sku", "store"),
    )
    op.create_table(
        "catalog_abstract_product_text",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("meta_title", sa.Text(), nullable=False),
        sa.Column("meta_keywords", sa.Text(), nullable=False),
        sa.Column("meta_description", sa.Text(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["catalog_abstract_product.sku"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sku", "locale"),
    )
    op.create_table(
        "catalog_concrete_product",
        sa.Column("id", ID, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("abstract_sku", sa.Text(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["abstract_sku"], ["catalog_abstract_product.sku"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sku"),
    )
    op.create_index(
        op.f("ix_catalog_concrete_product_abstract_sku"),
        "catalog_concrete_product",
        ["abstract_sku"],
        unique=False,
    )
    op.create_table(
        "catalog_warehouse_store",
        sa.Column("warehouse", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["warehouse"], ["catalog_warehouse.name"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("warehouse", "store"),
    )
    op.create_table(
        "catalog_concrete_product_price",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("type_name", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("net_amount", sa.BigInteger(), nullable=True),
        sa.Column("gross_amount", sa.BigInteger(), nullable=True),
        sa.Column("volume_prices", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["catalog_concrete_product.sku"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sku", "type_name", "store", "currency"),
    )
    op.create_table(
        "catalog_concrete_product_text",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("is_searchable", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["catalog_concrete_product.sku"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sku", "locale"),
    )
    op.create_table(
        "catalog_image_set",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("abstract_sku", sa.Text(), nullable=True),
        sa.Column("concrete_sku", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["abstract_sku"], ["catalog_abstract_product.sku"], ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["concrete_sku"], ["catalog_concrete_product.sku"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "locale"),
    )
    op.create_index(
        op.f("ix_catalog_image_set_abstract_sku"),
        "catalog_image_set",
        ["abstract_sku"],
        unique=False,
    )
    op.create_index(
        op.f("ix_catalog_image_set_concrete_sku"),
        "catalog_image_set",
        ["concrete_sku"],
        unique=False,
    )
    op.create_table(
        "catalog_stock",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("warehouse", sa.Text(), nullable=False),
        sa.Column("quantity", QUANTITY, nullable=False),
        sa.Column("is_never_out_of_stock", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["catalog_concrete_product.sku"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["warehouse"], ["catalog_warehouse.name"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sku", "warehouse"),
    )
    op.create_index(
        op.f("ix_catalog_stock_warehouse"), "catalog_stock", ["warehouse"], unique=False
    )
    op.create_table(
        "catalog_image_place",
        sa.Column("set_key", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("image_key", sa.Text(), nullable=False),
        sa.Column("sort_order", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["image_key"], ["catalog_image.key"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["set_key", "locale"],
            ["catalog_image_set.key", "catalog_image_set.locale"],
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("set_key", "locale", "image_key"),
    )
    op.create_index(
        op.f("ix_catalog_image_place_image_key"), "catalog_image_place", ["image_key"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_catalog_image_place_image_key"), table_name="catalog_image_place")
    op.drop_table("catalog_image_place")
    op.drop_index(op.f("ix_catalog_stock_warehouse"), table_name="catalog_stock")
    op.drop_table("catalog_stock")
    op.drop_index(op.f("ix_catalog_image_set_concrete_sku"), table_name="catalog_image_set")
    op.drop_index(op.f("ix_catalog_image_set_abstract_sku"), table_name="catalog_image_set")
    op.drop_table("catalog_image_set")
    op.drop_table("catalog_concrete_product_text")
    op.drop_table("catalog_concrete_product_price")
    op.drop_table("catalog_warehouse_store")
    op.drop_index(
        op.f("ix_catalog_concrete_product_abstract_sku"), table_name="catalog_concrete_product"
    )
    op.drop_table("catalog_concrete_product")
    op.drop_table("catalog_abstract_product_text")
    op.drop_table("catalog_abstract_product_store")
    op.drop_table("catalog_abstract_product_price")
    op.drop_table("catalog_warehouse")
    op.drop_table("catalog_management_attribute")
    op.drop_table("catalog_image")
    op.drop_table("catalog_attribute_key")
    op.drop_table("catalog_abstract_product")
