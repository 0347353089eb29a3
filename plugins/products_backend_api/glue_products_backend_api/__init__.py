"""Whole products in the backend API: abstract products with texts, pictures and variants."""

from __future__ import annotations

from glue_products_backend_api.resource import PRODUCT_ABSTRACT

__all__ = ["PRODUCT_ABSTRACT"]
