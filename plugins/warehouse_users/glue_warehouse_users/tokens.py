"""Tokens of warehouses: who gets one, and how long it counts."""

from __future__ import annotations

from datetime import timedelta

from glue_catalog import WarehouseReader
from glue_core import (
    AuditEvent,
    Grant,
    GrantRefused,
    GrantRequest,
    Standing,
    Subject,
    TokenDraft,
    UserProvider,
    Work,
    audit,
)
from glue_warehouse_users import WAREHOUSE_GRANT, WarehouseAssignments

APPLICATION = "backend_api"
USER, WAREHOUSE = "user", "warehouse"
SCOPE = "warehouse"
LIFETIME = timedelta(days=7)


def warehouse_grant(assignments: WarehouseAssignments) -> Grant:
    """Return the grant that gives users a token of the warehouse that they work in.

    It is internal: it takes who asks from the application, and no parameter of a request.

    Args:
        assignments: Knows where users work.
    """

    def answer(request: GrantRequest) -> TokenDraft:
        identity, assignment, user = request.identity, None, None
        if identity is not None and identity.kind == USER:
            numbers = {
                "uuid": identity.natural_identifier,
                "id_user": identity.surrogate_identifier,
            }
            user = Subject(USER, numbers)
            assignment = assignments.active_of(user.natural_identifier, request.work)
        if assignment is None or assignment.warehouse is None:
            _tell("failed_login", request, "no active assignment")
            raise GrantRefused("access_denied", "The user works in no warehouse.", status=403)
        _tell("successful_login", request, f"warehouse {assignment.warehouse.id}")
        subject = Subject(WAREHOUSE, {"id_warehouse": assignment.warehouse.id})
        return TokenDraft(subject, (SCOPE,), LIFETIME, is_refreshable=False, on_behalf_of=user)

    return Grant(WAREHOUSE_GRANT, answer, applications=(APPLICATION,), is_internal=True)


def warehouse_provider(
    warehouses: WarehouseReader, assignments: WarehouseAssignments
) -> UserProvider:
    """Return who knows whether a token's warehouse is still there, and its user works in it.

    Args:
        warehouses: Reads warehouses.
        assignments: Knows where users work.
    """

    def find(subject: Subject, work: Work) -> Standing | None:
        number = subject.surrogate_identifier
        is_there = isinstance(number, int) and warehouses.by_id(number, work) is not None
        return Standing(subject) if is_there else None

    def may_act(subject: Subject, actor: Subject, work: Work) -> bool:
        if actor.kind != USER:
            return False
        found = assignments.active_of(actor.natural_identifier, work)
        if found is None or found.warehouse is None:
            return False
        return found.warehouse.id == subject.surrogate_identifier

    return UserProvider("warehouses", WAREHOUSE, find, may_act=may_act)


def _tell(tag: str, request: GrantRequest, reason: str) -> None:
    """Tell the audit log which user got a token of which warehouse, or got none."""
    identity = request.identity
    audit(
        AuditEvent(
            tag,
            WAREHOUSE,
            subject="" if identity is None else identity.natural_identifier,
            address=request.address,
            application=request.application,
            reason=reason,
            request_id=request.request_id,
        )
    )
