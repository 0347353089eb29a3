"""The backend with both authentication servers installed, of which a setting chooses."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from glue_core.testing import Client, Deployment, assert_error, installed
from tests.oidc.backend import DISTRIBUTIONS, Backend, populate, settings_of

AUDIENCE = "https://api.example.com"
Open = Callable[..., Backend]


@pytest.fixture
def backend_of(glue_deployment: Callable[..., Deployment], provider: Any) -> Open:
    """Open the backend over one database, with the servers that it chooses."""
    is_empty = True

    def make(*servers: str, plugins: tuple[str, ...] = ()) -> Backend:
        nonlocal is_empty
        deployment = glue_deployment(
            installed(*DISTRIBUTIONS, *plugins), settings=settings_of(provider.url, [*servers])
        )
        if is_empty:
            populate(deployment)
            is_empty = False
        return Backend(deployment)

    return make


@pytest.fixture
def theirs(provider: Any, rsa: Any) -> str:
    """A token of the provider for an administrator."""
    claims = {
        "iss": provider.url,
        "aud": AUDIENCE,
        "sub": "ann",
        "scope": "glue.admin",
        "exp": int(time.time()) + 300,
    }
    return str(rsa.sign(claims, "RS256"))


def test_the_setting_alone_switches(backend_of: Open, theirs: str) -> None:
    """Tokens of each server count where it is chosen and only there, also after a way back."""
    built_in = backend_of("oauth")
    own = built_in.own_token()
    seen = {}
    for name, backend in (
        ("oauth", built_in),
        ("oidc", backend_of("oidc")),
        ("both", backend_of("oauth", "oidc")),
        ("all", backend_of()),
        ("back", backend_of("oauth")),
    ):
        seen[name] = (backend.products(own).status_code, backend.products(theirs).status_code)

    assert seen == {
        "oauth": (200, 401),
        "oidc": (401, 200),
        "both": (200, 200),
        "all": (200, 200),
        "back": (200, 401),
    }


def test_a_backend_that_switched_issues_no_tokens(backend_of: Open) -> None:
    """The right password gets none either: the provider logs people in now."""
    response = backend_of("oidc").ask_for_token()

    error = assert_error(response, 400, "unsupported_grant_type")
    assert error["message"] == 'Grant type "password" not found'


@pytest.mark.parametrize(
    "path", ["/authorize", "/.well-known/oauth-authorization-server", "/.well-known/jwks.json"]
)
def test_a_backend_that_switched_has_no_sign_in(backend_of: Open, path: str) -> None:
    """The routes of a server that is not chosen are not there, and come back with it."""

    def ask(*servers: str) -> int:
        client = Client(backend_of(*servers).deployment.applications["backend_api"])
        return client.get(path).status_code

    assert (ask("oidc"), ask("oauth") == 404) == (404, False)


def test_a_backend_that_switched_gives_warehouses_no_tokens(backend_of: Open, theirs: str) -> None:
    """A place that asks for tokens in the name of its caller is told the same."""
    backend = backend_of("oidc", plugins=("warehouse_users", "warehouse_tokens_backend_api"))
    client = Client(backend.deployment.applications["backend_api"]).json_api

    response = client.post(
        "/warehouse-tokens",
        json={"data": {"type": "warehouse-tokens", "attributes": {}}},
        headers={"authorization": f"Bearer {theirs}"},
    )

    assert_error(response, 400, "unsupported_grant_type")
