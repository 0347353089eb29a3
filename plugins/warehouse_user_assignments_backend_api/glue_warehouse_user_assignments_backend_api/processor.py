"""Between requests and assignments: queries, drafts, and errors in the client's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from glue_core import BadRequest, GlueError, GlueFilter, GlueRequest, NotFound, Problem, codes
from glue_warehouse_user_assignments_backend_api.resource import (
    EXISTS,
    NO_USER,
    NO_WAREHOUSE,
    NOT_FOUND,
    TOO_MANY_ACTIVE,
)
from glue_warehouse_users import (
    AssignmentDraft,
    AssignmentQuery,
    AssignmentRefused,
    NoSuchAssignment,
    SortKey,
)

FIELDS = {
    "uuid": "uuid",
    "userUuid": "user_uuid",
    "warehouseUuid": "warehouse_uuid",
    "isActive": "is_active",
}
"""Names of filters and orders, and of what they are about."""
FLAGS = {"true": True, "1": True, "false": False, "0": False}
ERRORS = {
    "no-such-user": (NO_USER, "/userUuid"),
    "no-such-warehouse": (NO_WAREHOUSE, "/warehouse/uuid"),
    "too-many-active": (TOO_MANY_ACTIVE, "/isActive"),
    "exists": (EXISTS, "/warehouse/uuid"),
}
"""What is wrong with an assignment: the error, and the attribute at fault."""


def query_of(request: GlueRequest) -> AssignmentQuery:
    """Return the query that the filters, the order and the page of a request make.

    Raises:
        BadRequest: ``isActive`` is compared with neither true nor false.
    """
    filters = tuple((FIELDS[each.field], _value(each)) for each in request.filters)
    sorts = tuple(SortKey(FIELDS[each.field], each.is_ascending) for each in request.sortings)
    page = request.pagination
    if page is None:
        return AssignmentQuery(filters, sorts)
    return AssignmentQuery(filters, sorts, page.offset, page.limit)


def _value(filter_: GlueFilter) -> str | bool:
    if filter_.field != "isActive":
        return filter_.value
    if filter_.value not in FLAGS:
        raise BadRequest(
            codes.INVALID_FILTER,
            "isActive is true or false.",
            parameter=f"filter[{filter_.resource}.{filter_.field}]",
        )
    return FLAGS[filter_.value]


def draft_of(request: GlueRequest) -> AssignmentDraft:
    """Return the assignment that the body of a request describes."""
    return AssignmentDraft(**changes_of(request))


def changes_of(request: GlueRequest) -> dict[str, Any]:
    """Return what a body says about an assignment."""
    changes = dict(request.attributes)
    # What a change does not name stays as it is, of the warehouse as well.
    warehouse = changes.pop("warehouse", {})
    if "uuid" in warehouse:
        changes["warehouse_uuid"] = warehouse["uuid"]
    return changes


@contextmanager
def told(request: GlueRequest) -> Iterator[None]:
    """Tell the client what is refused, all of it at once."""
    try:
        yield
    except NoSuchAssignment as error:
        raise NotFound(NOT_FOUND.code, NOT_FOUND.message) from error
    except AssignmentRefused as refused:
        spoken = request.operation.spoken
        start = "" if spoken is None else spoken.attributes_pointer
        errors = []
        for each in refused.refusals:
            declared, attribute = ERRORS[each.reason]
            errors.append(
                GlueError(
                    status=declared.status,
                    code=declared.code,
                    message=declared.message,
                    pointer=start + attribute,
                )
            )
        raise Problem(400, errors) from refused
