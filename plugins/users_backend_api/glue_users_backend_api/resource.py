"""The type ``users``."""

from __future__ import annotations

from glue_core import Protection, Resource
from glue_users_backend_api.schemas import UserAttributes

USERS = Resource(
    "users",
    UserAttributes,
    id="uuid",
    description="A user of the back office, shown beside what is related to one.",
    # It has no place whose protection could say who sees it.
    protection=Protection(
        ("api-key?", "oauth-user-scope"),
        scopes=("back-office-user", "warehouse-user"),
        kinds=("user",),
    ),
)
