"""Who works in which warehouse, in the backend API."""

from __future__ import annotations

from glue_warehouse_user_assignments_backend_api.resource import ASSIGNMENTS

__all__ = ["ASSIGNMENTS"]
