"""The tokens of a provider against the rules for every authentication server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from glue_core import AuthenticationServer
from glue_core.testing.authentication import AuthenticationServerCompliance, ServerSample
from glue_oidc.server import OidcServer
from tests.plugins.oidc.conftest import NOW, SigningKey


class TestOidc(AuthenticationServerCompliance):
    """The server follows the rules; it issues nothing."""

    @pytest.fixture
    def server(self, server_of: Callable[..., OidcServer]) -> AuthenticationServer:
        """Return a server of a provider with one key."""
        return server_of()

    @pytest.fixture
    def sample(
        self,
        token_of: Callable[..., str],
        claims_of: Callable[..., dict[str, object]],
        other_rsa: SigningKey,
    ) -> ServerSample:
        """Give tokens of the provider, and one of somebody who has its key's name."""
        return ServerSample(
            "backend_api",
            kind="user",
            natural_identifier="somebody",
            token=token_of(),
            expired=token_of(exp=NOW - 3600, iat=NOW - 7200),
            forged=(other_rsa.sign(claims_of(), "RS256"), token_of(aud="https://other.example")),
        )
