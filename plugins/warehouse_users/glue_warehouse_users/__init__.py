"""Which warehouses users work in: assignments, of which a user has one that is active."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from glue_catalog import Warehouse
from glue_core import Work

__all__ = [
    "ASSIGNMENT_CHANGED",
    "WAREHOUSE_GRANT",
    "Assignment",
    "AssignmentDraft",
    "AssignmentPage",
    "AssignmentQuery",
    "AssignmentRefused",
    "NoSuchAssignment",
    "Reason",
    "Refusal",
    "SortKey",
    "WarehouseAssignments",
]

ASSIGNMENT_CHANGED = "warehouse-users.assignment"
"""Name of the event that an assignment is new, different or gone; its key is its UUID."""

WAREHOUSE_GRANT = "warehouse"
"""Name of the grant that gives users a token of the warehouse that they work in."""

Reason = Literal["no-such-user", "no-such-warehouse", "too-many-active", "exists"]
"""Why an assignment is refused; see `Refusal`."""


class NoSuchAssignment(Exception):
    """There is no assignment with this UUID."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that is wrong with an assignment.

    Attributes:
        reason: ``no-such-user``: no user of a warehouse has the UUID; ``no-such-warehouse``: none
            has it; ``too-many-active``: several drafts would be the active one of a user;
            ``exists``: the user is assigned to the warehouse already.
        index: Which of the drafts it is about, from 0.
    """

    reason: Reason
    index: int = 0


class AssignmentRefused(Exception):
    """Assignments that cannot be written; nothing of them was.

    Attributes:
        refusals: All that is wrong, in the order of the drafts.
    """

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(", ".join(each.reason for each in refusals))
        self.refusals = tuple(refusals)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A user who works in a warehouse.

    Attributes:
        uuid: UUID, in lower case.
        user_uuid: UUID of the user.
        warehouse: The warehouse, or None where it is gone.
        is_active: Whether it is the one that the user works in now.
    """

    uuid: str
    user_uuid: str
    warehouse: Warehouse | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class AssignmentDraft:
    """An assignment that is not written yet; see `Assignment`.

    Attributes:
        warehouse_uuid: UUID of the warehouse.
    """

    user_uuid: str
    warehouse_uuid: str
    is_active: bool = False


@dataclass(frozen=True, slots=True)
class SortKey:
    """A key of an order: ``uuid``, ``user_uuid``, ``warehouse_uuid`` or ``is_active``."""

    field: str
    is_ascending: bool = True


@dataclass(frozen=True, slots=True)
class AssignmentQuery:
    """What a list of assignments is asked for.

    Attributes:
        filters: Pairs of a field, as `SortKey` has it, and the value it must have.
        sorts: Order; ties go by the time of creation, the oldest first.
        offset: Index of the first assignment, from 0.
        limit: Number of assignments at most, from 1.
    """

    filters: tuple[tuple[str, str | bool], ...] = ()
    sorts: tuple[SortKey, ...] = ()
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class AssignmentPage:
    """A part of a list of assignments.

    Attributes:
        assignments: The assignments, in order.
        total: Number of assignments that the query matches.
    """

    assignments: tuple[Assignment, ...]
    total: int


class WarehouseAssignments(Protocol):
    """The assignments, read and written in the unit of work that is given; it never commits.

    A user is assigned to a warehouse once, and one assignment of theirs is active at most: the one
    that becomes active switches the others off. Whatever changes publishes `ASSIGNMENT_CHANGED`.
    """

    def find(self, uuids: Iterable[str], work: Work) -> dict[str, Assignment]:
        """Return assignments by UUID, in few questions; a UUID that none has is left out."""

    def active_of(self, user_uuid: str, work: Work) -> Assignment | None:
        """Return the active assignment of a user, or None."""

    def page(self, query: AssignmentQuery, work: Work) -> AssignmentPage:
        """Return a part of the list.

        Raises:
            ValueError: The query names a field that there is not.
        """

    def create(self, drafts: Sequence[AssignmentDraft], work: Work) -> Sequence[Assignment]:
        """Write new assignments, all of them or none.

        Raises:
            AssignmentRefused: Something is wrong with some of them.
        """

    def change(self, uuid: str, changes: Mapping[str, Any], work: Work) -> Assignment:
        """Change fields of an assignment; those that are not named stay.

        Args:
            uuid: UUID of the assignment.
            changes: Values by the names of `AssignmentDraft`.
            work: The unit of work.

        Raises:
            NoSuchAssignment: There is no such assignment.
            AssignmentRefused: It cannot become that.
            ValueError: A name is not known.
        """

    def delete(self, uuid: str, work: Work) -> None:
        """Delete an assignment.

        Raises:
            NoSuchAssignment: There is no such assignment.
        """
