"""Who asks at the old application: tokens of both applications, and what others are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from glue_core.migrating import migrate
from glue_core.testing import Client, Deployment, installed
from tests.plugins.legacy_tokens_api.conftest import (
    ANONYMOUS,
    BO,
    CHALLENGE,
    PASSWORD,
    SONIA,
    MakeShop,
    Shop,
    bearer,
    error_of,
)

NO_TOKEN = (403, "002", "Missing access token.")
BAD_TOKEN = (401, "001", "Invalid access token.")
TWO_CALLERS = (
    400,
    "005",
    "Headers request error. A user can't act as logged and not logged user at the same time.",
)
LOGIN = {"grant_type": "password", "username": SONIA, "password": PASSWORD}
PUBLIC_PATHS = ["/access-tokens", "/refresh-tokens", "/nowhere", "/customers"]
BAD_HEADERS = [
    "Bearer nonsense",
    "Bearer a.b.c",
    "Bearer",
    "nonsense",
    "Basic YTpi",
    "Bearer " + "x" * 9000,
]


@pytest.mark.parametrize("path", PUBLIC_PATHS)
@pytest.mark.parametrize("header", BAD_HEADERS, ids=lambda each: each[:20])
def test_bad_token(shop: Shop, path: str, header: str) -> None:
    """What is no valid token is 401 with the code 001 everywhere, and the bare challenge."""
    answer = shop.legacy.get(path, headers={"authorization": header})

    assert error_of(answer) == BAD_TOKEN
    assert answer.headers["www-authenticate"] == CHALLENGE


def test_realm_is_a_setting(make_shop: MakeShop) -> None:
    """The challenge names the realm of the settings, whoever answers the 401."""
    shop = make_shop(applications={"legacy_api": {"realm": "The shop"}})

    for answer in (
        shop.try_(SONIA, "wrong"),
        shop.refresh("unknown"),
        shop.legacy.get("/customers", headers=bearer("bad")),
    ):
        assert answer.headers["www-authenticate"] == 'Bearer realm="The shop"'


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/customers"),
        ("GET", "/customers/customer--1"),
        ("DELETE", "/customers/customer--1"),
        ("DELETE", "/refresh-tokens/mine"),
    ],
)
@pytest.mark.parametrize("headers", [{}, {ANONYMOUS: "guest"}], ids=["nobody", "guest"])
def test_no_token(shop: Shop, method: str, path: str, headers: dict[str, str]) -> None:
    """What is protected is 403 with the code 002 for who sends no token, without a challenge."""
    answer = shop.legacy.request(method, path, headers=headers)

    assert error_of(answer) == NO_TOKEN
    assert "www-authenticate" not in answer.headers


@pytest.mark.parametrize("path", PUBLIC_PATHS)
@pytest.mark.parametrize("is_good", [True, False])
def test_two_callers(shop: Shop, path: str, is_good: bool) -> None:
    """A token and the header of who has not logged in are 400, be the token good or not."""
    token = shop.log_in()["accessToken"] if is_good else "bad"

    answer = shop.legacy.get(path, headers={**bearer(token), ANONYMOUS: "guest"})
    assert error_of(answer) == TWO_CALLERS


@pytest.mark.parametrize("type_", ["access-tokens", "refresh-tokens"])
def test_order_of_checks(shop: Shop, type_: str) -> None:
    """The body comes first, then two callers, the token, the rules, and the endpoint."""
    token, both = bearer("bad"), {**bearer("bad"), ANONYMOUS: "guest"}

    def answer(attributes: Any, headers: dict[str, str]) -> tuple[int, str | None]:
        return error_of(shop.send(type_, attributes, headers))[:2]

    attributes: dict[str, Any] = {"username": SONIA, "password": "wrong", "refreshToken": "x"}
    assert answer("none", both) == (400, None)
    assert answer({}, both) == (400, "005")
    assert answer({}, token) == (401, "001")
    assert answer({**attributes, "password": "", "refreshToken": ""}, {}) == (422, "901")
    assert answer(attributes, {}) in ((401, "003"), (401, "004"))


def test_texts_are_constant(make_shop: MakeShop) -> None:
    """What is no text of the shop stays English, whatever language the request is in."""
    shop = make_shop(applications={"legacy_api": {"locales": ["en_US", "de_DE"]}})
    german = {"accept-language": "de"}

    assert error_of(shop.legacy.get("/customers", headers=german)) == NO_TOKEN
    bad = {**german, **bearer("bad")}
    assert error_of(shop.legacy.get("/customers", headers=bad)) == BAD_TOKEN
    assert error_of(shop.try_(SONIA, "wrong", headers=german))[1:] == (
        "003",
        "Failed to authenticate user.",
    )


# Tokens of both applications.


def test_token_of_the_storefront(shop: Shop) -> None:
    """Whoever logged in at the storefront is known here, and goes on here."""
    there = shop.storefront.post("/token", json=LOGIN).json

    answer = shop.legacy.get("/customers", headers=bearer(there["access_token"]))
    assert answer.json["data"][0]["id"] == "customer--1"
    assert shop.refresh(there["refresh_token"]).status_code == 201


def test_token_of_the_old_application(shop: Shop) -> None:
    """Whoever logged in here is known at the storefront, and goes on there."""
    here = shop.log_in()

    headers = bearer(here["accessToken"])
    assert shop.storefront.get("/customers", headers=headers).status_code == 200
    refresh = {"grant_type": "refresh_token", "refresh_token": here["refreshToken"]}
    assert shop.storefront.post("/token", json=refresh).status_code == 200


def test_applications_with_addresses_of_their_own(make_shop: MakeShop) -> None:
    """Tokens are good at both, also where each application names itself their issuer."""
    shop = make_shop(
        applications={
            "legacy_api": {"base_url": "https://glue.shop.example"},
            "storefront_api": {"base_url": "https://api.shop.example"},
        }
    )
    there = shop.storefront.post("/token", json=LOGIN).json["access_token"]
    here = shop.log_in()["accessToken"]

    assert shop.legacy.get("/customers", headers=bearer(there)).status_code == 200
    assert shop.storefront.get("/customers", headers=bearer(here)).status_code == 200


def test_applications_may_be_kept_apart(make_shop: MakeShop) -> None:
    """With an audience of its own the old application takes no other tokens than its own."""
    shop = make_shop(plugins={"oauth": {"audiences": {"legacy_api": "legacy_api"}}})
    there = shop.storefront.post("/token", json=LOGIN).json
    here = shop.log_in()

    answer = shop.legacy.get("/customers", headers=bearer(there["access_token"]))
    assert error_of(answer) == BAD_TOKEN
    assert error_of(shop.refresh(there["refresh_token"]))[1] == "004"
    headers = bearer(here["accessToken"])
    assert shop.legacy.get("/customers", headers=headers).status_code == 200
    assert shop.storefront.get("/customers", headers=headers).status_code == 401


def test_it_needs_no_storefront(glue_deployment: Callable[..., Deployment]) -> None:
    """The old application issues and checks tokens without the storefront's plugins."""
    names = ("legacy_api", "legacy_tokens_api", "oauth", "customers")
    deployment = glue_deployment(installed(*names))
    migrate(deployment.services.database, deployment.migrations)
    client = Client(deployment.applications["legacy_api"]).json_api
    data = {"type": "access-tokens", "attributes": {"username": SONIA, "password": "x"}}

    answer = client.post("/access-tokens", json={"data": data})
    assert error_of(answer) == (401, "003", "Failed to authenticate user.")


