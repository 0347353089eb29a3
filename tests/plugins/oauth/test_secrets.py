"""Nothing secret is in a log, or in what Python shows of a value."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from glue_core import AuthenticationRequest, GrantRequest, TokenDraft
from glue_core import Subject as SubjectOfAToken
from glue_oauth import ClientDraft, ClientRegistry, TokenIssuer
from glue_oauth.plugin import ServerParts
from tests.plugins.oauth.conftest import CUSTOMER, PASSWORD, REDIRECT, MakeShop, Shop, bearer, form

SECRET = "a long enough secret"


def test_logs(make_shop: MakeShop, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the level, passwords, secrets, codes and tokens stay out of the log."""
    caplog.set_level(logging.DEBUG)
    shop = make_shop({"key_secret": SECRET, "revocation_seconds": 0})
    name, secret = shop.register(grants=("client_credentials", "password"), scopes=("customer",))
    tokens = shop.log_in()
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    second = shop.token(**again).json
    shop.token(**again)
    form(shop.backend, "/token", {"grant_type": "client_credentials"}, (name, secret))
    form(shop.backend, "/token", {"grant_type": "client_credentials"}, (name, "wrong-secret"))
    shop.token(grant_type="password", username=CUSTOMER, password="a-wrong-password")
    shop.token(grant_type="authorization_code", code="a-stolen-code", client_id=name)
    shop.storefront.get("/who", headers=bearer(tokens["access_token"]))
    shop.storefront.get("/who", headers=bearer("a.forged.token"))

    text = caplog.text
    secrets = [
        PASSWORD,
        SECRET,
        secret,
        "wrong-secret",
        "a-wrong-password",
        "a-stolen-code",
        "a.forged.token",
        "PRIVATE KEY",
        *(each[name] for each in (tokens, second) for name in ("access_token", "refresh_token")),
    ]
    assert "refused a token" in text
    assert [each for each in secrets if each in text] == []


def test_values(shop: Shop) -> None:
    """What is printed by accident shows no secret."""
    with shop.deployment.services.database.work() as work:
        made = shop.deployment.features.get(ClientRegistry).create(
            ClientDraft("Test", redirect_uris=(REDIRECT,)), work
        )
        draft = TokenDraft(SubjectOfAToken("x", {"id": 1}), ("a",), parameters={"a": PASSWORD})
        issued = shop.deployment.features.get(TokenIssuer).issue(draft, "backend_api", work)
        parameters = {"password": PASSWORD}
        asked = AuthenticationRequest("backend_api", parameters, client=("id", PASSWORD))
        grant = GrantRequest("backend_api", parameters, "glue", False, (), work)
        ring = shop.deployment.features.get(ServerParts).parts.keys.ring_in(work)
        shown = repr([made, draft, issued, asked, grant, ring, shop.deployment])

    hidden: list[Any] = [made.secret, PASSWORD, issued.access_token, issued.refresh_token]
    assert [each for each in hidden if each in shown] == []
    assert "Key" not in repr(ring).replace("KeySet", "")


def test_settings(make_shop: MakeShop) -> None:
    """The secret of the keys is not in what is shown of the rules."""
    shop = make_shop({"key_secret": SECRET})

    assert SECRET not in repr(shop.deployment.features.get(ServerParts).parts.rules)
