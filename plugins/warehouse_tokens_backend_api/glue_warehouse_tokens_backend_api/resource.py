"""The type ``token``, and the errors of the place where warehouses get one."""

from __future__ import annotations

from glue_core import ErrorCode, Resource
from glue_warehouse_tokens_backend_api.schemas import TokenAttributes

TOKEN = Resource(
    "token",
    TokenAttributes,
    description="A token of the warehouse that a user works in; it is good for seven days.",
)

FORBIDDEN = ErrorCode(403, "5101", "Operation is forbidden.")
INVALID = ErrorCode(400, "invalid_grant", "The token could not be issued.")
UNSUPPORTED = ErrorCode(400, "unsupported_grant_type", "Nobody here issues such tokens.")
