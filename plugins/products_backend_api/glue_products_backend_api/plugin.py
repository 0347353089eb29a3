"""What the plugin contributes: the place ``/product-abstract``."""

from __future__ import annotations

from collections.abc import Sequence

from glue_catalog import ProductEditor
from glue_core import ErrorText, Features, Operation, PageRules, hookimpl
from glue_products_backend_api.controller import ProductsController
from glue_products_backend_api.processor import FILTERS, SORTS
from glue_products_backend_api.resource import (
    NOT_FOUND,
    PRODUCT_ABSTRACT,
    SKU_IN_USE,
    URL_IN_USE,
)

PLACE = "product-abstract"

GERMAN = (
    (NOT_FOUND, "Abstraktes Produkt nicht gefunden."),
    (SKU_IN_USE, "Ein abstraktes Produkt mit dieser SKU gibt es schon."),
    (URL_IN_USE, "Diese URL kann das abstrakte Produkt nicht bekommen."),
)


@hookimpl
def glue_error_catalogue() -> Sequence[ErrorText]:
    """Word the errors in German; they carry their English words."""
    return [ErrorText(error.code or "", {"de": text}) for error, text in GERMAN]


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute ``/product-abstract`` and ``/product-abstract/{sku}``, read and written."""
    products = ProductsController(features.get(ProductEditor))
    return [
        Operation(
            "getCollection",
            products.get_collection,
            PLACE,
            PRODUCT_ABSTRACT,
            filters=tuple(FILTERS),
            sorts=tuple(SORTS),
            page=PageRules(default=10, maximum=100),
        ),
        Operation("get", products.get, PLACE, PRODUCT_ABSTRACT, errors=(NOT_FOUND,)),
        Operation("post", products.post, PLACE, PRODUCT_ABSTRACT, errors=(SKU_IN_USE, URL_IN_USE)),
        Operation("patch", products.patch, PLACE, PRODUCT_ABSTRACT, errors=(NOT_FOUND, URL_IN_USE)),
    ]
