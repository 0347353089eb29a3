"""Customers with tokens of the authorization server: when they stop counting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from glue_core.testing import Client, assert_error, installed

Shop = Any
PASSWORD = "Correct-horse-1"
NEW = "Better-horse-22"
OAUTH = ("oauth", "oauth_api")


@pytest.fixture
def shop(open_shop: Callable[..., Shop]) -> Shop:
    """A storefront in which the authorization server checks tokens."""
    settings = {
        # The server of the tests recognises every token, so it steps back.
        "applications": {"storefront_api": {"authentication_servers": ["oauth"]}},
        # A worker may remember for a second that somebody was still who they were.
        "plugins": {"oauth": {"revocation_seconds": 0, "algorithm": "ES256"}},
    }
    return open_shop(*installed(*OAUTH), settings=settings)


def log_in(shop: Shop, password: str = PASSWORD) -> str:
    """Return an access token."""
    sent = {"grant_type": "password", "username": "ada@example.com", "password": password}
    answer = shop.plain.post(
        "/token",
        body=urlencode(sent).encode(),
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 200, answer
    return str(answer.json["access_token"])


def as_(shop: Shop, token: str) -> Client:
    """Return a client that sends a token."""
    client: Client = shop.as_(token)
    return client


def test_registered_customer_logs_in(shop: Shop, registration: dict[str, Any]) -> None:
    """Whoever registers and confirms the address logs in, and sees themselves."""
    shop.send("POST", "/customers", registration)
    (event,) = (e for e in shop.events() if e.name == "customers.confirmation-requested")
    shop.send("POST", "/customer-confirmation", {"registrationKey": event.payload["key"]})

    listed = as_(shop, log_in(shop)).get("/customers").json["data"]
    assert [each["attributes"]["email"] for each in listed] == ["ada@example.com"]


def test_other_password_ends_tokens(shop: Shop) -> None:
    """Tokens from before the change of the password prove nothing after it."""
    ada = shop.customer()
    token = log_in(shop)
    change = {"password": PASSWORD, "newPassword": NEW, "confirmPassword": NEW}

    answer = shop.send("PATCH", f"/customer-password/{ada}", change, as_=token)
    assert answer.status_code == 204, answer
    assert_error(as_(shop, token).get("/customers"), 401, "001")


def test_other_address_ends_tokens(shop: Shop) -> None:
    """Tokens from before the change of the address prove nothing; one confirms the new address."""
    ada = shop.customer()
    token = log_in(shop)
    shop.events()

    answer = shop.send("PATCH", f"/customers/{ada}", {"email": "ada@example.org"}, as_=token)
    assert answer.status_code == 200, answer
    assert_error(as_(shop, token).get("/customers"), 401, "001")
    assert shop.login("ada@example.org") is None
    (event,) = (e for e in shop.events() if e.name == "customers.confirmation-requested")
    shop.send("POST", "/customer-confirmation", {"registrationKey": event.payload["key"]})
    assert shop.login("ada@example.org") is not None
    assert_error(as_(shop, token).get("/customers"), 401, "001")


def test_restored_password_ends_tokens(shop: Shop) -> None:
    """The same where the password was restored by a mail."""
    shop.customer()
    token = log_in(shop)
    sent = {"restorePasswordKey": shop.restore_key(), "password": NEW, "confirmPassword": NEW}

    assert shop.send("PATCH", "/customer-restore-password/x", sent).status_code == 204
    assert_error(as_(shop, token).get("/customers"), 401, "001")


def test_end_of_a_customer_ends_tokens(shop: Shop) -> None:
    """Tokens of a customer who was anonymised prove nothing."""
    ada = shop.customer()
    token = log_in(shop)

    assert as_(shop, token).delete(f"/customers/{ada}").status_code == 204
    assert_error(as_(shop, token).get("/customers"), 401, "001")


def test_nobody_sees_others_with_a_token(shop: Shop) -> None:
    """A token of one customer shows no other."""
    shop.customer()
    bo = shop.customer("bo@example.com")

    assert_error(as_(shop, log_in(shop)).get(f"/customers/{bo}"), 404, "402")
