"""The magazine beside the storefront: two applications of one process, each with its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core.host import Host
from glue_core.migrating import migrate
from glue_core.testing import (
    Client,
    Deployment,
    assert_collection,
    assert_error,
    installed,
)

MAGAZINE = ("magazine_api", "json_api", "magazine", "articles_api", "authors_api")
SHOP = ("storefront_api", "stores", "stores_api")
AUTHOR = {"name": "Ada", "email": "ada@example.org", "joinedOn": "2020-01-02"}


@pytest.fixture
def both(glue_deployment: Callable[..., Deployment]) -> Deployment:
    """A deployment of both applications."""
    deployment = glue_deployment(installed(*MAGAZINE, *SHOP))
    migrate(deployment.services.database, deployment.migrations)
    return deployment


def client_of(deployment: Deployment, application: str) -> Client:
    """Return a client that reaches one application through the host."""
    return Client(Host(deployment), {"host": f"{application}.localhost"}).json_api


def test_each_application_serves_its_own(both: Deployment) -> None:
    """One process answers for both, by the name of the host."""
    assert_collection(client_of(both, "magazine_api").get("/articles"), [])
    assert_collection(client_of(both, "storefront_api").get("/stores"), [])


@pytest.mark.parametrize(
    ("application", "path"),
    [
        ("storefront_api", "/articles"),
        ("storefront_api", "/authors"),
        ("storefront_api", "/articles/1/author"),
        ("magazine_api", "/stores"),
        ("magazine_api", "/stores/DE"),
    ],
)
def test_neither_sees_the_resources_of_the_other(
    both: Deployment, application: str, path: str
) -> None:
    """A resource of another application does not exist."""
    response = client_of(both, application).get(path)

    assert response.status_code == 404, response
    assert response.json["errors"][0]["code"] in ("007", "009")


def test_types_of_the_other_are_unknown(both: Deployment) -> None:
    """Neither in a sparse fieldset nor in an include: the answer is that of a made-up name."""
    magazine = client_of(both, "magazine_api")

    for query in ("fields[{}]=name", "include={}"):
        theirs, made_up = (
            magazine.get(f"/articles?{query.format(name)}") for name in ("stores", "nonsense")
        )
        assert_error(theirs, 400, "012")
        assert theirs.text.replace("stores", "nonsense") == made_up.text


def test_the_magazine_speaks_the_strict_specification(both: Deployment) -> None:
    """The dialect of existing shop front ends is the storefront's alone."""
    client = client_of(both, "magazine_api")
    created = client.post("/authors", json={"data": {"type": "authors", "attributes": AUTHOR}})
    document: dict[str, Any] = created.json
    missing = client.get("/articles/1").json["errors"][0]

    assert created.status_code == 201
    assert document["jsonapi"]["version"] == "1.1"
    assert missing["status"] == "404"
    assert "message" not in missing


def test_the_storefront_needs_no_database(glue_deployment: Callable[..., Deployment]) -> None:
    """What the magazine may reach is declared by it, and does not widen what others may."""
    deployment = glue_deployment(installed(*MAGAZINE, *SHOP))
    declared = {
        name: each.application.services for name, each in deployment.registry.applications.items()
    }

    assert set(declared["magazine_api"]) == {"database", "storage", "search", "broker"}
    assert set(declared["storefront_api"]) == {"storage", "search"}
