"""The storefront API application: what shop front ends and apps call."""

from __future__ import annotations

import threading
from typing import Any

from glue_core import RequestFlowAwareApiApplication

__all__ = ["STOREFRONT_API"]

STOREFRONT_API = RequestFlowAwareApiApplication(
    "storefront_api",
    services=("storage", "search"),
    health_check=True,
    description="The public API of the shop: products, prices, stores.",
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
            globals()["application"] = create(STOREFRONT_API.name)
        return globals()["application"]
