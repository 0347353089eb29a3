"""``/access-tokens``: customers log in, and who guesses has to wait."""

from __future__ import annotations

import base64
import logging
from typing import Any

import orjson
import pytest

from glue_core import GlueRequest, GlueResponse, Handler, Operation, Step, Wrap
from glue_core.testing import in_memory
from glue_legacy_tokens_api import ACCESS_TOKENS, logged_in
from tests.plugins.legacy_tokens_api.conftest import (
    ANONYMOUS,
    BO,
    CHALLENGE,
    NEW,
    PASSWORD,
    SONIA,
    MakeShop,
    Shop,
    bearer,
    error_of,
)

FAILED = (401, "003", "Failed to authenticate user.")


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("nobody@example.com", PASSWORD),
        (SONIA, "wrong"),
        (NEW, PASSWORD),
        ("x" * 2000 + "@example.com", PASSWORD),
    ],
    ids=["unknown", "wrong", "unconfirmed", "long"],
)
def test_who_is_nobody(shop: Shop, username: str, password: str) -> None:
    """Unknown, wrong and unconfirmed have one answer: 401 with the code 003 and a challenge."""
    answer = shop.try_(username, password)

    assert error_of(answer) == FAILED
    assert answer.headers["www-authenticate"] == CHALLENGE


def test_tokens(shop: Shop) -> None:
    """The answer is one object without an id that links to its place, and that nobody keeps."""
    answer = shop.try_()

    assert answer.status_code == 201
    data = answer.json["data"]
    assert answer.json.keys() == {"data"}
    assert (data["type"], data["id"]) == ("access-tokens", None)
    assert data["links"] == {"self": "http://localhost/access-tokens"}
    attributes = data["attributes"]
    assert attributes.keys() == {"tokenType", "expiresIn", "accessToken", "refreshToken"}
    assert (attributes["tokenType"], attributes["expiresIn"]) == ("Bearer", 28800)
    assert answer.headers["cache-control"] == "no-store"
    assert "location" not in answer.headers


def test_what_the_token_says(make_shop: MakeShop) -> None:
    """The token is a JSON Web Token of the customer, signed with RS256."""
    shop = make_shop(plugins={})
    head, claims, _ = shop.log_in()["accessToken"].split(".")
    told = orjson.loads(base64.urlsafe_b64decode(claims + "=="))

    assert orjson.loads(base64.urlsafe_b64decode(head + "=="))["alg"] == "RS256"
    assert told["scopes"] == ["customer"]
    assert orjson.loads(told["sub"])["customer_reference"] == "customer--1"


def test_name_is_an_address_in_any_case(shop: Shop) -> None:
    """Whoever types the address in capital letters is the same customer."""
    assert shop.try_(SONIA.upper()).status_code == 201


@pytest.mark.parametrize(
    ("attributes", "details"),
    [
        (
            {"username": "no address", "password": "x"},
            ["username => This value is not a valid email address."],
        ),
        (
            {"username": SONIA, "password": ""},
            ["password => This value should not be blank."],
        ),
        (
            {"username": "", "password": "x"},
            ["username => This value should not be blank."],
        ),
        (
            {"username": None, "password": "x"},
            ["username => This value should not be blank."],
        ),
        (
            {},
            ["username => This field is missing.", "password => This field is missing."],
        ),
    ],
)
def test_broken_rules(shop: Shop, attributes: Any, details: list[str]) -> None:
    """Every broken rule is one error: 422 with the code 901."""
    answer = shop.send("access-tokens", attributes)

    assert answer.status_code == 422, answer
    assert {each["code"] for each in answer.json["errors"]} == {"901"}
    assert sorted(each["detail"] for each in answer.json["errors"]) == sorted(details)


def test_list_is_empty(shop: Shop) -> None:
    """Tokens are not listed: the list is there, and empty, for everybody."""
    answer = shop.legacy.get("/access-tokens")

    assert answer.status_code == 200
    assert answer.json == {"data": [], "links": {"self": "http://localhost/access-tokens"}}


# Who fails too often.


def fail(shop: Shop, times: int, username: str = SONIA) -> None:
    """Fail some times."""
    for _ in range(times):
        assert error_of(shop.try_(username, "wrong")) == FAILED


def test_ninth_failure_blocks(shop: Shop) -> None:
    """After nine failures the password is not looked at for six minutes, and the answer is 429."""
    fail(shop, 8)
    assert shop.try_().status_code == 201
    fail(shop, 9)
    answer = shop.try_()

    assert error_of(answer) == (
        429,
        "4401",
        "Too many log in attempts from your address. Please wait 6 minutes before trying again.",
    )
    assert 350 < int(answer.headers["retry-after"]) <= 360


def test_block_is_of_one_account_and_address(shop: Shop) -> None:
    """Other accounts, other addresses, the form and the storefront are not blocked."""
    fail(shop, 9)
    login = {"grant_type": "password", "username": SONIA, "password": PASSWORD}
    body = {"data": {"type": "access-tokens", "attributes": {"username": SONIA, "password": "x"}}}
    elsewhere = shop.legacy.post("/access-tokens", json=body, environ={"REMOTE_ADDR": "192.0.2.7"})

    assert shop.try_(BO).status_code == 201
    assert error_of(elsewhere) == FAILED
    assert shop.form(login).status_code == 200
    assert shop.storefront.post("/token", json=login).status_code == 200
    assert shop.try_().status_code == 429


