"""The old application over stores in memory, with the choice of stores that it borrows."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from glue_core import Deployment
from glue_core.testing import Client, in_memory, installed
from glue_stores import Region


@pytest.fixture
def old(shop: Any, glue_deployment: Callable[..., Deployment]) -> Callable[..., Client]:
    """Make a client of the old application, with the settings of the choice of stores."""
    germany = replace(shop.stores.by_name["DE"].countries[0], regions=(Region("DE-BE", "Berlin"),))
    shop.stores.by_name["DE"] = replace(shop.stores.by_name["DE"], countries=(germany,))

    def make(settings: Mapping[str, Any] | None = None) -> Client:
        plugins = [
            *installed("legacy_api", "stores_api", "legacy_stores_api"),
            in_memory("glue.features", "shop", shop),
        ]
        deployment = glue_deployment(plugins, settings={"plugins": {"stores_api": settings or {}}})
        return Client(deployment.applications["legacy_api"]).json_api

    return make
