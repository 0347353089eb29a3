"""The type ``product-abstract``, and the errors that it answers with."""

from __future__ import annotations

from glue_core import ErrorCode, Resource
from glue_products_backend_api.schemas import ProductAbstractAttributes

PRODUCT_ABSTRACT = Resource(
    "product-abstract",
    ProductAbstractAttributes,
    id="product_abstract_sku",
    conventions=("json_api",),
    description="An abstract product as the back office keeps it, with all its variants.",
)

NOT_FOUND = ErrorCode(404, "301", "Product abstract not found.")
SKU_IN_USE = ErrorCode(409, "315", "Product abstract with SKU exists.")
URL_IN_USE = ErrorCode(422, "316", "Product abstract URL cannot be used.")
