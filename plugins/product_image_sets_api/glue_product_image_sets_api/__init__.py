"""Pictures of products in the storefront API."""

from __future__ import annotations

from glue_product_image_sets_api.resource import ABSTRACT_IMAGE_SETS, CONCRETE_IMAGE_SETS

__all__ = ["ABSTRACT_IMAGE_SETS", "CONCRETE_IMAGE_SETS"]
