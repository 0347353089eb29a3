"""The backend as a shop has it, with both authentication servers installed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from glue_core.migrating import migrate
from glue_core.testing import Client, Deployment, Response
from glue_users import UserDraft, UserWriter

DISTRIBUTIONS = (
    *("backend_api", "json_api", "api_keys", "oauth", "oauth_backend_api", "oidc"),
    *("stores", "catalog", "products_backend_api", "users", "users_backend_api"),
)
PLACE = "/product-abstract"
USER, PASSWORD = "petra@example.com", "correct horse battery"


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend over a database with one user in it."""

    deployment: Deployment

    @property
    def client(self) -> Client:
        """A client that speaks JSON:API and says nothing of who it is."""
        return Client(self.deployment.applications["backend_api"]).json_api

    def products(self, token: str) -> Response:
        """Ask for the products with a token."""
        return self.client.get(PLACE, headers={"authorization": f"Bearer {token}"})

    def ask_for_token(self) -> Response:
        """Ask the backend itself for a token, with the password of the user."""
        form = {"grant_type": "password", "username": USER, "password": PASSWORD}
        return Client(self.deployment.applications["backend_api"]).post(
            "/token",
            body=urlencode(form).encode(),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )

    def own_token(self) -> str:
        """Return a token of the built-in server."""
        answer = self.ask_for_token()
        assert answer.status_code == 200, answer
        return str(answer.json["access_token"])


def populate(deployment: Deployment) -> None:
    """Migrate, and let the user log in."""
    migrate(deployment.services.database, deployment.migrations)
    with deployment.services.database.work() as work:
        draft = UserDraft(USER, "Petra", "Lang", PASSWORD)
        deployment.features.get(UserWriter).create(draft, work)


def settings_of(issuer: str, servers: list[str], **oidc: Any) -> dict[str, Any]:
    """Return the settings of the backend: only ``servers`` says who checks tokens."""
    table = {
        "issuer": issuer,
        "audience": ["https://api.example.com"],
        "scopes": {"glue.admin": ["user", "back-office-user"]},
        **oidc,
    }
    return {
        "applications": {"backend_api": {"authentication_servers": servers}},
        "plugins": {"oidc": table},
    }
