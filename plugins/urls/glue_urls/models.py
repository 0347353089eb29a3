"""The tables of addresses; loaded when somebody first needs them."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

# Several entities may claim one path, for instance while it moves from one to the other, and
# whichever comes last must not be lost: who has it is decided when it is published.
URL = sa.Table(
    "urls_url",
    METADATA,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("entity_type", sa.Text, primary_key=True),
    sa.Column("entity_id", sa.Text, primary_key=True),
    # Whether the feature of the entity says so; else it was imported.
    sa.Column("is_assigned", sa.Boolean, primary_key=True),
    sa.Column("locale", sa.Text, nullable=False),
    sa.Index("ix_urls_url_entity", "entity_type", "entity_id"),
)

REDIRECT = sa.Table(
    "urls_redirect",
    METADATA,
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, nullable=False),
)
