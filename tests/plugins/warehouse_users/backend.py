"""A backend with users who log in, for tests of whole requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from glue_catalog import CatalogWriter, Warehouse, WarehouseReader
from glue_core.migrating import migrate
from glue_core.registry.discovery import Source
from glue_core.testing import Client, Deployment, installed
from glue_users import User, UserDraft, UserWriter
from glue_warehouse_users import Assignment, AssignmentDraft, WarehouseAssignments

DISTRIBUTIONS = (
    *("backend_api", "json_api", "api_keys", "oauth", "oauth_backend_api", "stores", "catalog"),
    *("users", "users_backend_api", "warehouse_users", "warehouse_user_assignments_backend_api"),
    "warehouse_tokens_backend_api",
)
PASSWORD = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend with a user of the office, Ada and Ben of warehouses, and two warehouses.

    Attributes:
        deployment: The deployment.
        users: The users by name.
        warehouses: The warehouses by name.
    """

    deployment: Deployment
    users: dict[str, User]
    warehouses: dict[str, Warehouse]

    def token(self, name: str) -> str:
        """Log a user in and return the token."""
        client = Client(self.deployment.applications["backend_api"])
        form = {"grant_type": "password", "username": f"{name}@example.com", "password": PASSWORD}
        answer = client.post(
            "/token",
            body=urlencode(form).encode(),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        assert answer.status_code == 200, answer
        return str(answer.json["access_token"])

    def plain(self, name: str | None = None, *, token: str | None = None) -> Client:
        """Return a client of a user, or with a token, or of nobody, that speaks plain JSON."""
        token = self.token(name) if name is not None else token
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        return Client(self.deployment.applications["backend_api"], headers)

    def client(self, name: str | None = None, *, token: str | None = None) -> Client:
        """Return such a client that speaks JSON:API."""
        return self.plain(name, token=token).json_api

    def assign(self, name: str, warehouse: str, is_active: bool = False) -> Assignment:
        """Assign a user to a warehouse."""
        draft = AssignmentDraft(self.users[name].uuid, self.warehouses[warehouse].uuid, is_active)
        with self.deployment.services.database.work() as work:
            assignments = self.deployment.features.get(WarehouseAssignments)
            return assignments.create([draft], work)[0]


def open_backend(
    glue_deployment: Callable[..., Deployment],
    sources: Iterable[Source] = (),
    **settings: Any,
) -> Backend:
    """Make a backend over an empty database, with further plugins and settings."""
    # Keys for RSA, the default, take long to make.
    plugins = dict(settings.pop("plugins", {}))
    plugins["oauth"] = {"algorithm": "ES256", **plugins.get("oauth", {})}
    deployment = glue_deployment(
        [*installed(*DISTRIBUTIONS), *sources], settings={**settings, "plugins": plugins}
    )
    database, features = deployment.services.database, deployment.features
    migrate(database, deployment.migrations)
    with database.work() as work:
        users = {
            name: features.get(UserWriter).create(
                UserDraft(
                    f"{name}@example.com",
                    name.capitalize(),
                    "Berg",
                    PASSWORD,
                    is_warehouse_user=name != "office",
                ),
                work,
            )
            for name in ("office", "ada", "ben")
        }
        features.get(CatalogWriter).put_warehouses({"North": True, "South": True}, work)
        warehouses = features.get(WarehouseReader).of_names(["North", "South"], work)
    return Backend(deployment, users, warehouses)
