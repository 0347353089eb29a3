"""The authorization code grant: the sign-in page, the code, and the proof of who asked for it."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import sqlalchemy as sa

from glue_core.testing import Client
from glue_core.testing.client import Response
from glue_oauth.models import CodeRow
from tests.plugins.oauth.conftest import (
    CUSTOMER,
    PASSWORD,
    REDIRECT,
    USER,
    MakeShop,
    Shop,
    bearer,
    form,
)

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode()[:43]
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')
TYPED = {"username": CUSTOMER, "password": PASSWORD}


@pytest.fixture
def client(shop: Shop) -> str:
    """A public client of the code grant."""
    return register(shop)


def register(shop: Shop, **draft: Any) -> str:
    """Register a public client of the code grant."""
    usual: dict[str, Any] = {
        "name": "A shop's app",
        "is_confidential": False,
        "redirect_uris": (REDIRECT,),
        "grants": ("authorization_code", "refresh_token"),
    }
    return shop.register(**{**usual, **draft})[0]


def asked(client: str, **more: str | None) -> dict[str, str]:
    """Return the parameters of an authorization request; None takes one away."""
    usual = {
        "response_type": "code",
        "client_id": client,
        "redirect_uri": REDIRECT,
        "state": "a state & more",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return {k: v for k, v in {**usual, **more}.items() if v is not None}


def show(client: Client, parameters: Mapping[str, str]) -> Response:
    """Open the page."""
    return client.get("/authorize?" + urlencode(parameters))


def send(client: Client, page: Response, typed: Mapping[str, str], **headers: str) -> Response:
    """Send the form of a page, as the browser that got it does."""
    fields = {unescape(name): unescape(value) for name, value in HIDDEN.findall(page.text)}
    cookie = page.headers["set-cookie"].partition(";")[0]
    return form(
        client,
        "/authorize",
        {**fields, **typed},
        headers={"cookie": cookie, "sec-fetch-site": "same-origin", **headers},
    )


def answer_of(response: Response) -> dict[str, str]:
    """Return what a redirect tells the client."""
    assert response.status_code == 303, response
    location = urlsplit(response.headers["location"])
    assert location._replace(query="").geturl() == REDIRECT
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def sign_in(shop: Shop, client: str, **more: str | None) -> dict[str, str]:
    """Sign in and return what the client is told."""
    page = show(shop.storefront, asked(client, **more))
    return answer_of(send(shop.storefront, page, TYPED))


def exchange(shop: Shop, client: str, sent: str, **more: str | None) -> Response:
    """Exchange a code."""
    usual = {
        "grant_type": "authorization_code",
        "client_id": client,
        "code": sent,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }
    return shop.token(**{k: v for k, v in {**usual, **more}.items() if v is not None})


def test_whole_way(shop: Shop, client: str) -> None:
    """A person signs in, the client gets a code with state and issuer, and tokens for it."""
    told = sign_in(shop, client)

    assert told["state"] == "a state & more"
    assert told["iss"] == "http://localhost/storefront_api"
    tokens = exchange(shop, client, told["code"]).json
    assert set(tokens) == {"token_type", "expires_in", "access_token", "refresh_token"}
    who = shop.storefront.get("/who", headers=bearer(tokens["access_token"])).json
    assert (who["natural"], who["client"]) == ("customer--1", client)
    again = shop.token(
        grant_type="refresh_token", refresh_token=tokens["refresh_token"], client_id=client
    )
    assert again.status_code == 200


def test_code_is_used_once(shop: Shop, client: str) -> None:
    """A second use of a code is refused, and ends what came of the first."""
    code = sign_in(shop, client)["code"]
    tokens = exchange(shop, client, code).json

    assert exchange(shop, client, code).json[0]["code"] == "invalid_grant"
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert shop.token(**again, client_id=client).status_code == 400
    header = bearer(tokens["access_token"])
    assert shop.storefront.get("/who", headers=header).status_code == 401


def test_code_lasts_a_minute(shop: Shop, client: str) -> None:
    """A code expires after a minute."""
    code = sign_in(shop, client)["code"]
    with shop.deployment.services.database.work() as work:
        row = work.session.scalars(sa.select(CodeRow)).one()
        assert (row.expires_at - row.created_at).total_seconds() == 60
        row.expires_at = row.created_at

    assert exchange(shop, client, code).json[0]["code"] == "invalid_grant"


def test_code_is_kept_as_a_digest(shop: Shop, client: str) -> None:
    """The database has no code that could be used."""
    code = sign_in(shop, client)["code"]
    with shop.deployment.services.database.work(writes=False) as work:
        row = work.session.scalars(sa.select(CodeRow)).one()
        kept = repr([getattr(row, each.key) for each in sa.inspect(CodeRow).columns])

    assert code not in kept


WRONG: list[tuple[dict[str, str | None], str]] = [
    ({"code_verifier": "w" * 43}, "invalid_grant"),
    ({"code_verifier": None}, "invalid_request"),
    ({"code_verifier": "short"}, "invalid_request"),
    ({"code_verifier": CHALLENGE}, "invalid_grant"),
    ({"redirect_uri": REDIRECT + "/"}, "invalid_grant"),
    ({"redirect_uri": None}, "invalid_grant"),
    ({"code": "unknown"}, "invalid_grant"),
    ({"code": None}, "invalid_request"),
    ({"client_id": None}, "invalid_client"),
]


def test_exchanges_that_are_refused(shop: Shop, client: str, subtests: pytest.Subtests) -> None:
    """A code gives nothing to who cannot prove that they asked for it; others may go on."""
    code = sign_in(shop, client)["code"]
    for changes, error in WRONG:
        with subtests.test(changes=changes):
            assert exchange(shop, client, code, **changes).json[0]["code"] == error

    other = register(shop)
    assert exchange(shop, other, code).json[0]["code"] == "invalid_grant"
    assert exchange(shop, client, code).status_code == 200


def test_code_of_another_application(shop: Shop, client: str) -> None:
    """A code of the storefront gives nothing at the backend."""
    code = sign_in(shop, client)["code"]
    parameters = {
        "grant_type": "authorization_code",
        "client_id": client,
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
    }

    assert shop.token(shop.backend, **parameters).json[0]["code"] == "invalid_grant"


def test_users_sign_in_at_the_backend(shop: Shop, client: str) -> None:
    """The page of the backend asks for users, with the scopes that the client wants."""
    page = show(shop.backend, asked(client, scope="user"))
    typed = {"username": USER, "password": PASSWORD}
    told = answer_of(send(shop.backend, page, typed))
    parameters = {"grant_type": "authorization_code", "client_id": client, "code": told["code"]}

    tokens = shop.token(
        shop.backend, **parameters, redirect_uri=REDIRECT, code_verifier=VERIFIER
    ).json

    who = shop.backend.get("/who", headers=bearer(tokens["access_token"])).json
    assert (who["kind"], who["scopes"]) == ("user", ["user"])


TOLD_THE_CLIENT: list[tuple[dict[str, str | None], str]] = [
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": '"x"'}, "unsupported_response_type"),
    ({"response_type": None}, "unsupported_response_type"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"code_challenge": "é" * 43}, "invalid_request"),
    ({"code_challenge": "a" * 44}, "invalid_request"),
]


def test_errors_that_the_client_is_told(shop: Shop, client: str, subtests: pytest.Subtests) -> None:
    """What is wrong with a request goes back to the client, with state and issuer."""
    for changes, error in TOLD_THE_CLIENT:
        with subtests.test(changes=changes):
            told = answer_of(show(shop.storefront, asked(client, **changes)))

            assert told["error"] == error
            assert told["state"] == "a state & more"
            assert told["iss"] == "http://localhost/storefront_api"


NOT_SENT: list[dict[str, str | None]] = [
    {"redirect_uri": "https://evil.example/"},
    {"redirect_uri": REDIRECT + "/"},
    {"redirect_uri": REDIRECT + "?a=b"},
    {"redirect_uri": '"><script>alert(1)</script>'},
    {"client_id": "nobody"},
    {"client_id": None},
    {"client_id": "glue"},
    {"response_type": "token", "redirect_uri": "https://evil.example/"},
]


def test_errors_that_are_sent_nowhere(shop: Shop, client: str, subtests: pytest.Subtests) -> None:
    """Nobody is sent to an address that is not the client's own, to the letter."""
    for changes in NOT_SENT:
        with subtests.test(changes=changes):
            answer = show(shop.storefront, asked(client, **changes))

            assert answer.status_code == 400
            assert "location" not in answer.headers
            assert "<script" not in answer.text


