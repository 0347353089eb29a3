"""The type ``warehouse-user-assignments``, its errors, and who may do what with it."""

from __future__ import annotations

from glue_core import Criterion, Decision, ErrorCode, GlueRequest, Protection, Resource
from glue_warehouse_user_assignments_backend_api.schemas import AssignmentAttributes

TYPE = "warehouse-user-assignments"
OFFICE, WAREHOUSE = "back-office-user", "warehouse-user"
"""Scopes of the two kinds of users."""
OFFICE_WRITES = ("userUuid", "warehouse")
"""Attributes that only the back office writes."""

ASSIGNMENTS = Resource(
    TYPE,
    AssignmentAttributes,
    id="uuid",
    conventions=("json_api",),
    description="A user who works in a warehouse; one assignment of a user is active at most.",
)

NOT_FOUND = ErrorCode(404, "5201", "Warehouse user assignment not found.")
NO_USER = ErrorCode(400, "5202", "User not found.")
NO_WAREHOUSE = ErrorCode(400, "5203", "Warehouse not found.")
FORBIDDEN = ErrorCode(403, "5204", "Operation is forbidden.")
TOO_MANY_ACTIVE = ErrorCode(400, "5205", "User has too many active warehouse assignments.")
EXISTS = ErrorCode(400, "5206", "Warehouse user assignment already exists.")
WRONG = (NO_USER, NO_WAREHOUSE, TOO_MANY_ACTIVE, EXISTS)

BOTH = Protection(
    ("api-key?", "oauth-user-scope"),
    scopes=(OFFICE, WAREHOUSE),
    kinds=("user",),
    code=FORBIDDEN.code,
    message=FORBIDDEN.message,
)
"""Of reading and changing. What is not protected by it is for the back office alone."""


def own_assignments(grants: frozenset[str], type_: str, name: str, action: str) -> Decision:
    """Let whoever is not of the back office know no assignments but their own."""
    if type_ != TYPE or name or action not in ("read", "write") or OFFICE in grants:
        return True
    return Criterion("user_uuid", _user_uuid, filter="userUuid")


def office_assigns(grants: frozenset[str], type_: str, name: str, action: str) -> Decision:
    """Let the back office alone say who works where; others at most say where they work now.

    A token of a warehouse follows the active assignment, so whoever wrote these attributes would
    choose their warehouse themselves.
    """
    return type_ != TYPE or name not in OFFICE_WRITES or action != "write" or OFFICE in grants


def _user_uuid(request: GlueRequest) -> str | None:
    user = request.request_user
    return None if user is None else user.natural_identifier
