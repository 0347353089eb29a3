"""Authorization codes: used once, within a minute, by the client that proves it asked for them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from glue_core import Subject, Work
from glue_oauth.clock import digest_of, new_secret, utc_now
from glue_oauth.models import CodeRow


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code that somebody showed.

    Attributes:
        family: Id of the family that its tokens are of.
        application: Name of the application that it is for.
        client: Id of the client.
        redirect_uri: Address that it was sent to.
        is_redirect_uri_sent: Whether the authorization request named the address.
        challenge: SHA-256 of the verifier, as RFC 7636 writes it.
        subject: Whom the tokens will speak for.
        scopes: Scopes that were agreed to.
        created_at: Point in time of the sign-in.
        is_expired: Whether its time is over.
        is_used: Whether it was used before.
    """

    family: str
    application: str
    client: str
    redirect_uri: str
    is_redirect_uri_sent: bool
    challenge: str
    subject: Subject
    scopes: tuple[str, ...]
    created_at: datetime
    is_expired: bool
    is_used: bool


class DatabaseCodes:
    """Keeps codes in the database, as digests."""

    def __init__(self, lifetime: timedelta, now: Callable[[], datetime] = utc_now) -> None:
        """Remember how long a code lasts.

        Args:
            lifetime: Life of a code.
            now: Returns the time, with its zone.
        """
        self._lifetime = lifetime
        self._now = now

    def make(
        self,
        subject: Subject,
        scopes: tuple[str, ...],
        application: str,
        client: str,
        redirect_uri: str,
        challenge: str,
        work: Work,
        *,
        is_redirect_uri_sent: bool = True,
    ) -> str:
        """Make a code and return it."""
        code, now = new_secret(), self._now()
        work.session.add(
            CodeRow(
                digest=digest_of(code),
                family_id=str(uuid.uuid4()),
                application=application,
                client_id=client,
                redirect_uri=redirect_uri,
                is_redirect_uri_sent=is_redirect_uri_sent,
                challenge=challenge,
                subject_kind=subject.kind,
                subject=dict(subject.identifiers),
                scopes=list(scopes),
                created_at=now,
                expires_at=now + self._lifetime,
                used_at=None,
            )
        )
        work.session.flush()
        return code

    def find(self, code: str, work: Work) -> Code | None:
        """Return what is known of a code, or None."""
        row = work.session.get(CodeRow, digest_of(code))
        if row is None:
            return None
        return Code(
            row.family_id,
            row.application,
            row.client_id,
            row.redirect_uri,
            row.is_redirect_uri_sent,
            row.challenge,
            Subject(row.subject_kind, row.subject),
            tuple(row.scopes),
            row.created_at,
            self._now() >= row.expires_at,
            row.used_at is not None,
        )

    def use(self, code: str, work: Work) -> bool:
        """Use a code up; of several who do so at once, one gets True."""
        done: Any = work.session.execute(
            sa.update(CodeRow)
            .where(CodeRow.digest == digest_of(code), CodeRow.used_at.is_(None))
            .values(used_at=self._now())
        )
        return bool(done.rowcount == 1)
