"""Answers requests for tokens of warehouses."""

from __future__ import annotations

from glue_core import (
    AuthenticationRequest,
    Forbidden,
    GlueError,
    GlueRequest,
    GlueResponse,
    Problem,
)
from glue_warehouse_tokens_backend_api.resource import FORBIDDEN
from glue_warehouse_users import WAREHOUSE_GRANT

NO_REFRESH = {"id": None, "refresh_token": None}


class WarehouseTokensController:
    """Asks the application's authentication server for tokens in the name of whoever asks."""

    def post(self, request: GlueRequest) -> GlueResponse:
        """Issue a token of the warehouse that the user who asks works in."""
        access = request.operation.access
        assert access is not None
        answer = access.authenticate(
            AuthenticationRequest(
                request.operation.application,
                {"grant_type": WAREHOUSE_GRANT},
                str(request.http_request_attributes.get("REMOTE_ADDR") or ""),
                request_id=request.id,
                user_agent=request.header("user-agent") or "",
                identity=request.identity,
            )
        )
        if answer.error == "access_denied":
            raise Forbidden(FORBIDDEN.code, FORBIDDEN.message)
        if answer.error is not None:
            error = GlueError(status=400, code=answer.error, message=answer.message)
            raise Problem(400, [error], dict(answer.headers))
        response = GlueResponse.of({**NO_REFRESH, **answer.attributes})
        response.meta.update({"cache-control": "no-store", "pragma": "no-cache"})
        return response
