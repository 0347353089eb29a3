"""Answers requests for assignments of users to warehouses."""

from __future__ import annotations

from glue_core import GlueRequest, GlueResponse, NotFound, Pagination
from glue_warehouse_user_assignments_backend_api.processor import (
    changes_of,
    draft_of,
    query_of,
    told,
)
from glue_warehouse_user_assignments_backend_api.resource import NOT_FOUND
from glue_warehouse_users import WarehouseAssignments


class AssignmentsController:
    """Answers requests for assignments; every write is in the unit of work of the request."""

    def __init__(self, assignments: WarehouseAssignments) -> None:
        self._assignments = assignments

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the assignment whose UUID is in the path."""
        uuid = request.resource.id or ""
        found = self._assignments.find([uuid], request.work).get(uuid)
        if found is None:
            raise NotFound(NOT_FOUND.code, NOT_FOUND.message)
        return GlueResponse.of(found)

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return a page of the assignments."""
        query = query_of(request)
        page = self._assignments.page(query, request.work)
        return GlueResponse.page(
            page.assignments, Pagination(query.offset, query.limit, page.total)
        )

    def post(self, request: GlueRequest) -> GlueResponse:
        """Assign a user to a warehouse."""
        with told(request):
            (made,) = self._assignments.create([draft_of(request)], request.work)
        return GlueResponse.of(made)

    def patch(self, request: GlueRequest) -> GlueResponse:
        """Change an assignment; one that becomes active switches the user's others off."""
        uuid, changes = request.resource.id or "", changes_of(request)
        with told(request):
            return GlueResponse.of(self._assignments.change(uuid, changes, request.work))

    def delete(self, request: GlueRequest) -> GlueResponse:
        """Delete an assignment."""
        with told(request):
            self._assignments.delete(request.resource.id or "", request.work)
        return GlueResponse.no_content()
