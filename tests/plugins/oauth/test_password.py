"""Logging in at ``POST /token``, in both applications."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import orjson
import pytest

from glue_core import AuthenticationRequest, LoginKind, LoginLimits
from glue_core.testing import Client
from glue_oauth import OauthServer
from tests.plugins.oauth.conftest import (
    CUSTOMER,
    PASSWORD,
    USER,
    WAREHOUSE_USER,
    MakeShop,
    Shop,
    bearer,
)

LOGIN = {"grant_type": "password", "username": CUSTOMER, "password": PASSWORD}
CAMEL = {"grantType": "password", "username": CUSTOMER, "password": PASSWORD}


def post(client: Client, body: bytes, content_type: str | None) -> Any:
    """Send a body under a content type."""
    return client.post("/token", body=body, headers={"content-type": content_type})


FORM = b"grant_type=password&username=sonia%40example.com&password=correct+horse+battery"
FORM_TYPE = "application/x-www-form-urlencoded"


JSON_API_TYPE = "application/vnd.api+json"
BODIES = [
    (FORM, FORM_TYPE),
    (FORM.replace(b"grant_type", b"grantType"), FORM_TYPE),
    (orjson.dumps(LOGIN), "application/json"),
    (orjson.dumps(CAMEL), "application/json"),
    (orjson.dumps(LOGIN), FORM_TYPE),
    (FORM, "application/json"),
    (FORM, None),
    (orjson.dumps({"data": {"type": "token", "attributes": CAMEL}}), JSON_API_TYPE),
]


def test_forms_and_json_in_either_spelling(shop: Shop, subtests: pytest.Subtests) -> None:
    """A body counts as what it is, whatever its type says; names are in snake or camel case."""
    for client, name in ((shop.storefront, b"sonia"), (shop.backend, b"admin")):
        for body, content_type in BODIES:
            with subtests.test(body=body, content_type=content_type):
                answer = post(client, body.replace(b"sonia", name), content_type)

                assert answer.status_code == 200, answer


def test_answer_is_one_plain_object(shop: Shop) -> None:
    """The answer has four members in snake case, is JSON, and is kept by nobody."""
    answer = shop.token(**LOGIN)

    assert set(answer.json) == {"token_type", "expires_in", "access_token", "refresh_token"}
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 28_800
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"


def test_trailing_slash_changes_nothing(shop: Shop) -> None:
    """``/token/`` is ``/token``."""
    assert post(shop.storefront, FORM, FORM_TYPE).status_code == 200
    assert shop.storefront.post("/token/", body=FORM).status_code == 200


def test_customer_at_the_storefront(shop: Shop) -> None:
    """A customer's token says who they are, with the scope of customers."""
    tokens = shop.log_in()

    assert shop.storefront.get("/who", headers=bearer(tokens["access_token"])).json == {
        "kind": "customer",
        "natural": "customer--1",
        "surrogate": 1,
        "scopes": ["customer"],
        "client": "glue",
    }


@pytest.mark.parametrize(
    ("name", "scopes"),
    [(USER, ["user", "back-office-user"]), (WAREHOUSE_USER, ["user", "warehouse-user"])],
)
def test_user_at_the_backend(shop: Shop, name: str, scopes: list[str]) -> None:
    """A user's scopes say whether they work in the back office or in a warehouse."""
    tokens = shop.log_in(shop.backend, name)
    told = shop.backend.get("/who", headers=bearer(tokens["access_token"])).json

    assert told["kind"] == "user"
    assert told["scopes"] == scopes


def test_each_application_asks_its_own_users(shop: Shop) -> None:
    """A customer does not log in to the backend, nor a user to the storefront."""
    answers = [
        shop.token(shop.backend, **LOGIN),
        shop.token(shop.storefront, **{**LOGIN, "username": USER}),
    ]

    assert [each.json[0]["code"] for each in answers] == ["invalid_grant", "invalid_grant"]


