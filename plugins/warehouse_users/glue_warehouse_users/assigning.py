"""Assignments as they stand in the database, and the rules about them."""

from __future__ import annotations

import uuid as uuids
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from glue_catalog import WarehouseReader
from glue_core import Event, Work, can_be_kept, chunks
from glue_users import UserReader
from glue_warehouse_users import (
    ASSIGNMENT_CHANGED,
    Assignment,
    AssignmentDraft,
    AssignmentPage,
    AssignmentQuery,
    AssignmentRefused,
    NoSuchAssignment,
    Refusal,
)
from glue_warehouse_users.models import AssignmentRow

COLUMNS = {
    "uuid": AssignmentRow.uuid,
    "user_uuid": AssignmentRow.user_uuid,
    "warehouse_uuid": AssignmentRow.warehouse_uuid,
    "is_active": AssignmentRow.is_active,
}
CHANGEABLE = tuple(field.name for field in fields(AssignmentDraft))
LOCK = 0x77617265
"""First half of the keys of advisory locks, one for each user; any number that nobody else uses."""


class DatabaseWarehouseAssignments:
    """Keeps assignments in the database; see `WarehouseAssignments`."""

    def __init__(self, users: UserReader, warehouses: WarehouseReader) -> None:
        self._users = users
        self._warehouses = warehouses

    def find(self, uuids: Iterable[str], work: Work) -> dict[str, Assignment]:
        """Return assignments by UUID."""
        rows: list[AssignmentRow] = []
        for part in chunks(filter(can_be_kept, uuids)):
            question = sa.select(AssignmentRow).where(AssignmentRow.uuid.in_(part))
            rows += work.session.scalars(question)
        return {each.uuid: each for each in self._shown(rows, work)}

    def active_of(self, user_uuid: str, work: Work) -> Assignment | None:
        """Return the active assignment of a user, or None."""
        query = AssignmentQuery((("user_uuid", user_uuid), ("is_active", True)), limit=1)
        return next(iter(self.page(query, work).assignments), None)

    def page(self, query: AssignmentQuery, work: Work) -> AssignmentPage:
        """Return a part of the list."""
        where = [_column(name) == value for name, value in query.filters]
        if not all(can_be_kept(value) for _, value in query.filters if isinstance(value, str)):
            return AssignmentPage((), 0)
        order = [
            _column(key.field).asc() if key.is_ascending else _column(key.field).desc()
            for key in query.sorts
        ]
        rows = work.session.scalars(
            sa.select(AssignmentRow)
            .where(*where)
            .order_by(*order, AssignmentRow.id)
            .offset(query.offset)
            .limit(query.limit)
        ).all()
        counted = sa.select(sa.func.count()).select_from(AssignmentRow).where(*where)
        return AssignmentPage(self._shown(rows, work), work.session.scalar(counted) or 0)

    def create(self, drafts: Sequence[AssignmentDraft], work: Work) -> Sequence[Assignment]:
        """Write new assignments, all of them or none."""
        _lock((each.user_uuid for each in drafts), work.session)
        refusals = self._refusals(drafts, work)
        if refusals:
            raise AssignmentRefused(refusals)
        rows = []
        for draft in drafts:
            if draft.is_active:
                _switch_off(draft.user_uuid, work)
            row = AssignmentRow(
                uuid=str(uuids.uuid4()), **{name: getattr(draft, name) for name in CHANGEABLE}
            )
            rows.append(row)
            work.session.add(row)
            work.session.flush()
            work.publish(Event(ASSIGNMENT_CHANGED, row.uuid))
        return self._shown(rows, work)

    def change(self, uuid: str, changes: Mapping[str, Any], work: Work) -> Assignment:
        """Change fields of an assignment."""
        unknown = sorted(changes.keys() - set(CHANGEABLE))
        if unknown:
            raise ValueError(f"An assignment has no {', '.join(unknown)} to change.")
        row = _locked(uuid, work.session, changes.get("user_uuid"))
        draft = AssignmentDraft(
            **{name: changes.get(name, getattr(row, name)) for name in CHANGEABLE}
        )
        refusals = self._refusals([draft], work, row)
        if refusals:
            raise AssignmentRefused(refusals)
        changed = {name: value for name, value in changes.items() if value != getattr(row, name)}
        if changed and draft.is_active:
            _switch_off(draft.user_uuid, work, but=row)
        for name, value in changed.items():
            setattr(row, name, value)
        if changed:
            work.session.flush()
            work.publish(Event(ASSIGNMENT_CHANGED, row.uuid))
        return self._shown([row], work)[0]

    def delete(self, uuid: str, work: Work) -> None:
        """Delete an assignment."""
        row = _locked(uuid, work.session)
        work.session.delete(row)
        work.session.flush()
        work.publish(Event(ASSIGNMENT_CHANGED, uuid))

    def _refusals(
        self, drafts: Sequence[AssignmentDraft], work: Work, row: AssignmentRow | None = None
    ) -> list[Refusal]:
        """Return what is wrong with drafts, or with what a row is to become.

        What a row has already is not asked about again: who works in no warehouse any more can
        still be switched off.
        """
        users = self._users.of_uuids([each.user_uuid for each in drafts], work)
        warehouses = self._warehouses.of_uuids([each.warehouse_uuid for each in drafts], work)
        pairs = _pairs(drafts, work.session, row)
        active: set[str] = set()
        refusals = []
        for index, draft in enumerate(drafts):
            user = users.get(draft.user_uuid)
            pair = (draft.user_uuid, draft.warehouse_uuid)
            has_user = row is not None and row.user_uuid == draft.user_uuid
            has_warehouse = row is not None and row.warehouse_uuid == draft.warehouse_uuid
            if not has_user and (user is None or not user.is_warehouse_user):
                refusals.append(Refusal("no-such-user", index))
            if not has_warehouse and draft.warehouse_uuid not in warehouses:
                refusals.append(Refusal("no-such-warehouse", index))
            if draft.is_active and draft.user_uuid in active:
                refusals.append(Refusal("too-many-active", index))
            if pair in pairs:
                refusals.append(Refusal("exists", index))
            pairs.add(pair)
            if draft.is_active:
                active.add(draft.user_uuid)
        return refusals

    def _shown(self, rows: Sequence[AssignmentRow], work: Work) -> tuple[Assignment, ...]:
        warehouses = self._warehouses.of_uuids({each.warehouse_uuid for each in rows}, work)
        return tuple(
            Assignment(
                each.uuid, each.user_uuid, warehouses.get(each.warehouse_uuid), each.is_active
            )
            for each in rows
        )


