"""What the plugin contributes: the answers to paths that lack a SKU."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import ErrorCode, hookimpl
from glue_legacy_api import MissingId

NO_ABSTRACT_SKU = ErrorCode(400, "311", "Abstract product sku is not specified.")
NO_CONCRETE_SKU = ErrorCode(400, "312", "Concrete product sku is not specified.")
NO_ABSTRACT_PRODUCT = ErrorCode(404, "301", "Abstract product is not found.")
NO_CONCRETE_PRODUCT = ErrorCode(404, "302", "Concrete product is not found.")


@hookimpl
def glue_legacy_missing_ids() -> Sequence[MissingId]:
    """Say what products, and what belongs to them, answer without a SKU."""
    abstract, concrete = "abstract-products", "concrete-products"
    return [
        MissingId(abstract, NO_ABSTRACT_SKU),
        MissingId(concrete, NO_CONCRETE_SKU),
        MissingId(f"{abstract}/abstract-product-prices", NO_ABSTRACT_SKU),
        MissingId(f"{concrete}/concrete-product-prices", NO_CONCRETE_SKU),
        MissingId(f"{abstract}/abstract-product-availabilities", NO_ABSTRACT_SKU),
        MissingId(f"{concrete}/concrete-product-availabilities", NO_CONCRETE_SKU),
        MissingId(f"{abstract}/abstract-product-image-sets", NO_ABSTRACT_PRODUCT),
        MissingId(f"{concrete}/concrete-product-image-sets", NO_CONCRETE_PRODUCT),
    ]
