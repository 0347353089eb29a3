"""Removing what nobody can use any more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from glue_core import Work
from glue_oauth.models import CodeRow, FamilyRow, RevokedTokenRow
from glue_oauth.parts import Parts


def clean(parts: Parts, work: Work, retention: timedelta | None = None) -> dict[str, int]:
    """Delete what expired long enough ago.

    A revoked family counts as long as its access tokens could live, so it goes by its expiry.

    Args:
        parts: The parts of the server.
        work: The unit of work.
        retention: Time that expired rows are kept; that of the settings by default.

    Returns:
        Numbers of rows that are gone, by what they were.
    """
    end = parts.now() - (parts.rules.retention if retention is None else retention)
    longest = max(parts.rules.key_retention, parts.rules.access_token)
    gone = {
        "families of refresh tokens": _delete(
            work,
            FamilyRow,
            sa.and_(FamilyRow.expires_at < end, FamilyRow.expires_at < parts.now() - longest),
        ),
        "authorization codes": _delete(work, CodeRow, CodeRow.expires_at < end),
        "revoked access tokens": _delete(work, RevokedTokenRow, RevokedTokenRow.expires_at < end),
    }
    gone["signing keys"] = parts.keys.drop_retired(work)
    return gone


def _delete(work: Work, kind: Any, condition: Any) -> int:
    done: Any = work.session.execute(sa.delete(kind).where(condition))
    return int(done.rowcount)
