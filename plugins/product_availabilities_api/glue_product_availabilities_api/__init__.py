"""Availabilities of products in the storefront API."""

from __future__ import annotations

from glue_product_availabilities_api.resource import (
    ABSTRACT_AVAILABILITIES,
    CONCRETE_AVAILABILITIES,
)

__all__ = ["ABSTRACT_AVAILABILITIES", "CONCRETE_AVAILABILITIES"]
