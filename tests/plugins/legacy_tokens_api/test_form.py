"""``POST /token``: the form endpoint, which knows no JSON:API."""

from __future__ import annotations

import pytest

from glue_core import Grant, GrantRefused, GrantRequest, TokenDraft
from glue_core.testing import in_memory
from tests.plugins.legacy_tokens_api.conftest import (
    NEW,
    PASSWORD,
    SONIA,
    MakeShop,
    Shop,
    bearer,
)

LOGIN = {"grant_type": "password", "username": SONIA, "password": PASSWORD}
INVALID_GRANT = {
    "error": "invalid_grant",
    "error_description": (
        "The provided authorization grant (e.g., authorization code, resource owner credentials) "
        "or refresh token is invalid, expired, revoked, does not match the redirection URI used "
        "in the authorization request, or was issued to another client."
    ),
}


@pytest.mark.parametrize(
    "fields",
    [
        {**LOGIN, "password": "wrong"},
        {**LOGIN, "username": "nobody@example.com"},
        {**LOGIN, "username": NEW},
        {**LOGIN, "grant_type": "nothing"},
        {"grant_type": "client_credentials", "client_id": "glue"},
        {"grant_type": "authorization_code", "code": "x", "code_verifier": "y" * 43},
        {"grant_type": "refresh_token", "refresh_token": "unknown"},
    ],
    ids=str,
)
def test_no_grant(shop: Shop, fields: dict[str, str]) -> None:
    """Wrong credentials, a token of nobody and a grant that there is not have one answer: 400."""
    answer = shop.form(fields)

    assert answer.status_code == 400
    assert answer.json == INVALID_GRANT
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"username": SONIA, "password": PASSWORD},
        {"grant_type": "password", "username": SONIA},
        {"grant_type": "password", "password": PASSWORD, "username": ""},
        {"grant_type": "refresh_token"},
    ],
    ids=str,
)
def test_missing_field(shop: Shop, fields: dict[str, str]) -> None:
    """A field that is missing, or blank, is 400 with the error of the standard."""
    answer = shop.form(fields)

    assert answer.status_code == 400
    assert answer.json.keys() == {"error", "error_description"}
    assert answer.json["error"] == "invalid_request"
    assert answer.json["error_description"]


@pytest.mark.parametrize(
    "body", [b"{}", b'{"grant_type": "password"}', b"\xff=1", b"username=a&username=b", b"%ff=1"]
)
def test_body_that_is_no_form(shop: Shop, body: bytes) -> None:
    """Another body than a form, or one that says something twice, is 400."""
    answer = shop.legacy.post("/token", body=body)

    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


def test_tokens(shop: Shop) -> None:
    """The answer is one plain object in snake case, 200, and nobody keeps it."""
    answer = shop.form(LOGIN)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json.keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 28800)
    listed = shop.legacy.get("/customers", headers=bearer(answer.json["access_token"]))
    assert listed.json["data"][0]["id"] == "customer--1"


def test_next_tokens(shop: Shop) -> None:
    """A refresh token gives new tokens, once, wherever it came from."""
    token = shop.log_in()["refreshToken"]
    refresh = {"grant_type": "refresh_token", "refresh_token": token}
    answer = shop.form(refresh)

    assert answer.status_code == 200
    assert answer.json["refresh_token"] != token
    assert shop.form(refresh).json == INVALID_GRANT


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": None},
        {"accept": "application/vnd.api+json"},
        {"content-type": None},
        {"content-type": "text/plain"},
        bearer("bad"),
        {"authorization": "Basic eDp5"},
        {**bearer("bad"), "x-anonymous-customer-unique-id": "guest"},
    ],
    ids=str,
)
def test_headers_do_not_matter(shop: Shop, headers: dict[str, str | None]) -> None:
    """No rule for the headers of documents, and none for credentials, holds here."""
    assert shop.form(LOGIN, headers).status_code == 200


def test_clients_are_not_known(shop: Shop) -> None:
    """What names a client, or scopes, does nothing: the tokens are the default client's."""
    answer = shop.form({**LOGIN, "client_id": "nobody", "client_secret": "x", "scope": "all"})

    assert answer.status_code == 200
    assert "scope" not in answer.json


def test_nothing_is_counted(shop: Shop) -> None:
    """However often somebody fails here, nobody has to wait."""
    for _ in range(12):
        assert shop.form({**LOGIN, "password": "wrong"}).json == INVALID_GRANT

    assert shop.form(LOGIN).status_code == 200
    assert shop.try_().status_code == 201


def test_settings_let_it_count(make_shop: MakeShop) -> None:
    """The settings let failures count here as well; then it is 429 with the words of the guard."""
    shop = make_shop(login={"kinds": {"token": {"attempts": 2}}})
    for _ in range(2):
        shop.form({**LOGIN, "password": "wrong"})
    answer = shop.form(LOGIN)

    assert (answer.status_code, answer.json["error"]) == (429, "4401")
    assert answer.json["error_description"].startswith("Too many log in attempts")
    assert int(answer.headers["retry-after"]) > 0
    assert shop.try_().status_code == 201


def test_other_failure_of_the_server(make_shop: MakeShop) -> None:
    """Another error of the authorization server is told as it is."""

    def answer(request: GrantRequest) -> TokenDraft:
        raise GrantRefused("temporarily_unavailable", "Come back later.", status=503)

    plugin = in_memory("glue.features", "refusing", glue_grants=lambda: [Grant("password", answer)])
    shop = make_shop(plugin, disable=["glue-oauth:oauth.password"])
    found = shop.form(LOGIN)

    assert found.status_code == 503
    assert found.json == {
        "error": "temporarily_unavailable",
        "error_description": "Come back later.",
    }


def test_it_only_takes_posts(shop: Shop) -> None:
    """Nothing else than POST is there."""
    assert shop.legacy.get("/token").status_code == 404
