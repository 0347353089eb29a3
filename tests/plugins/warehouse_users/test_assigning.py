"""Assignments in the database: one active for each user, one for each user and warehouse."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from glue_core import Event
from glue_warehouse_users import (
    ASSIGNMENT_CHANGED,
    AssignmentDraft,
    AssignmentQuery,
    AssignmentRefused,
    NoSuchAssignment,
    Refusal,
    SortKey,
)
from glue_warehouse_users.models import AssignmentRow

NOBODY = str(uuid.uuid4())


def refused(depot: Any, *drafts: AssignmentDraft) -> list[Refusal]:
    """Return what is wrong with drafts."""
    with pytest.raises(AssignmentRefused) as caught, depot.database.work() as work:
        depot.assignments.create(drafts, work)
    return list(caught.value.refusals)


def test_assignment_is_read_as_it_was_written(depot: Any) -> None:
    """A new assignment has a UUID, and the warehouse with its name."""
    made = depot.assign(depot.ada, depot.north)

    with depot.database.work(writes=False) as work:
        assert depot.assignments.find([made.uuid, NOBODY, "\0"], work) == {made.uuid: made}
    assert (made.user_uuid, made.warehouse, made.is_active) == (depot.ada, depot.north, False)


def test_new_active_one_switches_the_others_off(depot: Any) -> None:
    """Of one user the latest active assignment is the only one; other users keep theirs."""
    depot.assign(depot.ada, depot.north, is_active=True)
    depot.assign(depot.ben, depot.north, is_active=True)
    depot.assign(depot.ada, depot.south, is_active=True)

    assert depot.every() == [
        (depot.ada, "North", False),
        (depot.ben, "North", True),
        (depot.ada, "South", True),
    ]


def test_activating_switches_the_others_off(depot: Any) -> None:
    """An assignment that becomes active switches the user's others off."""
    depot.assign(depot.ada, depot.north, is_active=True)
    south = depot.assign(depot.ada, depot.south)

    depot.change(south.uuid, is_active=True)

    assert depot.active(depot.ada) == "South"
    assert [each[2] for each in depot.every()] == [False, True]


def test_active_one_that_becomes_somebody_elses(depot: Any) -> None:
    """An active assignment that is given to another user switches that one's others off."""
    depot.assign(depot.ben, depot.north, is_active=True)
    south = depot.assign(depot.ada, depot.south, is_active=True)

    depot.change(south.uuid, user_uuid=depot.ben)

    assert (depot.active(depot.ada), depot.active(depot.ben)) == (None, "South")


def test_nobody_is_active_after_switching_off(depot: Any) -> None:
    """The active assignment may be switched off, and then the user works nowhere."""
    north = depot.assign(depot.ada, depot.north, is_active=True)

    depot.change(north.uuid, is_active=False)

    assert depot.active(depot.ada) is None


def test_database_keeps_one_active(depot: Any) -> None:
    """The database itself refuses a second active assignment of a user."""
    depot.assign(depot.ada, depot.north, is_active=True)
    depot.assign(depot.ada, depot.south)

    with pytest.raises(IntegrityError), depot.database.work() as work:
        work.session.execute(sa.update(AssignmentRow).values(is_active=True))


def test_same_pair_twice(depot: Any) -> None:
    """A user is assigned to a warehouse once, in a new assignment and in a changed one."""
    depot.assign(depot.ada, depot.north)
    south = depot.assign(depot.ada, depot.south)

    assert refused(depot, AssignmentDraft(depot.ada, depot.north.uuid)) == [Refusal("exists")]
    with pytest.raises(AssignmentRefused, match="exists"):
        depot.change(south.uuid, warehouse_uuid=depot.north.uuid)


def test_all_that_is_wrong_is_told(depot: Any) -> None:
    """Every refusal names its draft; nothing is written, of the good ones neither."""
    drafts = [
        AssignmentDraft(depot.ada, depot.north.uuid, is_active=True),
        AssignmentDraft(NOBODY, NOBODY),
        AssignmentDraft(depot.ada, depot.south.uuid, is_active=True),
        AssignmentDraft(depot.ada, depot.north.uuid),
        AssignmentDraft("\0", depot.north.uuid),
    ]

    assert refused(depot, *drafts) == [
        Refusal("no-such-user", 1),
        Refusal("no-such-warehouse", 1),
        Refusal("too-many-active", 2),
        Refusal("exists", 3),
        Refusal("no-such-user", 4),
    ]
    assert depot.every() == []


