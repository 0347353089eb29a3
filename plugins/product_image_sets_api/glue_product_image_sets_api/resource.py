"""The types of image sets, and the errors that they answer with."""

from __future__ import annotations

from glue_core import ErrorCode, Resource
from glue_product_image_sets_api.schemas import ProductImageSetsAttributes

ABSTRACT_IMAGE_SETS = Resource(
    "abstract-product-image-sets",
    ProductImageSetsAttributes,
    id="sku",
    description="Pictures of an abstract product.",
)
CONCRETE_IMAGE_SETS = Resource(
    "concrete-product-image-sets",
    ProductImageSetsAttributes,
    id="sku",
    description="Pictures of a concrete product: its own, else those of the abstract one.",
)

ABSTRACT_NOT_FOUND = ErrorCode(404, "303", "Can`t find abstract product image sets.")
CONCRETE_NOT_FOUND = ErrorCode(404, "304", "Can`t find concrete product image sets.")