def test_page_is_safe(shop: Shop, client: str) -> None:
    """The page is framed by nobody, kept by nobody, runs nothing, and escapes what it shows."""
    page = show(shop.storefront, asked(client, state='"><script>alert(1)</script>'))

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-frame-options"] == "DENY"
    policy = page.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "form-action 'self' https://client.example" in policy
    assert "<script" not in page.text
    assert "A shop&#x27;s app" in page.text
    cookie = page.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_cookie_stays_on_tls(make_shop: MakeShop) -> None:
    """Where the issuer has TLS, so has the cookie."""
    shop = make_shop({"issuer": "https://login.example"})
    page = show(shop.storefront, asked(register(shop)))

    assert page.headers["set-cookie"].startswith("__Host-glue_sign_in=")
    assert page.headers["set-cookie"].endswith("; Secure")
    assert "code" in answer_of(send(shop.storefront, page, TYPED))


def test_browsers_get_the_page(shop: Shop, client: str) -> None:
    """What a browser says it accepts gets the page, whatever else Glue speaks."""
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    path = "/authorize?" + urlencode(asked(client))

    assert shop.storefront.get(path, headers={"accept": accept}).status_code == 200


def test_form_of_another_site(shop: Shop, client: str) -> None:
    """A form that did not come from the page, in the same browser, does nothing."""
    page = show(shop.storefront, asked(client))
    forged = [
        form(shop.storefront, "/authorize", {**asked(client), **TYPED}),
        send(shop.storefront, page, TYPED, cookie="glue_sign_in=" + "a" * 43),
        send(shop.storefront, page, TYPED, cookie=""),
        send(shop.storefront, page, {**TYPED, "sign_in_token": "a" * 43}),
        send(shop.storefront, page, TYPED, **{"sec-fetch-site": "cross-site"}),
    ]

    assert [each.status_code for each in forged] == [403] * len(forged)
    with shop.deployment.services.database.work(writes=False) as work:
        assert work.session.scalars(sa.select(CodeRow)).all() == []