def test_setting_says_whose_users_log_in(make_shop: MakeShop) -> None:
    """The setting ``users`` gives an application the users of another provider."""
    shop = make_shop({"users": {"storefront_api": "users", "backend_api": "users"}})

    assert shop.log_in(username=USER)["token_type"] == "Bearer"


def test_unknown_user_provider_stops_the_start(make_shop: MakeShop) -> None:
    """A user provider that nobody provides is named, with those there are."""
    from glue_core import ConfigurationError

    with pytest.raises(ConfigurationError, match=r"'custommers'.*\n.*customers, users"):
        make_shop({"users": {"storefront_api": "custommers"}})


REFUSED = [
    ({**LOGIN, "password": "wrong"}, "invalid_grant"),
    ({**LOGIN, "username": "nobody@example.com"}, "invalid_grant"),
    ({"grant_type": "password", "username": CUSTOMER}, "invalid_request"),
    ({**LOGIN, "password": ""}, "invalid_request"),
    ({"username": CUSTOMER}, "invalid_request"),
    ({}, "invalid_request"),
    ({**LOGIN, "scope": "customer admin"}, "invalid_scope"),
    ({**LOGIN, "client_id": "nobody"}, "invalid_client"),
    ({**LOGIN, "client_id": "glue", "client_secret": "x"}, "invalid_client"),
]


def test_refusals_are_a_bare_array(shop: Shop, subtests: pytest.Subtests) -> None:
    """Whatever is wrong is a 400 with the id of the standard, in an array of one."""
    for parameters, code in REFUSED:
        with subtests.test(parameters=parameters):
            answer = shop.token(**parameters)

            assert answer.status_code == 400
            (error,) = answer.json
            assert list(error) == ["status", "code", "message"]
            assert (error["status"], error["code"]) == (400, code)
            assert error["message"]


def test_refusals_as_the_standard_has_them(make_shop: MakeShop) -> None:
    """A setting makes a refusal the object of RFC 6749; documents of conventions stay theirs."""
    shop = make_shop({"errors": "object"})
    answer = shop.token(**{**LOGIN, "password": "wrong"})
    document = shop.storefront.json_api.post("/token", json={"grant_type": "x"}).json

    assert answer.status_code == 400
    assert set(answer.json) == {"error", "error_description"}
    assert answer.json["error"] == "invalid_grant"
    assert answer.headers["cache-control"] == "no-store"
    assert document["errors"][0]["code"] == "unsupported_grant_type"


def test_unknown_grant_is_named(shop: Shop) -> None:
    """The words of an unknown grant are those of the reference."""
    answer = shop.token(grant_type="magic")

    assert answer.status_code == 400
    assert answer.json == [
        {
            "status": 400,
            "code": "unsupported_grant_type",
            "message": 'Grant type "magic" not found',
        }
    ]


def test_unknown_and_wrong_look_alike(shop: Shop) -> None:
    """Nobody learns from the answer who has an account."""
    wrong = shop.token(**{**LOGIN, "password": "wrong"})
    unknown = shop.token(**{**LOGIN, "username": "nobody@example.com"})

    assert wrong.json == unknown.json


def test_refusal_in_json_api(shop: Shop) -> None:
    """In JSON:API an error is in the document of the convention."""
    answer = shop.storefront.json_api.post("/token", json={"data": {"attributes": {}}})

    assert answer.status_code == 400
    assert answer.json["errors"][0]["code"] == "invalid_request"


GARBAGE = [
    b"{",
    b'{"grant_type": ["password"]}',
    b'{"grant_type": "password", "grantType": "password"}',
    b"grant_type=password&grant_type=password",
    b"grant_type=%ff",
    b"\xff\xfe",
    b"a=%00",
    b"&".join(b"a%d=1" % n for n in range(200)),
    b'{"grant_type": "password", "username": "\\ud800", "password": "x"}',
    b'{"data": []}',
    b"[]",
]


