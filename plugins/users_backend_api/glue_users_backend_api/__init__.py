"""The users of the back office as the backend API shows them beside other resources."""

from __future__ import annotations

from glue_users_backend_api.resource import USERS

__all__ = ["USERS"]
