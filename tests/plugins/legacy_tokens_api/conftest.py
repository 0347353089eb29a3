"""A shop with the old application and the storefront, and customers who can log in."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from glue_core.migrating import migrate
from glue_core.testing import Client, Deployment, Response, installed
from glue_customers import CustomerDraft, CustomerWriter

SONIA, BO, NEW = "sonia@example.com", "bo@example.com", "new@example.com"
PASSWORD = "Correct-horse-1"
CHALLENGE = 'Bearer realm="Access to shop API"'
ANONYMOUS = "x-anonymous-customer-unique-id"
PLUGINS = installed(
    "legacy_api",
    "legacy_tokens_api",
    "storefront_api",
    "json_api",
    "oauth",
    "oauth_api",
    "customers",
    "customers_api",
    "anonymous_customers_api",
)


@dataclass(frozen=True, slots=True)
class Shop:
    """A deployment, and what the tests do with it.

    Attributes:
        deployment: The deployment.
        legacy: A client of the old application.
        storefront: A client of the storefront.
    """

    deployment: Deployment
    legacy: Client
    storefront: Client

    def send(
        self, type_: str, attributes: Any, headers: Mapping[str, str | None] | None = None
    ) -> Response:
        """Create something at the old application."""
        body = {"data": {"type": type_, "attributes": attributes}}
        return self.legacy.post(f"/{type_}", json=body, headers=headers)

    def try_(self, username: str = SONIA, password: str = PASSWORD, **more: Any) -> Response:
        """Try to log in."""
        return self.send("access-tokens", {"username": username, "password": password}, **more)

    def log_in(self, username: str = SONIA) -> dict[str, Any]:
        """Log in and return the attributes of the tokens."""
        answer = self.try_(username)
        assert answer.status_code == 201, answer
        found: dict[str, Any] = answer.json["data"]["attributes"]
        return found

    def refresh(self, token: str) -> Response:
        """Ask for the next tokens."""
        return self.send("refresh-tokens", {"refreshToken": token})

    def form(
        self, fields: Mapping[str, str], headers: Mapping[str, str | None] | None = None
    ) -> Response:
        """Send a form to the old application, as a client does that knows no JSON:API."""
        sent = {"content-type": "application/x-www-form-urlencoded", "accept": "*/*"}
        return self.legacy.post(
            "/token", body=urlencode(fields).encode(), headers={**sent, **(headers or {})}
        )


def bearer(token: str) -> dict[str, str]:
    """Return the header of a token."""
    return {"authorization": f"Bearer {token}"}


def error_of(answer: Response) -> tuple[int, str | None, str]:
    """Return status, code and text of the only error of an answer."""
    (error,) = answer.json["errors"]
    assert error["status"] == answer.status_code
    return answer.status_code, error.get("code"), error["detail"]


@pytest.fixture(scope="session")
def populated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with customers in it, made once: passwords are slow to hash."""
    path = tmp_path_factory.mktemp("populated") / "database.sqlite"
    settings = {"services": {"database": f"sqlite:///{path}"}}
    with Deployment(settings, PLUGINS, serving=False) as deployment:
        migrate(deployment.services.database, deployment.migrations)
        writer = deployment.features.get(CustomerWriter)
        with deployment.services.database.work() as work:
            for email in (SONIA, BO, NEW):
                made = writer.register(CustomerDraft(email, "A", "B", PASSWORD), work)
                if email != NEW:
                    assert made.confirmation_key is not None
                    writer.confirm(made.confirmation_key, work)
    return path


MakeShop = Callable[..., Shop]


@pytest.fixture
def make_shop(
    glue_deployment: Callable[..., Deployment], populated: Path, tmp_path: Path
) -> MakeShop:
    """Make a shop with further plugins, and settings as tables."""

    def make(*plugins: Any, **tables: Any) -> Shop:
        shutil.copy(populated, tmp_path / "database.sqlite")
        settings = {"plugins": {"oauth": {"revocation_seconds": 0, "algorithm": "ES256"}}, **tables}
        deployment = glue_deployment([*PLUGINS, *plugins], settings=settings)
        return Shop(
            deployment,
            Client(deployment.applications["legacy_api"]).json_api,
            Client(deployment.applications["storefront_api"]),
        )

    return make


@pytest.fixture
def shop(make_shop: MakeShop) -> Shop:
    """A shop with the default settings."""
    return make_shop()
