"""The type ``stores``."""

from __future__ import annotations

from glue_core import ErrorCode, Resource
from glue_stores_api.schemas import StoreAttributes

STORES = Resource(
    "stores",
    StoreAttributes,
    id="name",
    description="A store: its currencies, locales and countries.",
)

STORE_NOT_FOUND = ErrorCode(404, "601", "Store not found")
