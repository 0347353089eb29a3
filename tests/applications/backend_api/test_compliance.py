"""The backend with every plugin of its own against the rules for every application."""

from __future__ import annotations

import pytest

from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    AuthenticationServer,
    Identity,
    InvalidToken,
)
from glue_core.testing import in_memory, installed
from glue_core.testing.applications import ApplicationCompliance, ApplicationSample

PLUGINS = (
    *("backend_api", "json_api", "json_api_atomic", "hal"),
    *("catalog", "customers", "stores", "oauth", "users", "warehouse_users"),
    *("products_backend_api", "users_backend_api", "oauth_backend_api"),
    *("warehouse_tokens_backend_api", "warehouse_user_assignments_backend_api"),
)
PUBLIC = (
    "/.well-known/jwks.json.get",
    "/.well-known/oauth-authorization-server.get",
    "/authorize.get",
    "/authorize.post",
    "/token.post",
    "/token/introspect.post",
    "/token/revoke.post",
)


class Office:
    """Takes one token, that of an administrator of the back office."""

    name = "office"

    def recognises(self, token: str) -> bool:
        """Recognise the word."""
        return token == "office"

    def identify(self, token: str, application: str) -> Identity:
        """Name the administrator."""
        if token != "office":
            raise InvalidToken("nobody has this token")
        scopes = ("user", "back-office-user")
        return Identity("user", "admin@example.com", 1, scopes, via=self.name)

    def takes(self, request: AuthenticationRequest) -> bool:
        """Issue nothing."""
        return False

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Issue nothing."""
        raise NotImplementedError


def servers() -> list[AuthenticationServer]:
    """Contribute the server."""
    return [Office()]


class TestBackend(ApplicationCompliance):
    """The backend follows the rules, and nothing in it is open by mistake."""

    @pytest.fixture
    def sample(self) -> ApplicationSample:
        """Say which plugins it has, and what everybody may call."""
        office = in_memory(
            "glue.plugins.backend_api", "office", glue_authentication_servers=lambda: servers()
        )
        return ApplicationSample(
            "backend_api",
            (*installed(*PLUGINS), office),
            headers={"authorization": "Bearer office"},
            public=PUBLIC,
        )
