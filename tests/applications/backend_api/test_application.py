"""The backend application: every service, and protected unless declared public."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

import glue_backend_api
import glue_storefront_api
from glue_core import (
    PUBLIC,
    ConfigurationError,
    Features,
    GlueApiContext,
    GlueResponse,
    Operation,
    Services,
)
from glue_core.registry import discovery
from glue_core.testing import Client, Deployment, in_memory, installed

Deploy = Callable[..., Deployment]

PARTS = ("storefront_api", "backend_api", "oauth", "oauth_backend_api", "users", "customers")


def test_every_service_is_in_reach() -> None:
    """Backend plugins reach database, broker, storage, search and sessions."""
    assert set(glue_backend_api.BACKEND_API.services) == {
        "database",
        "storage",
        "search",
        "broker",
        "session",
    }


@pytest.mark.parametrize("service", ["database", "broker", "session"])
def test_storefront_plugins_reach_no_backend_service(glue_deployment: Deploy, service: str) -> None:
    """What backend plugins are given is out of reach for those of the storefront."""
    seen: dict[str, Services] = {}

    def look(services: Services, features: Features) -> list[Operation]:
        seen["services"] = services
        return []

    for application in ("backend_api", "storefront_api"):
        glue_deployment(
            [
                *installed(*PARTS),
                in_memory(f"glue.plugins.{application}", "looks", glue_resources=look),
            ]
        )
        if application == "backend_api":
            assert seen["services"].open(service) is not None
        else:
            with pytest.raises(
                ConfigurationError, match=f"does not declare the service '{service}'"
            ):
                seen["services"].open(service)


def test_storefront_loads_no_backend_plugin(glue_deployment: Deploy) -> None:
    """A process that serves the storefront alone imports nothing of the backend's."""
    deployment = glue_deployment(installed(*PARTS), only="storefront_api")
    loaded = {
        each.source.group for each in deployment.registry.applications["storefront_api"].plugins
    }

    assert "glue.plugins.backend_api" not in loaded


def test_operation_that_declares_nothing_is_protected(glue_deployment: Deploy) -> None:
    """Secure by default: what says nothing is for back-office users, what is public says so."""

    def resources() -> list[Operation]:
        return [
            Operation("get", lambda: GlueResponse(), "secrets"),
            Operation("get", lambda: GlueResponse(), "leaflets", protection=PUBLIC),
        ]

    plugin = in_memory("glue.plugins.backend_api", "own", glue_resources=resources)
    deployment = glue_deployment([*installed(*PARTS), plugin])
    client = Client(deployment.applications["backend_api"])

    assert client.get("/secrets/1").status_code == 401
    assert client.get("/leaflets/1").status_code == 200


def test_installed_backend_has_no_open_operation_but_these(glue_deployment: Deploy) -> None:
    """Whatever is installed, only sign-in and health are open in the backend."""
    deployment = glue_deployment(discovery.installed(), only="backend_api")
    registry = deployment.registry.applications["backend_api"]
    assert registry.access is not None
    opened = {
        each.value.path
        for each in registry.operations
        if all(guard.is_public for guard in registry.access.protections_of(each.value))
    }

    assert opened == {
        "/.well-known/jwks.json",
        "/.well-known/oauth-authorization-server",
        "/authorize",
        "/health-check",
        "/token",
        "/token/introspect",
        "/token/revoke",
    }, json.dumps(sorted(opened))


@pytest.mark.parametrize(
    ("host", "serves"),
    [("backend_api.localhost", True), ("backend-api.shop.example", True), ("shop.example", False)],
)
def test_host_begins_with_its_name(host: str, serves: bool) -> None:
    """Without settings the first label of the host selects it, and not the storefront."""
    context = GlueApiContext(host, "/", "GET")

    assert glue_backend_api.BACKEND_API.serves(context) is serves
    assert not (serves and glue_storefront_api.STOREFRONT_API.serves(context))
