"""Make the tables of the magazine."""

import sqlalchemy as sa
from alembic import op

revision = "magazine_0001"
down_revision = None
branch_labels = ("magazine",)
depends_on = None

# Sorted by code point wherever it is kept: PostgreSQL would sort by the rules of its machine.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "magazine_author",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("joined_on", sa.Date, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
    )
    op.create_table(
        "magazine_article",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("published_at", sa.DateTime, nullable=True),
        sa.Column("reading_minutes", sa.Integer, nullable=False),
        sa.Column(
            "author_id",
            TEXT,
            sa.ForeignKey("magazine_author.id", ondelete="SET NULL"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("updated_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_magazine_article_author_id", "magazine_article", ["author_id"])
    op.create_table(
        "magazine_article_tag",
        sa.Column(
            "article_id",
            TEXT,
            sa.ForeignKey("magazine_article.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("tag", TEXT, nullable=False),
    )
    op.create_index("ix_magazine_article_tag_tag", "magazine_article_tag", ["tag"])


def downgrade() -> None:
    for name in ("magazine_article_tag", "magazine_article", "magazine_author"):
        op.drop_table(name)
