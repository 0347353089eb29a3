"""Keep tax sets, the time in which products are new, and the categories that they are in."""

import sqlalchemy as sa
from alembic import op

revision = "catalog_0003"
down_revision = "catalog_0002"
branch_labels = None
depends_on = None

URLS = "uq_catalog_abstract_product_text_url"


def upgrade() -> None:
    op.add_column("catalog_abstract_product", sa.Column("tax_set_name", sa.Text(), nullable=True))
    op.add_column("catalog_abstract_product", sa.Column("new_from", sa.DateTime(), nullable=True))
    op.add_column("catalog_abstract_product", sa.Column("new_to", sa.DateTime(), nullable=True))
    op.add_column(
        "catalog_concrete_product",
        sa.Column("is_quantity_splittable", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.create_table(
        "catalog_category",
        sa.Column("key", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "catalog_category_text",
        sa.Column("category_key", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("meta_title", sa.Text(), nullable=False),
        sa.Column("meta_keywords", sa.Text(), nullable=False),
        sa.Column("meta_description", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["category_key"], ["catalog_category.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("category_key", "locale"),
    )
    op.create_table(
        "catalog_abstract_product_category",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("category_key", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["catalog_abstract_product.sku"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["category_key"], ["catalog_category.key"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("sku", "category_key"),
    )
    op.create_index(
        op.f("ix_catalog_abstract_product_category_category_key"),
        "catalog_abstract_product_category",
        ["category_key"],
        unique=False,
    )
    _free_shared_urls()
    op.create_index(
        URLS,
        "catalog_abstract_product_text",
        ["url"],
        unique=True,
        sqlite_where=sa.text("url != ''"),
        postgresql_where=sa.text("url != ''"),
    )


def _free_shared_urls() -> None:
    """Leave a URL that several had with the first of them: nobody could tell whose it was."""
    text = sa.table("catalog_abstract_product_text", *map(sa.column, ("sku", "locale", "url")))
    first = text.alias("first")
    is_shared = sa.exists().where(
        first.c.url == text.c.url,
        sa.or_(
            first.c.sku < text.c.sku,
            sa.and_(first.c.sku == text.c.sku, first.c.locale < text.c.locale),
        ),
    )
    op.execute(sa.update(text).where(text.c.url != "", is_shared).values(url=""))


def downgrade() -> None:
    op.drop_index(URLS, table_name="catalog_abstract_product_text")
    op.drop_index(
        op.f("ix_catalog_abstract_product_category_category_key"),
        table_name="catalog_abstract_product_category",
    )
    op.drop_table("catalog_abstract_product_category")
    op.drop_table("catalog_category_text")
    op.drop_table("catalog_category")
    op.drop_column("catalog_concrete_product", "is_quantity_splittable")
    op.drop_column("catalog_abstract_product", "new_to")
    op.drop_column("catalog_abstract_product", "new_from")
    op.drop_column("catalog_abstract_product", "tax_set_name")
