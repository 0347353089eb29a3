"""The products of the back office against the rules for every resource."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core.testing import Deployment
from glue_core.testing.resources import ResourceCompliance, ResourceSample


class TestProducts(ResourceCompliance):
    """The products follow the rules, in an application that protects them."""

    @pytest.fixture
    def deployment(self, shop: Any) -> Deployment:
        """Return the deployment of a small shop."""
        deployment: Deployment = shop.deployment
        return deployment

    @pytest.fixture
    def sample(self, shop: Any) -> ResourceSample:
        """Say which products the shop has."""
        changed = shop.patch(
            "002", taxSetName="Reduced", newFrom="2026-02-01", newTo="2026-03-01", stores=["AT"]
        )
        assert changed.status_code == 200, changed
        return ResourceSample(
            "backend_api",
            "product-abstract",
            ids=("001", "002"),
            headers={"authorization": "Bearer office"},
            create={"productAbstractSku": "003", "taxSetName": "Standard", "stores": ["AT"]},
            change={"taxSetName": "None", "attributes": {"brand": "Other"}},
            filters={
                "name": ("Desk", ["002"]),
                "categories": ("lamps", ["001"]),
                "variants": ("002-1", ["002"]),
            },
        )
