"""The storefront API application: what shop front ends and apps call."""

from __future__ import annotations

from glue_core import RequestFlowAwareApiApplication, made_on_access

__all__ = ["STOREFRONT_API"]

STOREFRONT_API = RequestFlowAwareApiApplication(
    "storefront_api",
    services=("storage", "search"),
    health_check=True,
    description="The public API of the shop: products, prices, stores.",
)

__getattr__ = made_on_access(STOREFRONT_API, globals())
