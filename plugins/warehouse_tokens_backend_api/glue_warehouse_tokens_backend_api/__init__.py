"""Tokens of warehouses, in the backend API."""

from __future__ import annotations

from glue_warehouse_tokens_backend_api.resource import TOKEN

__all__ = ["TOKEN"]
