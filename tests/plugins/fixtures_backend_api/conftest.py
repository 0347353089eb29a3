"""A back office with fixtures, and a storefront whose customers can log in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core import import_directory
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, installed, migrate

KEY = "a key of the tests alone"
PLUGINS = (
    "backend_api",
    "storefront_api",
    "json_api",
    "stores",
    "catalog",
    "customers",
    "oauth",
    "oauth_api",
    "fixtures_backend_api",
)
SETUP = {
    "store.csv": "name\nDE\n",
    "currency.csv": "iso_code,currency_symbol,name\nEUR,€,Euro\n",
    "currency_store.csv": "currency_code,store_name,is_default\nEUR,DE,1\n",
    "locale_store.csv": "locale_name,store_name\nen_US,DE\n",
    "default_locale_store.csv": "locale_name,store_name\nen_US,DE\n",
}

Make = Callable[..., Deployment]


class Fixtures:
    """A deployment for tests, called with the key."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.client = Client(deployment.applications["backend_api"], {"x-fixtures-key": KEY})
        self.shop = Client(deployment.applications["storefront_api"])

    def make(self, *steps: dict[str, Any]) -> Any:
        """Make things."""
        return self.client.post("/fixtures", json={"make": list(steps)})

    def remove(self, *steps: dict[str, Any]) -> Any:
        """Remove things."""
        return self.client.post("/fixture-removals", json={"remove": list(steps)})

    def made(self, *steps: dict[str, Any]) -> list[dict[str, Any]]:
        """Make things, and return what was made of each."""
        response = self.make(*steps)
        assert response.status_code == 201, response
        return [each["made"] for each in response.json[0]["made"]]

    def customers(self) -> int:
        """Return how many customers there are."""
        import sqlalchemy as sa

        with self.deployment.services.database.work(writes=False) as work:
            found: int = work.session.scalar(sa.text("SELECT COUNT(*) FROM customers_customer"))
            return found


@pytest.fixture
def deploy(glue_deployment: Make) -> Make:
    """Deploy it; ``table`` is put over the settings of the plugin."""

    def make(*plugins: Source, mode: str = "development", **table: Any) -> Deployment:
        own = {"enabled": True, "key": KEY, **table}
        settings = {
            "mode": mode,
            "plugins": {"fixtures_backend_api": own, "oauth": {"algorithm": "ES256"}},
        }
        return glue_deployment([*installed(*PLUGINS), *plugins], settings=settings)

    return make


@pytest.fixture
def fixtures(deploy: Make, tmp_path: Any) -> Fixtures:
    """Return a deployment with a store and no customers."""
    deployment = deploy()
    migrate(deployment.services.database, deployment.migrations)
    folder = tmp_path / "setup"
    folder.mkdir()
    for name, text in SETUP.items():
        (folder / name).write_text(text, encoding="utf-8")
    report = import_directory(folder, deployment.importers, deployment.services.database)
    assert report.errors == []
    return Fixtures(deployment)
