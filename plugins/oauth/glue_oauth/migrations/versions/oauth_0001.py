"""Make the tables of the authorization server."""

import sqlalchemy as sa
from alembic import op

revision = "oauth_0001"
down_revision = None
branch_labels = ("oauth",)
depends_on = None

# Sorted by code point wherever it is kept: PostgreSQL would sort by the rules of its machine.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "oauth_client",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("secret_digest", TEXT, nullable=True),
        sa.Column("redirect_uris", sa.JSON, nullable=False),
        sa.Column("grants", sa.JSON, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("applications", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("disabled_at", sa.DateTime, nullable=True),
    )
    op.create_table(
        "oauth_family",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("application", TEXT, nullable=False),
        sa.Column("client_id", TEXT, nullable=False),
        sa.Column("subject_kind", TEXT, nullable=False),
        sa.Column("subject_key", TEXT, nullable=False),
        sa.Column("subject", sa.JSON, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("is_provided", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("revoked_at", sa.DateTime, nullable=True),
        sa.Column("ends_access", sa.Boolean, nullable=False),
    )
    op.create_index("ix_oauth_family_expires_at", "oauth_family", ["expires_at"])
    op.create_index("ix_oauth_family_subject", "oauth_family", ["subject_kind", "subject_key"])
    op.create_table(
        "oauth_refresh_token",
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column(
            "family_id", TEXT, sa.ForeignKey("oauth_family.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("rotated_at", sa.DateTime, nullable=True),
    )
    op.create_index("ix_oauth_refresh_token_family_id", "oauth_refresh_token", ["family_id"])
    op.create_table(
        "oauth_code",
        sa.Column("digest", TEXT, primary_key=True),
        sa.Column("family_id", TEXT, nullable=False),
        sa.Column("application", TEXT, nullable=False),
        sa.Column("client_id", TEXT, nullable=False),
        sa.Column("redirect_uri", TEXT, nullable=False),
        sa.Column("is_redirect_uri_sent", sa.Boolean, nullable=False),
        sa.Column("challenge", TEXT, nullable=False),
        sa.Column("subject_kind", TEXT, nullable=False),
        sa.Column("subject", sa.JSON, nullable=False),
        sa.Column("scopes", sa.JSON, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("used_at", sa.DateTime, nullable=True),
    )
    op.create_index("ix_oauth_code_expires_at", "oauth_code", ["expires_at"])
    op.create_table(
        "oauth_revoked_token",
        sa.Column("jti", TEXT, primary_key=True),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("revoked_at", sa.DateTime, nullable=False),
    )
    op.create_index("ix_oauth_revoked_token_expires_at", "oauth_revoked_token", ["expires_at"])
    op.create_table(
        "oauth_key",
        sa.Column("kid", TEXT, primary_key=True),
        sa.Column("algorithm", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("private_pem", TEXT, nullable=False),
        sa.Column("created_at", sa.DateTime, nullable=False),
        sa.Column("activated_at", sa.DateTime, nullable=True),
        sa.Column("retired_at", sa.DateTime, nullable=True),
    )
    for state in ("active", "next"):
        only = sa.text(f"state = '{state}'")
        op.create_index(
            f"uq_oauth_key_{state}",
            "oauth_key",
            ["state"],
            unique=True,
            sqlite_where=only,
            postgresql_where=only,
        )


def downgrade() -> None:
    for name in ("key", "revoked_token", "code", "refresh_token", "family", "client"):
        op.drop_table(f"oauth_{name}")
