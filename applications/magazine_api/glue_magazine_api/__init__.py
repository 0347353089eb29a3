"""The magazine API application: articles and authors, read and written."""

from __future__ import annotations

import threading
from typing import Any

from glue_core import RequestFlowAwareApiApplication

__all__ = ["MAGAZINE_API"]

MAGAZINE_API = RequestFlowAwareApiApplication(
    "magazine_api",
    services=("database", "storage", "search", "broker"),
    description="The API of the shop's magazine: articles and their authors.",
)

_MAKING = threading.Lock()


def __getattr__(name: str) -> Any:
    """Make ``application``, the WSGI callable, when a server first asks for it.

    Importing this package starts nothing: the registry, the documentation and the tests import it
    as well. A failed start is tried again by the next who asks.

    Raises:
        AttributeError: The package has no such name.
        ConfigurationError: The deployment cannot start.
    """
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from glue_core import create

    with _MAKING:
        if "application" not in globals():
            globals()["application"] = create(MAGAZINE_API.name)
        return globals()["application"]