def test_wrong_password_shows_the_page_again(shop: Shop, client: str) -> None:
    """A wrong password is told on the page; what was typed as a name stays, the password goes."""
    page = show(shop.storefront, asked(client))
    again = send(shop.storefront, page, {"username": CUSTOMER, "password": "a wrong one"})

    assert again.status_code == 400
    assert CUSTOMER in again.text
    assert "a wrong one" not in again.text
    assert "code" in answer_of(send(shop.storefront, again, TYPED))


def test_blocked_page(make_shop: MakeShop) -> None:
    """The page counts failures as the password grant does."""
    shop = make_shop(login={"attempts": 2})
    client = register(shop)
    page = show(shop.storefront, asked(client))
    for _ in range(2):
        send(shop.storefront, page, {**TYPED, "password": "wrong"})

    answer = send(shop.storefront, page, TYPED)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Too many log in attempts" in answer.text


def test_refusing(shop: Shop, client: str) -> None:
    """Who does not want to is sent back without a code."""
    page = show(shop.storefront, asked(client))

    told = answer_of(send(shop.storefront, page, {"answer": "deny"}))

    assert told["error"] == "access_denied"
    assert told["state"] == "a state & more"


def test_scope_that_the_person_may_not_have(shop: Shop, client: str) -> None:
    """A scope that nobody may have is told to the client once it is known who signs in."""
    told = sign_in(shop, client, scope="customer admin")

    assert told["error"] == "invalid_scope"


def test_only_address_may_be_left_out(shop: Shop, client: str) -> None:
    """A client with one address need not name it, then or later."""
    code = sign_in(shop, client, redirect_uri=None)["code"]

    assert exchange(shop, client, code, redirect_uri=None).status_code == 200


def test_confidential_client_proves_itself(shop: Shop) -> None:
    """A client with a secret needs it for the exchange, beside the verifier."""
    name, secret = shop.register(redirect_uris=(REDIRECT,), grants=("authorization_code",))
    code = sign_in(shop, name)["code"]
    assert exchange(shop, name, code).json[0]["code"] == "invalid_client"

    answer = exchange(shop, name, code, client_secret=secret)

    assert answer.status_code == 200
    assert "refresh_token" not in answer.json


@pytest.mark.parametrize("query", ["a=1&a=2", "client_id=x&client_id=y", "a=%ff"])
def test_query_that_cannot_be_read(shop: Shop, query: str) -> None:
    """A parameter that is there twice, or is no text, is an error page."""
    assert shop.storefront.get("/authorize?" + query).status_code == 400


def test_unknown_parameters_are_ignored(shop: Shop, client: str) -> None:
    """Parameters that other standards know do no harm."""
    page = show(shop.storefront, asked(client, nonce="1", prompt="login"))

    assert page.status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_authorization_header_that_cannot_be_read(shop: Shop, client: str, method: str) -> None:
    """A header for clients that cannot be read gives a page, whichever way it comes."""
    wrong = {"authorization": "Basic x"}
    page = show(shop.storefront, asked(client))
    if method == "GET":
        answer = shop.storefront.get("/authorize?" + urlencode(asked(client)), headers=wrong)
    else:
        answer = send(shop.storefront, page, TYPED, **wrong)

    assert answer.status_code == 400
    assert "Client authentication failed." in answer.text


def test_parameters_named_as_the_fields_of_the_page(shop: Shop, client: str) -> None:
    """A link that brings a name, a password or an answer puts none of them into the form."""
    foreign = {"username": "eve", "password": "x", "answer": "deny", "sign_in_token": "t" * 43}

    page = show(shop.storefront, {**asked(client), **foreign})

    sent = dict(HIDDEN.findall(page.text))
    assert not sent.keys() & {"username", "password", "answer"}
    assert sent["sign_in_token"] != foreign["sign_in_token"]
    assert "code" in answer_of(send(shop.storefront, page, TYPED))
