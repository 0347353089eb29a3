"""What the plugin contributes: the place ``/warehouse-user-assignments``, and who may use it."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import (
    ErrorText,
    Features,
    Operation,
    PageRules,
    Policy,
    Relationship,
    hookimpl,
)
from glue_users import UserReader
from glue_users_backend_api import USERS
from glue_warehouse_user_assignments_backend_api.controller import AssignmentsController
from glue_warehouse_user_assignments_backend_api.processor import FIELDS
from glue_warehouse_user_assignments_backend_api.relating import AssignedUsers
from glue_warehouse_user_assignments_backend_api.resource import (
    ASSIGNMENTS,
    BOTH,
    EXISTS,
    FORBIDDEN,
    NO_USER,
    NO_WAREHOUSE,
    NOT_FOUND,
    TOO_MANY_ACTIVE,
    TYPE,
    WRONG,
    office_assigns,
    own_assignments,
)
from glue_warehouse_users import WarehouseAssignments

GERMAN = (
    (NOT_FOUND, "Diese Zuordnung eines Benutzers zu einem Lager gibt es nicht."),
    (NO_USER, "Den Benutzer gibt es nicht."),
    (NO_WAREHOUSE, "Das Lager gibt es nicht."),
    (FORBIDDEN, "Das ist nicht erlaubt."),
    (TOO_MANY_ACTIVE, "Der Benutzer hätte zu viele aktive Zuordnungen zu Lagern."),
    (EXISTS, "Der Benutzer ist diesem Lager schon zugeordnet."),
)


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in German; they carry their English words."""
    return [ErrorText(error.code or "", {"de": text}) for error, text in GERMAN]


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
