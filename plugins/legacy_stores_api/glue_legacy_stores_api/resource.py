"""The type ``stores``, as it is where requests choose and where a store is fixed."""

from __future__ import annotations

from glue_core import ErrorCode, Resource
from glue_legacy_stores_api.schemas import FixedStoreAttributes, StoreAttributes

DESCRIPTION = "A store: its currencies, locales and countries."

STORES = Resource("stores", StoreAttributes, id="name", description=DESCRIPTION)
FIXED_STORES = Resource("stores", FixedStoreAttributes, id="name", description=DESCRIPTION)

STORE_NOT_FOUND = ErrorCode(404, "601", "Store not found.")
