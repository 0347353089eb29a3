"""Stores in the storefront API, and the choice of store and locale for every request."""

from __future__ import annotations

from glue_stores_api.resource import STORES

__all__ = ["STORES"]
