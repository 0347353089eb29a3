"""The magazine API as production makes it, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core.migrating import migrate
from glue_core.testing import Client, Deployment, installed

DISTRIBUTIONS = ("magazine_api", "json_api", "magazine", "articles_api", "authors_api")
LONG_ENOUGH = 20
"""Seconds that a service may take: no test fails because the machine is slow."""


class Magazine:
    """A client of the magazine API, with short ways to write; see `glue_core.testing`."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.client = Client(deployment.applications["magazine_api"]).json_api
        self.plain = Client(deployment.applications["magazine_api"])

    def author(self, name: str = "Ada") -> str:
        """Create an author and return their id."""
        email = f"{name.lower()}@example.org"
        attributes = {"name": name, "email": email, "joinedOn": "2020-01-02"}
        data = {"type": "authors", "attributes": attributes}
        response = self.client.post("/authors", json={"data": data})
        assert response.status_code == 201, response
        return str(response.json["data"]["id"])

    def article(self, title: str = "Lamps", author: str | None = None, **attributes: Any) -> str:
        """Create an article and return its id."""
        data: dict[str, Any] = {
            "type": "articles",
            "attributes": {"title": title, "body": "It shines.", **attributes},
        }
        if author is not None:
            data["relationships"] = {"author": {"data": {"type": "authors", "id": author}}}
        response = self.client.post("/articles", json={"data": data})
        assert response.status_code == 201, response
        return str(response.json["data"]["id"])

    def titles(self, author: str) -> list[str]:
        """Return the titles of an author's articles, sorted."""
        response = self.client.get(f"/authors/{author}/articles")
        assert response.status_code == 200, response
        return sorted(each["attributes"]["title"] for each in response.json["data"])


@pytest.fixture
def sqlite_url(glue_settings: dict[str, Any]) -> str:
    """Return the URL of a file of this test alone."""
    return str(glue_settings["services"]["database"])


@pytest.fixture
def open_magazine(glue_deployment: Callable[..., Deployment]) -> Callable[..., Magazine]:
    """Make a magazine on a database, with further plugins."""

    def make(url: str, *plugins: Any) -> Magazine:
        settings = {"services": {"database": url, "timeout": LONG_ENOUGH}}
        deployment = glue_deployment((*installed(*DISTRIBUTIONS), *plugins), settings=settings)
        migrate(deployment.services.database, deployment.migrations)
        return Magazine(deployment)

    return make


@pytest.fixture(params=["sqlite", "postgresql"])
def magazine(request: pytest.FixtureRequest, open_magazine: Callable[..., Magazine]) -> Magazine:
    """An empty magazine, on each engine in turn."""
    return open_magazine(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def on_sqlite(sqlite_url: str, open_magazine: Callable[..., Magazine]) -> Magazine:
    """An empty magazine where the engine does not matter."""
    return open_magazine(sqlite_url)


@pytest.fixture
def on_postgresql(postgresql_url: str, open_magazine: Callable[..., Magazine]) -> Magazine:
    """An empty magazine where two may write at once."""
    return open_magazine(postgresql_url)
