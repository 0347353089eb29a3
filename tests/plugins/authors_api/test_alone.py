"""Authors where nobody installed articles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from glue_core.migrating import migrate
from glue_core.testing import Client, Deployment, assert_error, installed


def test_authors_need_no_articles(glue_deployment: Callable[..., Deployment]) -> None:
    """Without the other distribution an author is a resource without relationships."""
    names = ("magazine_api", "json_api", "magazine", "authors_api")
    deployment = glue_deployment(installed(*names))
    migrate(deployment.services.database, deployment.migrations)
    client = Client(deployment.applications["magazine_api"]).json_api
    attributes = {"name": "Ada", "email": "ada@example.org", "joinedOn": "2020-01-02"}
    data: dict[str, Any] = {"type": "authors", "attributes": attributes}
    created = client.post("/authors", json={"data": data})
    assert created.status_code == 201, created

    assert "relationships" not in client.get("/authors").json["data"][0]
    data["relationships"] = {"articles": {"data": []}}
    refused = client.post("/authors", json={"data": data})
    assert_error(refused, 422, "901", pointer="/data/relationships/articles")
