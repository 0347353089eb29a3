"""The magazine with atomic operations, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from glue_core.migrating import migrate
from glue_core.testing import Client, Deployment, Response, installed

DISTRIBUTIONS = ("magazine_api", "json_api", "magazine", "articles_api", "authors_api")
MEDIA_TYPE = 'application/vnd.api+json; ext="https://jsonapi.org/ext/atomic"'


class Magazine:
    """A client of the magazine API, with short ways to send operations and to look."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        wsgi = deployment.applications["magazine_api"]
        self.client = Client(wsgi).json_api
        self.atomic = Client(wsgi, {"accept": MEDIA_TYPE}, json_type=MEDIA_TYPE)

    def send(self, *operations: Any, path: str = "/operations") -> Response:
        """Send operations."""
        return self.atomic.post(path, json={"atomic:operations": list(operations)})

    def results(self, *operations: Any) -> list[dict[str, Any]]:
        """Send operations that succeed and return their results."""
        response = self.send(*operations)
        assert response.status_code == 200, response
        found: list[dict[str, Any]] = response.json["atomic:results"]
        return found

    def author(self, name: str = "Ada") -> str:
        """Create an author and return their id."""
        return str(self.results(add_author(name))[0]["data"]["id"])

    def article(self, title: str = "Lamps", **members: Any) -> str:
        """Create an article and return its id."""
        return str(self.results(add_article(title, **members))[0]["data"]["id"])

    def titles(self) -> list[str]:
        """Return the titles of all articles, sorted."""
        response = self.client.get("/articles")
        assert response.status_code == 200, response
        return sorted(each["attributes"]["title"] for each in response.json["data"])

    def author_of(self, article: str) -> str | None:
        """Return the id of the author of an article."""
        data = self.client.get(f"/articles/{article}/relationships/author").json["data"]
        return None if data is None else str(data["id"])


def add_author(name: str = "Ada", **members: Any) -> dict[str, Any]:
    """Return the operation that creates an author."""
    email = f"{name.lower()}@example.org"
    attributes = {"name": name, "email": email, "joinedOn": "2020-01-02"}
    return {"op": "add", "data": {"type": "authors", "attributes": attributes, **members}}


def add_article(title: str = "Lamps", **members: Any) -> dict[str, Any]:
    """Return the operation that creates an article."""
    attributes = {"title": title, "body": "It shines."}
    return {"op": "add", "data": {"type": "articles", "attributes": attributes, **members}}


@pytest.fixture
def open_magazine(glue_deployment: Callable[..., Deployment]) -> Callable[..., Magazine]:
    """Make a magazine, with settings of the extension and further sources."""

    def make(settings: Mapping[str, Any] | None = None, *sources: Any) -> Magazine:
        plugins = {"plugins": {"json_api_atomic": dict(settings or {})}}
        deployment = glue_deployment(
            (*installed(*DISTRIBUTIONS, "json_api_atomic"), *sources), settings=plugins
        )
        migrate(deployment.services.database, deployment.migrations)
        return Magazine(deployment)

    return make


@pytest.fixture
def magazine(open_magazine: Callable[..., Magazine]) -> Magazine:
    """An empty magazine."""
    return open_magazine()


@pytest.fixture
def new_author() -> Callable[..., dict[str, Any]]:
    """Return what makes the operation that creates an author."""
    return add_author


@pytest.fixture
def new_article() -> Callable[..., dict[str, Any]]:
    """Return what makes the operation that creates an article."""
    return add_article