def test_garbage_is_refused(shop: Shop, subtests: pytest.Subtests) -> None:
    """What is neither a form nor JSON, or says something twice, is an invalid request."""
    for body in GARBAGE:
        with subtests.test(body=body):
            answer = shop.storefront.post("/token", body=body)

            assert answer.status_code == 400
            assert answer.json[0]["code"] == "invalid_request"


def test_long_name_and_password_are_refused(shop: Shop) -> None:
    """A name or password beyond all measure is wrong, and costs nothing."""
    answer = shop.token(**{**LOGIN, "username": "a" * 100_000, "password": "b" * 100_000})

    assert answer.json[0]["code"] == "invalid_grant"


def test_known_scope_narrows(shop: Shop) -> None:
    """A client that asks for a scope gets that one alone, and is told so."""
    tokens = shop.log_in(shop.backend, USER, scope="user")
    told = shop.backend.get("/who", headers=bearer(tokens["access_token"])).json

    assert told["scopes"] == ["user"]


def test_unknown_scopes_can_be_dropped(make_shop: MakeShop) -> None:
    """A setting drops scopes that nobody may have; the answer says what is left."""
    shop = make_shop({"unknown_scopes": "drop"})

    tokens = shop.log_in(scope="customer admin")

    assert tokens["scope"] == "customer"


def test_blocked_address_waits(make_shop: MakeShop) -> None:
    """Who fails too often is answered 429 with Retry-After, and the password is not looked at."""
    shop = make_shop(login={"attempts": 3})
    for _ in range(3):
        shop.token(**{**LOGIN, "password": "wrong"})

    answer = shop.token(**LOGIN)

    assert answer.status_code == 429
    assert answer.json[0]["code"] == "4401"
    assert answer.json[0]["message"].startswith("Too many log in attempts from your address.")
    assert int(answer.headers["retry-after"]) > 0


def test_place_counts_apart(shop: Shop) -> None:
    """A place may count failures as a kind of its own, which blocks nobody elsewhere."""
    server = shop.deployment.features.get(OauthServer)
    kind = LoginKind("till", LoginLimits(attempts=2))
    asked = AuthenticationRequest("storefront_api", LOGIN, "127.0.0.1", counted_as=kind)
    wrong = replace(asked, parameters={**LOGIN, "password": "wrong"})

    answers = [server.authenticate(each) for each in (wrong, wrong, asked)]

    assert [each.error for each in answers] == ["invalid_grant", "invalid_grant", "4401"]
    assert shop.token(**LOGIN).status_code == 200


def test_answer_says_to_the_place_whom_it_is_for(shop: Shop) -> None:
    """Who asks the server is told whom the tokens speak for; what clients get does not say it."""
    server = shop.deployment.features.get(OauthServer)
    answer = server.authenticate(AuthenticationRequest("storefront_api", LOGIN, "127.0.0.1"))

    assert answer.subject is not None
    assert (answer.subject.kind, answer.subject.natural_identifier) == ("customer", "customer--1")
    assert "subject" not in answer.attributes


def test_audit_log_hears_of_logins(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """What succeeds, fails and is blocked is in the audit log, without the name that was typed."""
    caplog.set_level(logging.INFO, "glue.audit")
    shop.token(**LOGIN)
    shop.token(**{**LOGIN, "password": "wrong"})

    told = [each.getMessage() for each in caplog.records if each.name == "glue.audit"]
    assert [each.split()[0] for each in told] == ["successful_login", "failed_login"]
    assert all("storefront_api" in each and CUSTOMER not in each for each in told)


def test_bad_token_in_the_header_does_not_hinder(shop: Shop) -> None:
    """A client whose token has expired can still ask for another one."""
    answer = shop.storefront.post("/token", body=FORM, headers=bearer("expired"))

    assert answer.status_code == 200
