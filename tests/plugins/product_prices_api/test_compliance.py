"""Prices and the way to them against the rules for every resource and every relationship."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core.testing import Deployment, in_memory, installed
from glue_core.testing.relationships import RelationshipCompliance, RelationshipSample
from glue_core.testing.resources import ResourceCompliance, ResourceSample


@pytest.fixture
def deployment(shop: Any, glue_deployment: Callable[..., Deployment]) -> Deployment:
    """Return a storefront over a catalog in memory, in two conventions."""
    names = ("storefront_api", "json_api", "hal", "stores_api")
    return glue_deployment(
        [
            *installed(*names, "products_api", "product_prices_api"),
            in_memory("glue.features", "shop", shop),
        ]
    )


class TestPricesOfAProduct(ResourceCompliance):
    """The prices of a product, the only ones below it, follow the rules for resources."""

    @pytest.fixture
    def sample(self, shop: Any) -> ResourceSample:
        """Give one variant a price."""
        price = {
            "price_type_name": "DEFAULT",
            "net_amount": None,
            "gross_amount": 100,
            "currency": {"code": "EUR", "name": "Euro", "symbol": "€"},
            "volume_prices": [{"quantity": 5, "net_amount": None, "gross_amount": 90}],
        }
        shop.catalog.documents["concrete_prices"] = {
            "A-1": {"sku": "A-1", "price": 100, "prices": [price]}
        }
        return ResourceSample(
            "storefront_api",
            "concrete-products/concrete-product-prices",
            ids=("A-1",),
            parent="/concrete-products/A-1",
        )


class TestPrices(RelationshipCompliance):
    """A product leads to its prices, which a single read finds for all products."""

    @pytest.fixture
    def sample(self, shop: Any) -> RelationshipSample:
        """Give two of three variants prices."""
        shop.catalog.documents["concrete_prices"] = {
            sku: {"sku": sku, "price": amount, "prices": []}
            for sku, amount in (("A-1", 100), ("B-1", 200))
        }
        return RelationshipSample(
            "storefront_api",
            "concrete-products",
            "concrete-product-prices",
            {"A-1": ["A-1"], "A-2": [], "B-1": ["B-1"]},
            reads=lambda: len(shop.catalog.calls),
        )
