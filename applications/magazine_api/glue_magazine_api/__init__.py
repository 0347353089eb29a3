"""The magazine API application: articles and authors, read and written."""

from __future__ import annotations

from glue_core import RequestFlowAwareApiApplication, made_on_access

__all__ = ["MAGAZINE_API"]

MAGAZINE_API = RequestFlowAwareApiApplication(
    "magazine_api",
    services=("database", "storage", "search", "broker"),
    description="The API of the shop's magazine: articles and their authors.",
)

__getattr__ = made_on_access(MAGAZINE_API, globals())
