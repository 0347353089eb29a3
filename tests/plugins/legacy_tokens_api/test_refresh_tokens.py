"""``/refresh-tokens``: going on without logging in again, and ending that."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from glue_core import Subject, TokenDraft
from glue_core.testing import Response
from glue_customers import CustomerWriter
from glue_oauth import TokenIssuer
from glue_oauth.models import RefreshTokenRow
from tests.plugins.legacy_tokens_api.conftest import (
    BO,
    CHALLENGE,
    PASSWORD,
    SONIA,
    Shop,
    bearer,
    error_of,
)

FAILED = (401, "004", "Failed to refresh token.")
MEDIA_TYPE = {"content-type": "application/vnd.api+json"}


def knows(shop: Shop, tokens: dict[str, Any]) -> bool:
    """Say whether an access token counts at the old application."""
    answer = shop.legacy.get("/customers", headers=bearer(tokens["accessToken"]))
    assert answer.status_code in (200, 401), answer
    return answer.status_code == 200


def revoke(shop: Shop, what: str, tokens: dict[str, Any]) -> Response:
    """End a refresh token, or all, in the name of whoever has an access token."""
    return shop.legacy.delete(f"/refresh-tokens/{what}", headers=bearer(tokens["accessToken"]))


def issue(shop: Shop, subject: Subject, application: str = "legacy_api") -> dict[str, Any]:
    """Issue tokens to somebody who did not log in here."""
    with shop.deployment.services.database.work() as work:
        issuer = shop.deployment.features.get(TokenIssuer)
        made = issuer.issue(TokenDraft(subject, ("some",)), application, work)
    return {"accessToken": made.access_token, "refreshToken": made.refresh_token}


@pytest.mark.parametrize(
    "token", ["unknown", "a.b.c", "x" * 5000, "mine", "\\u0000", "\\ud83d\\ude00"], ids=ascii
)
def test_token_of_nobody(shop: Shop, token: str) -> None:
    """A token that nobody has is 401 with the code 004 and a challenge, whatever it looks like."""
    body = f'{{"data": {{"type": "refresh-tokens", "attributes": {{"refreshToken": "{token}"}}}}}}'
    answer = shop.legacy.post("/refresh-tokens", body=body.encode(), headers=MEDIA_TYPE)

    assert error_of(answer) == FAILED
    assert answer.headers["www-authenticate"] == CHALLENGE


@pytest.mark.parametrize(
    ("attributes", "detail"),
    [
        ({}, "refreshToken => This field is missing."),
        ({"refreshToken": ""}, "refreshToken => This value should not be blank."),
        ({"refreshToken": 7}, "refreshToken => This value should be of type string."),
    ],
)
def test_broken_rules(shop: Shop, attributes: Any, detail: str) -> None:
    """A token that is no text, or none at all, is 422 with the code 901."""
    assert error_of(shop.send("refresh-tokens", attributes)) == (422, "901", detail)


def test_next_tokens(shop: Shop) -> None:
    """A refresh token gives new tokens, in a document without an id that links to its place."""
    tokens = shop.log_in()
    answer = shop.refresh(tokens["refreshToken"])

    assert answer.status_code == 201
    data = answer.json["data"]
    assert (data["type"], data["id"]) == ("refresh-tokens", None)
    assert data["links"] == {"self": "http://localhost/refresh-tokens"}
    assert data["attributes"].keys() == tokens.keys()
    assert data["attributes"]["expiresIn"] == 28800
    assert data["attributes"]["refreshToken"] != tokens["refreshToken"]
    assert knows(shop, data["attributes"])
    assert answer.headers["cache-control"] == "no-store"


def test_used_token_stops(shop: Shop) -> None:
    """A refresh token works once; a second use is refused, and its login goes on."""
    tokens = shop.log_in()
    following = shop.refresh(tokens["refreshToken"]).json["data"]["attributes"]

    assert error_of(shop.refresh(tokens["refreshToken"])) == FAILED
    assert knows(shop, tokens)
    assert knows(shop, following)
    assert "data" in shop.refresh(following["refreshToken"]).json


def test_token_of_somebody_gone(shop: Shop) -> None:
    """A refresh token of a customer who was anonymised is one of nobody."""
    tokens = shop.log_in()
    with shop.deployment.services.database.work() as work:
        shop.deployment.features.get(CustomerWriter).anonymise("customer--1", work)

    assert error_of(shop.refresh(tokens["refreshToken"])) == FAILED
    assert not knows(shop, tokens)


def test_token_from_before_another_password(shop: Shop) -> None:
    """Tokens from before a change of the password count no more."""
    tokens = shop.log_in()
    with shop.deployment.services.database.work() as work:
        writer = shop.deployment.features.get(CustomerWriter)
        writer.set_password("customer--1", PASSWORD, "Better-horse-22", work)

    assert error_of(shop.refresh(tokens["refreshToken"])) == FAILED
    assert not knows(shop, tokens)


def test_old_token(shop: Shop) -> None:
    """A refresh token that is too old is one of nobody."""
    tokens = shop.log_in()
    with shop.deployment.services.database.work() as work:
        work.session.execute(
            sa.update(RefreshTokenRow).values(expires_at=RefreshTokenRow.created_at)
        )

    assert error_of(shop.refresh(tokens["refreshToken"])) == FAILED


def test_tokens_of_other_kinds(shop: Shop) -> None:
    """The tokens of agents and others are refreshed here as well, but not those of the backend."""
    agent = Subject("agent", {"uuid": "agent-1", "id_agent": 1})

    assert shop.refresh(issue(shop, agent)["refreshToken"]).status_code == 201
    elsewhere = issue(shop, agent, "backend_api")
    assert error_of(shop.refresh(elsewhere["refreshToken"])) == FAILED


def test_list_is_empty(shop: Shop) -> None:
    """Tokens are not listed: the list is there, and empty, for everybody."""
    answer = shop.legacy.get("/refresh-tokens")

    assert answer.status_code == 200
    assert answer.json == {"data": [], "links": {"self": "http://localhost/refresh-tokens"}}


# Ending them.


def test_one_token_ends(shop: Shop) -> None:
    """A refresh token that is deleted stops; the access token and other logins stay."""
    one, other = shop.log_in(), shop.log_in()
    answer = revoke(shop, one["refreshToken"], one)

    assert answer.status_code == 204
    assert answer.content == b""
    assert error_of(shop.refresh(one["refreshToken"])) == FAILED
    assert knows(shop, one)
    assert shop.refresh(other["refreshToken"]).status_code == 201


def test_all_tokens_end(shop: Shop) -> None:
    """``mine`` ends all refresh tokens of the customer, those of the storefront as well."""
    one, other, bo = shop.log_in(), shop.log_in(), shop.log_in(BO)
    login = {"grant_type": "password", "username": SONIA, "password": PASSWORD}
    there = shop.storefront.post("/token", json=login).json

    assert revoke(shop, "mine", one).status_code == 204
    for token in (one["refreshToken"], other["refreshToken"], there["refresh_token"]):
        assert error_of(shop.refresh(token)) == FAILED
    assert knows(shop, one)
    assert knows(shop, other)
    assert shop.refresh(bo["refreshToken"]).status_code == 201


@pytest.mark.parametrize("token", ["unknown", "%F0%9F%98%80", "x" * 3000])
def test_unknown_token(shop: Shop, token: str) -> None:
    """To end a token that nobody has is no error, and ends nothing."""
    tokens = shop.log_in()

    assert revoke(shop, token, tokens).status_code == 204
    assert shop.refresh(tokens["refreshToken"]).status_code == 201


def test_token_of_somebody_else(shop: Shop) -> None:
    """The token of another customer, or of another kind of caller, is left alone: 204."""
    sonia, bo = shop.log_in(), shop.log_in(BO)
    namesake = issue(shop, Subject("agent", {"uuid": "customer--1", "id_agent": 1}))

    for tokens in (bo, namesake):
        assert revoke(shop, tokens["refreshToken"], sonia).status_code == 204
        assert shop.refresh(tokens["refreshToken"]).status_code == 201


@pytest.mark.parametrize("what", ["mine", "unknown"])
def test_only_customers_end_tokens(shop: Shop, what: str) -> None:
    """Without a token it is 403 with the code 002, and who is no customer may not."""
    path = f"/refresh-tokens/{what}"
    agent = issue(shop, Subject("agent", {"uuid": "agent-1", "id_agent": 1}))

    assert error_of(shop.legacy.delete(path)) == (403, "002", "Missing access token.")
    guest = shop.legacy.delete(path, headers={"x-anonymous-customer-unique-id": "guest"})
    assert error_of(guest) == (403, "002", "Missing access token.")
    assert revoke(shop, what, agent).status_code == 403


def test_ending_needs_an_id(shop: Shop) -> None:
    """A DELETE that names no token is 400, as every change without an id."""
    answer = shop.legacy.delete("/refresh-tokens", headers=bearer(shop.log_in()["accessToken"]))

    assert error_of(answer) == (400, None, "Resource id is not specified.")