def test_user_of_the_office(depot: Any) -> None:
    """Who is no user of a warehouse cannot be assigned to one."""
    draft = AssignmentDraft(depot.office, depot.north.uuid)

    assert refused(depot, draft) == [Refusal("no-such-user")]


def test_change_checks_what_is_new(depot: Any) -> None:
    """A changed assignment needs a user and a warehouse that there are."""
    made = depot.assign(depot.ada, depot.north)

    with pytest.raises(AssignmentRefused, match="no-such-user, no-such-warehouse"):
        depot.change(made.uuid, user_uuid=NOBODY, warehouse_uuid=NOBODY)
    with pytest.raises(ValueError, match="no name to change"):
        depot.change(made.uuid, name="x")


def test_former_user_of_a_warehouse_can_be_switched_off(depot: Any) -> None:
    """What an assignment has already is not judged again when something else changes."""
    from glue_users import UserWriter

    made = depot.assign(depot.ada, depot.north, is_active=True)
    with depot.database.work() as work:
        depot.features.get(UserWriter).change(depot.ada, {"is_warehouse_user": False}, work)

    assert depot.change(made.uuid, is_active=False).is_active is False


def test_unknown_assignment(depot: Any) -> None:
    """An assignment that is not there cannot be changed or deleted."""
    for missing in (NOBODY, "\0"):
        with pytest.raises(NoSuchAssignment):
            depot.change(missing, is_active=True)
        with pytest.raises(NoSuchAssignment), depot.database.work() as work:
            depot.assignments.delete(missing, work)


def test_deleted_assignment_is_gone(depot: Any) -> None:
    """A deleted assignment is read no more, and the pair may be assigned anew."""
    made = depot.assign(depot.ada, depot.north)
    with depot.database.work() as work:
        depot.assignments.delete(made.uuid, work)

    assert depot.every() == []
    assert depot.assign(depot.ada, depot.north).uuid != made.uuid


def test_changes_are_published(depot: Any) -> None:
    """What is new, different or gone is published; what changes nothing is not."""
    north = depot.assign(depot.ada, depot.north, is_active=True)
    south = depot.assign(depot.ada, depot.south, is_active=True)
    assert sorted(each.key for each in depot.events()) == sorted(
        [north.uuid, north.uuid, south.uuid]
    )

    depot.change(south.uuid, is_active=True)
    assert depot.events() == []

    with depot.database.work() as work:
        depot.assignments.delete(south.uuid, work)
    assert depot.events() == [Event(ASSIGNMENT_CHANGED, south.uuid)]


def test_list_is_filtered_sorted_and_cut(depot: Any) -> None:
    """A list has filters, an order and a page, and counts all that match."""
    first = depot.assign(depot.ada, depot.north, is_active=True)
    second = depot.assign(depot.ben, depot.north)
    third = depot.assign(depot.ben, depot.south, is_active=True)

    def uuids(query: AssignmentQuery) -> tuple[list[str], int]:
        with depot.database.work(writes=False) as work:
            page = depot.assignments.page(query, work)
        return [each.uuid for each in page.assignments], page.total

    north = ("warehouse_uuid", depot.north.uuid)
    assert uuids(AssignmentQuery((north,))) == ([first.uuid, second.uuid], 2)
    assert uuids(AssignmentQuery((north, ("is_active", False)))) == ([second.uuid], 1)
    assert uuids(AssignmentQuery((("uuid", "\0"),))) == ([], 0)
    by_activity = (SortKey("is_active", is_ascending=False), SortKey("uuid"))
    active = sorted([first.uuid, third.uuid])
    assert uuids(AssignmentQuery(sorts=by_activity)) == ([*active, second.uuid], 3)
    assert uuids(AssignmentQuery(offset=1, limit=1)) == ([second.uuid], 3)


def test_unknown_field_of_a_list(depot: Any) -> None:
    """A field that assignments do not have is a mistake of the caller's."""
    with pytest.raises(ValueError, match="has no 'name'"), depot.database.work() as work:
        depot.assignments.page(AssignmentQuery(sorts=(SortKey("name"),)), work)


def test_two_activate_at_once(on_postgresql: Any) -> None:
    """Of two that make an assignment of one user active at once the later one wins; none fails."""
    depot = on_postgresql
    failures: list[BaseException] = []
    start = threading.Barrier(2)

    def assign(warehouse: Any) -> None:
        try:
            start.wait(20)
            depot.assign(depot.ada, warehouse, is_active=True)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=assign, args=(each,)) for each in (depot.north, depot.south)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)

    assert failures == []
    assert sorted(active for _, _, active in depot.every()) == [False, True]
