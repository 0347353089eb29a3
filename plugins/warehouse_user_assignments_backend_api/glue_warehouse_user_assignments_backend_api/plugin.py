"""What the plugin contributes: the place ``/warehouse-user-assignments``, and who may use it."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import Features, Operation, PageRules, Policy, Relationship, hookimpl
from glue_users import UserReader
from glue_users_backend_api import USERS
from glue_warehouse_user_assignments_backend_api.controller import AssignmentsController
from glue_warehouse_user_assignments_backend_api.processor import FIELDS
from glue_warehouse_user_assignments_backend_api.relating import AssignedUsers
from glue_warehouse_user_assignments_backend_api.resource import (
    ASSIGNMENTS,
    BOTH,
    FORBIDDEN,
    NOT_FOUND,
    TYPE,
    WRONG,
    office_assigns,
    own_assignments,
)
from glue_warehouse_users import WarehouseAssignments


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute ``/warehouse-user-assignments``, read and written."""
    controller = AssignmentsController(features.get(WarehouseAssignments))
    return [
        Operation(
            "getCollection",
            controller.get_collection,
            TYPE,
            ASSIGNMENTS,
            filters=tuple(FIELDS),
            sorts=tuple(FIELDS),
            page=PageRules(),
            errors=(FORBIDDEN,),
            protection=BOTH,
        ),
        Operation("get", controller.get, TYPE, ASSIGNMENTS, errors=(NOT_FOUND,), protection=BOTH),
        Operation("post", controller.post, TYPE, ASSIGNMENTS, errors=WRONG),
        Operation(
            "patch",
            controller.patch,
            TYPE,
            ASSIGNMENTS,
            errors=(NOT_FOUND, *WRONG),
            protection=BOTH,
        ),
        Operation("delete", controller.delete, TYPE, ASSIGNMENTS, errors=(NOT_FOUND,)),
    ]


@hookimpl
def glue_relationships(features: Features) -> Sequence[Relationship]:
    """Contribute whose an assignment is."""
    return [
        Relationship(
            USERS.type,
            USERS.type,
            AssignedUsers(features.get(UserReader)).users_of,
            many=False,
            source=TYPE,
            description="The user who works there.",
        )
    ]


@hookimpl
def glue_authorization_policies() -> Sequence[Policy]:
    """Let users of warehouses know their own assignments only, and switch them, no more."""
    return [
        Policy("own-assignments", own_assignments),
        Policy("office-assigns", office_assigns),
    ]
