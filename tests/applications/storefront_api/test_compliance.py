"""The storefront with every plugin of its own against the rules for every application."""

from __future__ import annotations

import pytest

from glue_core.testing import installed
from glue_core.testing.applications import ApplicationCompliance, ApplicationSample

PLUGINS = (
    *("storefront_api", "json_api", "json_api_atomic", "hal"),
    *("catalog", "customers", "stores", "oauth"),
    *("anonymous_customers_api", "customers_api", "oauth_api", "products_api", "stores_api"),
    *("product_availabilities_api", "product_image_sets_api", "product_prices_api"),
)


class TestStorefront(ApplicationCompliance):
    """The storefront follows the rules."""

    @pytest.fixture
    def sample(self) -> ApplicationSample:
        """Say which plugins it has."""
        return ApplicationSample("storefront_api", installed(*PLUGINS))