# The customer in the path.

MISSING = (404, "402", "Customer not found.")
REFUSED = (403, "411", "Unauthorized request.")
NEW_PASSWORD = {
    "password": PASSWORD,
    "newPassword": "Better-horse-22",
    "confirmPassword": "Better-horse-22",
}


@pytest.mark.parametrize("reference", ["customer--2", "customer--99"])
@pytest.mark.parametrize(
    ("method", "type_", "attributes", "expected"),
    [
        ("GET", "customers", None, MISSING),
        ("PATCH", "customers", {"firstName": "Eve"}, REFUSED),
        ("DELETE", "customers", None, REFUSED),
        ("PATCH", "customer-password", NEW_PASSWORD, REFUSED),
    ],
)
def test_another_customer(
    shop: Shop,
    reference: str,
    method: str,
    type_: str,
    attributes: Any,
    expected: tuple[int, str, str],
) -> None:
    """Another reference than that of the token is refused, be there such a customer or not."""
    body = {"data": {"type": type_, "id": reference, "attributes": attributes}}
    options: dict[str, Any] = {} if attributes is None else {"json": body}
    answer = shop.legacy.request(
        method,
        f"/{type_}/{reference}",
        headers=bearer(shop.log_in()["accessToken"]),
        **options,
    )

    assert error_of(answer) == expected
    assert shop.try_(BO).status_code == 201


@pytest.mark.parametrize("what", ["customer--1", "mine"])
def test_own_customer(shop: Shop, what: str) -> None:
    """The customer of the token is shown, and changed, by the reference and by ``mine``."""
    headers = bearer(shop.log_in()["accessToken"])
    data = {"type": "customers", "attributes": {"firstName": "Ada"}}
    changed = shop.legacy.patch(f"/customers/{what}", json={"data": data}, headers=headers)
    found = shop.legacy.get(f"/customers/{what}", headers=headers).json["data"]

    assert changed.status_code == 200, changed
    shown = found if isinstance(found, dict) else found[0]
    assert (shown["id"], shown["attributes"]["firstName"]) == ("customer--1", "Ada")


def test_without_a_reference(shop: Shop) -> None:
    """A GET without a reference is let through, and shows the customer of the token."""
    answer = shop.legacy.get("/customers", headers=bearer(shop.log_in()["accessToken"]))

    assert [each["id"] for each in answer.json["data"]] == ["customer--1"]
