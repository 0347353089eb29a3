"""The tables of the authorization server; loaded when somebody first needs them.

Nothing that opens a door is in them: of secrets, codes and refresh tokens they have digests.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from glue_core import SORTED_TEXT, UtcTime


class Base(DeclarativeBase):
    """What the tables have in common: their metadata."""

    metadata = sa.MetaData()
    type_annotation_map = {
        str: SORTED_TEXT,
        datetime: UtcTime,
        list[str]: sa.JSON,
        dict[str, Any]: sa.JSON,
    }


class ClientRow(Base):
    """A registered client."""

    __tablename__ = "oauth_client"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret_digest: Mapped[str | None]
    redirect_uris: Mapped[list[str]]
    grants: Mapped[list[str]]
    scopes: Mapped[list[str]]
    applications: Mapped[list[str]]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class FamilyRow(Base):
    """All tokens that came of one login; to revoke it takes this one row."""

    __tablename__ = "oauth_family"

    id: Mapped[str] = mapped_column(primary_key=True)
    application: Mapped[str]
    client_id: Mapped[str]
    subject_kind: Mapped[str]
    subject_key: Mapped[str]
    subject: Mapped[dict[str, Any]]
    scopes: Mapped[list[str]]
    is_provided: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    ends_access: Mapped[bool]

    __table_args__ = (sa.Index("ix_oauth_family_subject", "subject_kind", "subject_key"),)


class RefreshTokenRow(Base):
    """A refresh token; once it was used it stays, so that a second use is seen."""

    __tablename__ = "oauth_refresh_token"

    digest: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[str] = mapped_column(
        sa.ForeignKey(FamilyRow.id, ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    rotated_at: Mapped[datetime | None]


class CodeRow(Base):
    """An authorization code, and the family that its tokens are of."""

    __tablename__ = "oauth_code"

    digest: Mapped[str] = mapped_column(primary_key=True)
    family_id: Mapped[str]
    application: Mapped[str]
    client_id: Mapped[str]
    redirect_uri: Mapped[str]
    is_redirect_uri_sent: Mapped[bool]
    challenge: Mapped[str]
    subject_kind: Mapped[str]
    subject: Mapped[dict[str, Any]]
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class RevokedTokenRow(Base):
    """An access token that is void before it expires."""

    __tablename__ = "oauth_revoked_token"

    jti: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime]


class KeyRow(Base):
    """A key that signs access tokens; its state is ``next``, ``active`` or ``retiring``."""

    __tablename__ = "oauth_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    algorithm: Mapped[str]
    state: Mapped[str]
    private_pem: Mapped[str]
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]

    # Workers that all find no key make one each, and one of them wins.
    __table_args__ = tuple(
        sa.Index(
            f"uq_oauth_key_{state}",
            "state",
            unique=True,
            sqlite_where=sa.text(f"state = '{state}'"),
            postgresql_where=sa.text(f"state = '{state}'"),
        )
        for state in ("active", "next")
    )


METADATA = Base.metadata
