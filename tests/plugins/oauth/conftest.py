"""A deployment with customers and users who can log in, and an application for each."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from glue_core import (
    GlueRequest,
    GlueResponse,
    Operation,
    Protection,
    RequestFlowAwareApiApplication,
)
from glue_core.migrating import migrate
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, in_memory, installed
from glue_core.testing.client import Response
from glue_customers import CustomerDraft, CustomerWriter
from glue_oauth import ClientDraft, ClientRegistry
from glue_users import UserDraft, UserWriter

CUSTOMER, USER, WAREHOUSE_USER = "sonia@example.com", "admin@example.com", "worker@example.com"
PASSWORD = "correct horse battery"
REDIRECT = "https://client.example/signed-in"
QUICK_ALGORITHM = "ES256"
"""Algorithm of the keys, where a test is not about it: those for RSA take long to make."""


def who(request: GlueRequest) -> GlueResponse:
    """Tell who asks."""
    identity = request.identity
    told: dict[str, Any] = {"kind": None}
    if identity is not None:
        told = {
            "kind": identity.kind,
            "natural": identity.natural_identifier,
            "surrogate": identity.surrogate_identifier,
            "scopes": identity.scopes,
            "client": identity.client,
        }
    return GlueResponse(content=orjson.dumps(told), format="application/json")


def routes(name: str) -> Source:
    """Return a plugin that tells who asks: at ``/who`` everybody, at ``/known`` who is known."""
    return in_memory(
        f"glue.plugins.{name}",
        f"{name}_who",
        glue_route_providers=lambda: [
            Operation("get", who, "/who", protection=Protection(())),
            Operation("get", who, "/known", protection=Protection()),
        ],
    )


BACKEND = RequestFlowAwareApiApplication("backend_api", services=("database",))
PLUGINS = (
    *installed("storefront_api", "json_api", "oauth", "oauth_api", "oauth_backend_api"),
    *installed("customers", "users"),
    in_memory("glue.applications", "backend_api", BACKEND),
    routes("storefront_api"),
    routes("backend_api"),
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A deployment, and what the tests do with it."""

    deployment: Deployment
    storefront: Client
    backend: Client

    def token(self, client: Client | None = None, /, **parameters: str) -> Response:
        """Ask for a token with a form."""
        return form(client or self.storefront, "/token", parameters)

    def log_in(
        self, client: Client | None = None, username: str = CUSTOMER, **more: str
    ) -> dict[str, Any]:
        """Log in with a password and return the tokens."""
        answer = self.token(
            client, grant_type="password", username=username, password=PASSWORD, **more
        )
        assert answer.status_code == 200, answer
        found: dict[str, Any] = answer.json
        return found

    def register(self, **draft: Any) -> tuple[str, str]:
        """Register a client and return its id and secret."""
        with self.deployment.services.database.work() as work:
            made = self.deployment.features.get(ClientRegistry).create(
                ClientDraft(**{"name": "Test", **draft}), work
            )
        return made.client.id, made.secret or ""


def form(
    client: Client,
    path: str,
    parameters: Mapping[str, str],
    basic: tuple[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Send a form."""
    sent = {"content-type": "application/x-www-form-urlencoded", **(headers or {})}
    if basic is not None:
        sent["authorization"] = "Basic " + base64.b64encode(":".join(basic).encode()).decode()
    return client.post(path, body=urlencode(parameters).encode(), headers=sent)


def bearer(token: str) -> dict[str, str]:
    """Return the header of a token."""
    return {"authorization": f"Bearer {token}"}


def populate(deployment: Deployment) -> None:
    """Migrate, and let a customer and two users log in."""
    migrate(deployment.services.database, deployment.migrations)
    features = deployment.features
    with deployment.services.database.work() as work:
        customer = CustomerDraft(CUSTOMER, "Sonia", "Wagner", PASSWORD)
        made = features.get(CustomerWriter).register(customer, work)
        assert made.confirmation_key is not None
        features.get(CustomerWriter).confirm(made.confirmation_key, work)
        for name, is_warehouse in ((USER, False), (WAREHOUSE_USER, True)):
            draft = UserDraft(name, "A", "B", PASSWORD, is_warehouse_user=is_warehouse)
            features.get(UserWriter).create(draft, work)


MakeShop = Callable[..., Shop]


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with people in it, made once: passwords are slow to hash."""
    folder = tmp_path_factory.mktemp("populated")
    settings = {"services": {"database": f"sqlite:///{folder}/database.sqlite"}}
    with Deployment(settings, PLUGINS, serving=False) as deployment:
        populate(deployment)
    return folder / "database.sqlite"


@pytest.fixture
def make_shop(
    glue_deployment: Callable[..., Deployment], populated: Path, tmp_path: Path
) -> MakeShop:
    """Make a shop; ``settings`` are those of the server, ``plugins`` come in addition.

    A setting that is None has its default.
    """

    def make(
        settings: Mapping[str, Any] | None = None,
        plugins: Sequence[Source] = (),
        *,
        is_empty: bool = True,
        **tables: Any,
    ) -> Shop:
        own = {"algorithm": QUICK_ALGORITHM, **(settings or {})}
        own = {name: value for name, value in own.items() if value is not None}
        whole = {"plugins": {"oauth": own}, **tables}
        if is_empty and "database" not in tables.get("services", {}):
            shutil.copy(populated, tmp_path / "database.sqlite")
        deployment = glue_deployment([*PLUGINS, *plugins], settings=whole)
        if is_empty and "database" in tables.get("services", {}):
            populate(deployment)
        return Shop(
            deployment,
            Client(deployment.applications["storefront_api"]),
            Client(deployment.applications["backend_api"]),
        )

    return make


@pytest.fixture
def shop(make_shop: MakeShop) -> Shop:
    """A shop with the default settings."""
    return make_shop()


@pytest.fixture
def rsa_shop(make_shop: MakeShop) -> Shop:
    """A shop with the default settings that makes keys of the default algorithm."""
    return make_shop({"algorithm": None})
