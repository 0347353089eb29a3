"""The old application over stores in memory, with the choice of stores that the storefront has."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

import glue_stores_api.plugin as choice
from glue_core import Deployment, RequestFlowAwareApiApplication
from glue_core.testing import Client, in_memory, installed
from glue_stores import Region

GROUP = "glue.plugins.legacy_api"
STEPS = (
    "glue_settings",
    "glue_error_catalogue",
    "glue_request_builders",
    "glue_request_validators",
    "glue_response_formatters",
)


@pytest.fixture
def old(shop: Any, glue_deployment: Callable[..., Deployment]) -> Callable[..., Client]:
    """Make a client of the old application, with the settings of the choice of stores."""
    germany = replace(shop.stores.by_name["DE"].countries[0], regions=(Region("DE-BE", "Berlin"),))
    shop.stores.by_name["DE"] = replace(shop.stores.by_name["DE"], countries=(germany,))

    def make(settings: Mapping[str, Any] | None = None) -> Client:
        application = RequestFlowAwareApiApplication("legacy_api", groups=(GROUP,))
        steps = {hook: getattr(choice, hook) for hook in STEPS}
        plugins = [
            *installed("json_api", "legacy_stores_api"),
            in_memory("glue.applications", "legacy_api", application),
            in_memory(GROUP, "stores_api", **steps),
            in_memory("glue.features", "shop", shop),
        ]
        deployment = glue_deployment(plugins, settings={"plugins": {"stores_api": settings or {}}})
        return Client(deployment.applications["legacy_api"]).json_api

    return make
