"""Families of tokens: refresh tokens that follow each other, and how they end."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from glue_core import Subject, Work
from glue_oauth.clock import digest_of, new_secret, utc_now
from glue_oauth.models import FamilyRow, RefreshTokenRow


@dataclass(frozen=True, slots=True)
class Family:
    """All tokens that came of one login.

    Attributes:
        id: Id.
        application: Name of the application.
        client: Id of the client.
        subject: The subject.
        scopes: Scopes that its tokens may have.
        is_provided: Whether scope providers gave them: then they count only while they still do.
        created_at: Point in time of the login.
        is_alive: Whether it is neither revoked nor expired.
    """

    id: str
    application: str
    client: str
    subject: Subject
    scopes: tuple[str, ...]
    is_provided: bool
    created_at: datetime
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Presented:
    """A refresh token that somebody showed.

    Attributes:
        family: Its family.
        is_used: Whether another one took its place.
        is_expired: Whether its time is over.
        created_at: Point in time it was issued.
        expires_at: Point in time it expires.
    """

    family: Family
    is_used: bool
    is_expired: bool
    created_at: datetime
    expires_at: datetime

    @property
    def is_good(self) -> bool:
        """Whether it may be used."""
        return self.family.is_alive and not self.is_used and not self.is_expired


class DatabaseFamilies:
    """Keeps families in the database; see `RefreshTokens`.

    To revoke a family changes its one row, and to use a refresh token is one conditional change of
    its row: of two who use the same one, the database lets one win.
    """

    def __init__(
        self,
        lifetime: timedelta,
        changed: Callable[[], None] = lambda: None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """Remember the rules.

        Args:
            lifetime: Life of a refresh token.
            changed: Called once tokens were revoked.
            now: Returns the time, with its zone.
        """
        self._lifetime = lifetime
        self._changed = changed
        self._now = now

    def start(
        self,
        subject: Subject,
        application: str,
        client: str,
        scopes: tuple[str, ...],
        work: Work,
        id_: str | None = None,
        *,
        is_provided: bool = False,
    ) -> str:
        """Start a family, which has no token yet, and return its id."""
        now = self._now()
        id_ = id_ or str(uuid.uuid4())
        work.session.add(
            FamilyRow(
                id=id_,
                application=application,
                client_id=client,
                subject_kind=subject.kind,
                subject_key=subject.natural_identifier,
                subject=dict(subject.identifiers),
                scopes=list(scopes),
                is_provided=is_provided,
                created_at=now,
                expires_at=now + self._lifetime,
                revoked_at=None,
                ends_access=False,
            )
        )
        work.session.flush()
        return id_

    def add(self, family: str, work: Work) -> str:
        """Add a refresh token to a family and return it."""
        now, token = self._now(), new_secret()
        expires_at = now + self._lifetime
        work.session.add(
            RefreshTokenRow(
                digest=digest_of(token), family_id=family, created_at=now, expires_at=expires_at
            )
        )
        work.session.flush()
        work.session.execute(
            sa.update(FamilyRow).where(FamilyRow.id == family).values(expires_at=expires_at)
        )
        return token

    def find(self, token: str, work: Work) -> Presented | None:
        """Return what is known of a refresh token, or None."""
        question = (
            sa.select(RefreshTokenRow, FamilyRow)
            .join(FamilyRow, FamilyRow.id == RefreshTokenRow.family_id)
            .where(RefreshTokenRow.digest == digest_of(token))
        )
        found = work.session.execute(question).one_or_none()
        if found is None:
            return None
        row, family = found
        now = self._now()
        return Presented(
            _family(family, now),
            row.rotated_at is not None,
            now >= row.expires_at,
            row.created_at,
            row.expires_at,
        )

    def use(self, token: str, work: Work) -> bool:
        """Use a refresh token up; of several who do so at once, one gets True."""
        done: Any = work.session.execute(
            sa.update(RefreshTokenRow)
            .where(RefreshTokenRow.digest == digest_of(token), RefreshTokenRow.rotated_at.is_(None))
            .values(rotated_at=self._now())
        )
        return bool(done.rowcount == 1)

    def end(self, family: str, work: Work, *, ends_access: bool) -> bool:
        """Revoke a family; say whether anything changed."""
        alive = FamilyRow.revoked_at.is_(None)
        condition = (alive | FamilyRow.ends_access.is_(False)) if ends_access else alive
        values: Mapping[str, Any] = {
            "revoked_at": sa.func.coalesce(
                FamilyRow.revoked_at, sa.literal(self._now(), FamilyRow.revoked_at.type)
            )
        }
        if ends_access:
            values = {**values, "ends_access": True}
        done: Any = work.session.execute(
            sa.update(FamilyRow)
            .where(FamilyRow.id == family, condition)
            .values(values)
            .execution_options(synchronize_session=False)
        )
        work.after_commit(self._changed)
        return bool(done.rowcount)

    def revoke(
        self,
        token: str,
        work: Work,
        *,
        owner: str | None = None,
        kind: str | None = None,
        ends_access: bool = False,
    ) -> bool:
        """Revoke the family of a refresh token."""
        found = self.find(token, work)
        if found is None:
            return False
        subject = found.family.subject
        if owner not in (None, subject.natural_identifier) or kind not in (None, subject.kind):
            return False
        return self.end(found.family.id, work, ends_access=ends_access)

    def revoke_all(self, kind: str, owner: str, work: Work, *, ends_access: bool = False) -> int:
        """Revoke all families of a subject, always in the same order."""
        question = (
            sa.select(FamilyRow.id)
            .where(FamilyRow.subject_kind == kind, FamilyRow.subject_key == owner)
            .where(FamilyRow.expires_at > self._now())
            .order_by(FamilyRow.id)
            .with_for_update()
        )
        ids = work.session.scalars(question).all()
        return sum(self.end(each, work, ends_access=ends_access) for each in ids)


def _family(row: FamilyRow, now: datetime) -> Family:
    return Family(
        row.id,
        row.application,
        row.client_id,
        Subject(row.subject_kind, row.subject),
        tuple(row.scopes),
        row.is_provided,
        row.created_at,
        row.revoked_at is None and now < row.expires_at,
    )
