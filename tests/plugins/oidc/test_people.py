"""Callers who must be known to Glue: the users and customers that are in its database."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import (
    Deployment,
    Features,
    GlueRequest,
    GlueResponse,
    Operation,
    RequestFlowAwareApiApplication,
)
from glue_core.migrating import migrate
from glue_core.testing import Client, in_memory, installed
from glue_customers import CustomerDraft, CustomerWriter
from glue_users import UserDraft, UserReader, UserWriter

Call = Callable[..., Any]


def show_caller(request: GlueRequest) -> GlueResponse:
    """Answer by what name and number the caller is known."""
    identity = request.identity
    assert identity is not None
    shown = f"{identity.kind} {identity.natural_identifier} {identity.surrogate_identifier}"
    return GlueResponse(content=shown.encode(), format="text/plain")


@pytest.fixture
def deployment_of(
    glue_deployment: Callable[..., Deployment], provider: Any
) -> Callable[..., Deployment]:
    """Make a deployment whose application reaches no database, with people in it."""

    def make(**oidc: Any) -> Deployment:
        table = {"issuer": provider.url, "audience": ["https://api.example.com"], **oidc}
        operation = Operation("get", show_caller, "/caller")
        deployment = glue_deployment(
            [
                *installed("oidc", "users", "customers"),
                in_memory(
                    "glue.applications", "shop_api", RequestFlowAwareApiApplication("shop_api")
                ),
                in_memory(
                    "glue.plugins.shop_api", "caller", glue_route_providers=lambda: [operation]
                ),
            ],
            settings={
                "applications": {"shop_api": {"authentication_servers": ["oidc"]}},
                "plugins": {"oidc": table},
            },
        )
        migrate(deployment.services.database, deployment.migrations)
        _write_people(deployment)
        return deployment

    return make


def _write_people(deployment: Deployment) -> None:
    features: Features = deployment.features
    users, customers = features.get(UserWriter), features.get(CustomerWriter)
    with deployment.services.database.work() as work:
        if features.get(UserReader).every(work):
            return
        for name in ("ann@example.com", "gone@example.com"):
            user = users.create(UserDraft(name, "Ann", "Berg"), work)
        users.disable(user.uuid, work)
        for email in ("cem@example.com", "left@example.com"):
            key = customers.register(CustomerDraft(email, "Cem", "Berg"), work).confirmation_key
            customer = customers.confirm(str(key), work)
        customers.anonymise(customer.reference, work)
        customers.register(CustomerDraft("early@example.com", "Eve", "Berg"), work)


@pytest.fixture
def call(deployment_of: Callable[..., Deployment], provider: Any, rsa: Any) -> Call:
    """Call with a token whose subject is a name, by settings."""

    def make(**oidc: Any) -> Callable[..., Any]:
        client = Client(deployment_of(**oidc).applications["shop_api"])

        def ask(name: str, **claims: Any) -> str:
            now = int(time.time())
            token = rsa.sign(
                {
                    "iss": provider.url,
                    "aud": "https://api.example.com",
                    "sub": name,
                    "exp": now + 300,
                    **claims,
                },
                "RS256",
            )
            response = client.get("/caller", headers={"Authorization": f"Bearer {token}"})
            return response.text if response.status_code == 200 else str(response.status_code)

        return ask

    return make


def test_a_user_is_known_by_the_username(call: Call) -> None:
    """An active user is let in, in whatever case the provider writes the name."""
    ask = call(lookup="user")

    assert ask("Ann@Example.com") == "user ann@example.com 1"
    assert ask("gone@example.com") == "401"
    assert ask("cem@example.com") == "401"
    assert ask("nobody@example.com") == "401"
    assert ask("\0") == "401"


def test_a_customer_is_known_by_the_address(call: Call) -> None:
    """Who confirmed the address is let in; who registered with it and never did is somebody else.

    The application reaches no database itself: the lookup is a feature.
    """
    ask = call(lookup="customer", kind="customer")

    assert ask("cem@example.com").startswith("customer ")
    assert ask("cem@example.com").endswith(" 1")
    assert ask("early@example.com") == "401"
    assert ask("left@example.com") == "401"
    assert ask("ann@example.com") == "401"


def test_a_customer_may_be_known_by_the_reference(call: Call) -> None:
    """A provider that keeps the reference need not know the address."""
    reference = call(lookup="customer", kind="customer")("cem@example.com").split()[1]
    ask = call(lookup="customer", kind="customer", customer_by="reference")

    assert ask(reference) == f"customer {reference} 1"
    assert ask("cem@example.com") == "401"


def test_both_kinds_may_be_looked_up(call: Call) -> None:
    """Each caller is looked for among those of the kind that the token says."""
    ask = call(lookup="both", kind_claim="type", kinds={"staff": "user", "shopper": "customer"})

    assert ask("ann@example.com", type="staff").startswith("user ")
    assert ask("cem@example.com", type="shopper").startswith("customer ")
    assert ask("ann@example.com", type="shopper") == "401"
    assert ask("cem@example.com", type="staff") == "401"


def test_who_is_locked_out_is_so_at_once(
    deployment_of: Callable[..., Deployment], provider: Any, rsa: Any
) -> None:
    """A token that was verified a moment ago opens nothing for a user who is disabled."""
    deployment = deployment_of(lookup="user")
    client = Client(deployment.applications["shop_api"])
    claims = {
        "iss": provider.url,
        "aud": "https://api.example.com",
        "sub": "ann@example.com",
        "exp": int(time.time()) + 300,
    }
    headers = {"Authorization": f"Bearer {rsa.sign(claims, 'RS256')}"}
    assert client.get("/caller", headers=headers).status_code == 200

    users = deployment.features.get(UserWriter)
    with deployment.services.database.work() as work:
        user = deployment.features.get(UserReader).by_username("ann@example.com", work)
        assert user is not None
        users.disable(user.uuid, work)

    assert client.get("/caller", headers=headers).status_code == 401
