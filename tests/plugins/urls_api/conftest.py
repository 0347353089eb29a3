"""The storefront and the old application over addresses in memory."""

from collections.abc import Callable
from typing import Any

import pytest

from glue_core import Deployment, Provider
from glue_core.testing import Client, in_memory, installed
from glue_urls import Url, UrlReader

LAMP = "/en/desk-lamp"
PLUGINS = ("storefront_api", "legacy_api", "json_api", "hal", "stores_api", "urls_api")


class MemoryUrls:
    """Knows a lamp that DE shows, and notes what it is asked."""

    def __init__(self) -> None:
        self.paths = [LAMP, "/en/100%25-wool", "/en/a b+c"]
        self.asked: list[tuple[str, str]] = []

    def resolve(self, path: str, store: str) -> Url | None:
        """Return where a path leads, or None."""
        self.asked.append((path, store))
        if path not in self.paths or store != "DE":
            return None
        return Url(path, "en_US", "abstract-products", str(self.paths.index(path)))


@pytest.fixture
def urls() -> MemoryUrls:
    """The addresses."""
    return MemoryUrls()


@pytest.fixture
def applications(
    shop: Any, urls: MemoryUrls, glue_deployment: Callable[..., Deployment]
) -> dict[str, Client]:
    """Clients of both applications, in the store DE, by the name of the application."""
    provided = [Provider(UrlReader, lambda features: urls)]
    deployment = glue_deployment(
        [
            *installed(*PLUGINS),
            in_memory("glue.features", "shop", shop),
            in_memory("glue.features", "memory_urls", glue_features=lambda: provided),
        ],
        settings={"plugins": {"stores_api": {"store": "DE"}}},
    )
    return {name: Client(wsgi).json_api for name, wsgi in deployment.applications.items()}


@pytest.fixture(params=["storefront_api", "legacy_api"])
def client(request: pytest.FixtureRequest, applications: dict[str, Client]) -> Client:
    """A client of either application: the rules of the resource are the same."""
    return applications[request.param]
