"""The backend API application: what back-office tools and machines call."""

from __future__ import annotations

from glue_core import Protection, RequestFlowAwareApiApplication, made_on_access

__all__ = ["BACKEND_API"]

BACKEND_API = RequestFlowAwareApiApplication(
    "backend_api",
    services=("database", "storage", "search", "broker", "session"),
    health_check=True,
    protection=Protection(
        ("api-key?", "oauth-user-scope"), scopes=("back-office-user",), kinds=("user",)
    ),
    description="The API of the back office, with direct access to the business logic.",
)

__getattr__ = made_on_access(BACKEND_API, globals())
