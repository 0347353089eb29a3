"""Sessions as a service of the deployment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueResponse,
    Operation,
    RequestFlowAwareApiApplication,
    Services,
)
from glue_core.services.engines import glue_service_engines
from glue_core.testing import Client, in_memory

APPLICATION = RequestFlowAwareApiApplication("shop", services=("session",), health_check=True)


def resources(services: Services) -> list[Operation]:
    """Return a place that counts how often a client came."""

    def visit(request: GlueRequest) -> GlueResponse:
        id_ = request.header("x-session") or services.session.create({"n": 0}, 60)
        count = (services.session.read(id_) or {"n": 0})["n"] + 1
        services.session.write(id_, {"n": count}, 60)
        return GlueResponse(content=f"{id_} {count}".encode())

    return [Operation("get", visit, "visits")]


PLUGINS = [
    in_memory("glue.applications", "shop", APPLICATION),
    in_memory("glue.plugins.shop", "visits", glue_resources=resources),
]


def test_plugin_reaches_sessions(glue_client: Callable[..., Client]) -> None:
    """An application that declares sessions has them, though it does not declare the storage."""
    client = glue_client(PLUGINS)
    id_, first = client.get("/visits/1").text.split()
    _, second = client.get("/visits/1", headers={"X-Session": id_}).text.split()

    assert (first, second) == ("1", "2")


def test_health_check_asks_sessions(glue_client: Callable[..., Client]) -> None:
    """The health check of an application asks its sessions as any other service."""
    client = glue_client(PLUGINS, settings={"applications": {"shop": {"health_check": True}}})
    (health,) = client.get("/health-check").json
    (report,) = health["healthCheckServiceResponses"]

    assert (report["name"], report["status"]) == ("session", True)


def test_undeclared_sessions_are_out_of_reach(glue_deployment: Callable[..., Any]) -> None:
    """An application that does not declare sessions has none."""
    deployment = glue_deployment()
    services = deployment.services.reachable_for("shop", ["storage"])

    with pytest.raises(ConfigurationError, match="'shop' does not declare the service 'session'"):
        services.session  # noqa: B018


def test_storage_holds_no_id(glue_deployment: Callable[..., Any]) -> None:
    """Who reads the storage finds a digest of the id, and not the id."""
    services: Services = glue_deployment().services
    id_ = services.session.create({}, 60)

    digest = hashlib.sha256(id_.encode()).hexdigest()
    assert list(services.storage.keys("")) == [f"glue:session:{digest}"]


def test_other_place_is_refused() -> None:
    """A URL that names another place than the storage says what to write."""
    services = Services({"session": "storage:///x"}, glue_service_engines())

    with pytest.raises(ConfigurationError, match=r"Write 'storage:' in 'services\.session'"):
        services.session  # noqa: B018