def test_only_wrong_credentials_count(shop: Shop) -> None:
    """What breaks a rule, or carries a bad token, is no attempt."""
    for _ in range(10):
        assert shop.try_(SONIA, "").status_code == 422
        assert shop.try_(headers=bearer("bad")).status_code == 401

    assert shop.try_().status_code == 201


@pytest.mark.parametrize(
    "headers", [bearer("bad"), {**bearer("bad"), ANONYMOUS: "guest"}], ids=["token", "two"]
)
def test_block_comes_before_other_checks(shop: Shop, headers: dict[str, str]) -> None:
    """Who is blocked hears so, whatever is wrong with headers and attributes."""
    fail(shop, 9)

    assert shop.try_(password="", headers=headers).status_code == 429


def test_block_comes_after_the_body(shop: Shop) -> None:
    """A body that is no document of this type does not say who wants to log in."""
    fail(shop, 9)
    body = {"data": {"type": "carts", "attributes": {"username": SONIA, "password": "x"}}}

    assert error_of(shop.legacy.post("/access-tokens", json=body)) == (400, None, "Invalid type.")


@pytest.mark.parametrize("username", [7, ["a"], {"a": 1}, True])
def test_name_that_is_no_text(make_shop: MakeShop, username: Any) -> None:
    """A name that is no text is refused as one, not counted."""
    answer = make_shop().send("access-tokens", {"username": username, "password": "x"})

    assert answer.status_code == 422


def test_limits_are_settings(make_shop: MakeShop) -> None:
    """The settings change what they name of the limits; the rest stays."""
    shop = make_shop(login={"attempts": 1, "kinds": {"access-tokens": {"attempts": 2}}})
    fail(shop, 2)
    answer = shop.try_()

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 300


def test_block_in_the_language_of_the_request(make_shop: MakeShop) -> None:
    """The text of a block is the shop's, in the locale of the request."""
    shop = make_shop(
        login={"kinds": {"access-tokens": {"attempts": 1}}},
        applications={"legacy_api": {"locales": ["en_US", "de_DE"]}},
    )
    fail(shop, 1)
    german = shop.try_(headers={"accept-language": "de"})

    assert error_of(german)[2].startswith("Zu viele Anmeldeversuche")
    assert "6 Minuten" in error_of(german)[2]


def test_audit_log_hears_of_logins(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """What succeeds, fails and is blocked is told to the audit log once, the form included."""
    caplog.set_level(logging.INFO, "glue.audit")
    shop.log_in()
    fail(shop, 9)
    shop.try_()
    shop.form({"grant_type": "password", "username": SONIA, "password": "wrong"})

    records: list[Any] = [each for each in caplog.records if each.name == "glue.audit"]
    assert [each.tag for each in records] == [
        "successful_login",
        *["failed_login"] * 9,
        "blocked_login",
        "failed_login",
    ]
    assert {each.application for each in records} == {"legacy_api"}
    assert [records[0].subject, records[0].kind, records[-1].kind] == [
        "customer--1",
        "access-tokens",
        "token",
    ]
    assert SONIA not in caplog.text


def test_secrets_are_in_no_log(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """No password and no token is in the log, at its lowest level."""
    caplog.set_level(0)
    tokens = shop.log_in()
    shop.try_(SONIA, "Wrong-secret-77")
    shop.refresh(tokens["refreshToken"])
    shop.refresh(tokens["refreshToken"])

    for secret in (PASSWORD, "Wrong-secret-77", tokens["accessToken"], tokens["refreshToken"]):
        assert secret not in caplog.text


# What follows a login.


def test_what_follows_a_login(make_shop: MakeShop) -> None:
    """A wrapper around the controller knows who logged in, and whom they were before."""
    merged: list[tuple[str, str]] = []

    def merge(handler: Handler) -> Handler:
        def log_in(request: GlueRequest) -> GlueResponse:
            assert logged_in(request) is None
            response = handler(request)
            customer, guest = logged_in(request), request.request_customer
            assert customer is not None
            assert guest is not None
            merged.append((guest.natural_identifier, customer.natural_identifier))
            return response

        return log_in

    def bind(operation: Operation) -> Wrap | None:
        is_login = operation.type == ACCESS_TOKENS.type and operation.method == "post"
        return merge if is_login else None

    plugin = in_memory(
        "glue.plugins.legacy_api", "carts", glue_controller_wrappers=lambda: [Step("merge", bind)]
    )
    shop = make_shop(plugin)

    assert shop.try_(headers={ANONYMOUS: "guest-1"}).status_code == 201
    assert error_of(shop.try_(SONIA, "wrong", headers={ANONYMOUS: "guest-1"})) == FAILED
    assert merged == [("anonymous:guest-1", "customer--1")]
