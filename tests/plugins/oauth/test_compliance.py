"""The authorization server against the rules for every authentication server."""

from __future__ import annotations

import time

import pytest
from joserfc.jwk import ECKey

from glue_core import AuthenticationServer
from glue_core.testing.authentication import AuthenticationServerCompliance, ServerSample
from glue_oauth import OauthServer
from tests.plugins.oauth.conftest import CUSTOMER, PASSWORD, Shop
from tests.plugins.oauth.test_access import signed


class TestOauth(AuthenticationServerCompliance):
    """The authorization server follows the rules, with the password grant."""

    @pytest.fixture
    def server(self, shop: Shop) -> AuthenticationServer:
        """Return the server of a shop with customers."""
        return shop.deployment.features.get(OauthServer)

    @pytest.fixture
    def sample(self, shop: Shop) -> ServerSample:
        """Let a customer log in."""
        request = {"grant_type": "password", "username": CUSTOMER, "password": PASSWORD}
        reference = shop.storefront.get(
            "/who", headers={"authorization": f"Bearer {shop.log_in()['access_token']}"}
        ).json["natural"]
        return ServerSample(
            "storefront_api",
            kind="customer",
            natural_identifier=reference,
            request=request,
            expired=signed(shop, {"exp": time.time() - 3600}),
            other_application="backend_api",
            forged=(signed(shop, {}, key=ECKey.generate_key("P-256")),),
            refused={
                "invalid_grant": {**request, "password": "a wrong password"},
                "invalid_scope": {**request, "scope": "everything"},
                "invalid_client": {**request, "client_id": "nobody"},
            },
        )