def _column(name: str) -> Any:
    if name not in COLUMNS:
        raise ValueError(f"An assignment has no {name!r}; it has: {', '.join(COLUMNS)}.")
    return COLUMNS[name]


def _row(uuid: str, session: Session) -> AssignmentRow:
    """Return a row as it is now."""
    row: AssignmentRow | None = None
    if can_be_kept(uuid):
        question = sa.select(AssignmentRow).where(AssignmentRow.uuid == uuid)
        row = session.scalar(question.execution_options(populate_existing=True))
    if row is None:
        raise NoSuchAssignment(uuid)
    return row


def _locked(uuid: str, session: Session, new_owner: str | None = None) -> AssignmentRow:
    """Return a row that nobody else changes until this unit of work ends.

    Args:
        uuid: UUID of the assignment.
        session: The session of the unit of work.
        new_owner: UUID of the user whose it is to become, or None.
    """
    row = _row(uuid, session)
    owner = None
    # It may have become somebody else's while others were waited for.
    while owner != row.user_uuid:
        owner = row.user_uuid
        _lock((owner, new_owner or owner), session)
        row = _row(uuid, session)
    return row


def _pairs(
    drafts: Sequence[AssignmentDraft], session: Session, but: AssignmentRow | None
) -> set[tuple[str, str]]:
    """Return which users of the drafts are assigned to which warehouses, by other rows."""
    found: set[tuple[str, str]] = set()
    for part in chunks(filter(can_be_kept, (each.user_uuid for each in drafts))):
        question = sa.select(AssignmentRow.user_uuid, AssignmentRow.warehouse_uuid).where(
            AssignmentRow.user_uuid.in_(part)
        )
        if but is not None:
            question = question.where(AssignmentRow.id != but.id)
        found.update((row.user_uuid, row.warehouse_uuid) for row in session.execute(question))
    return found


def _switch_off(user_uuid: str, work: Work, but: AssignmentRow | None = None) -> None:
    """Let no other assignment of a user be active."""
    question = sa.select(AssignmentRow).where(
        AssignmentRow.user_uuid == user_uuid, AssignmentRow.is_active
    )
    if but is not None:
        question = question.where(AssignmentRow.id != but.id)
    for row in work.session.scalars(question.execution_options(populate_existing=True)):
        row.is_active = False
        work.publish(Event(ASSIGNMENT_CHANGED, row.uuid))
    work.session.flush()


def _lock(user_uuids: Iterable[str], session: Session) -> None:
    """Let nobody else change assignments of some users until this unit of work ends.

    SQLite has one writer at a time anyway. Two users may share a lock, which costs a wait.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    # In one order, so that nobody waits for somebody who waits.
    for key in sorted({zlib.crc32(each.encode()) for each in filter(can_be_kept, user_uuids)}):
        session.execute(
            sa.text("SELECT pg_advisory_xact_lock(CAST(:lock AS int), CAST(:key AS int))"),
            {"lock": LOCK, "key": key - 2**31},
        )
