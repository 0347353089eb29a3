"""Registered clients: how they are kept, and what they get for themselves."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from glue_oauth import BadClient, ClientDraft, ClientRegistry, NoSuchClient
from glue_oauth.models import ClientRow
from tests.plugins.oauth.conftest import CUSTOMER, PASSWORD, REDIRECT, MakeShop, Shop, bearer, form

MACHINE: dict[str, Any] = {"grants": ("client_credentials",), "scopes": ("stock", "prices")}
ASK = {"grant_type": "client_credentials"}
LOGIN = {"grant_type": "password", "username": CUSTOMER, "password": PASSWORD}


def test_client_gets_a_token_of_its_own(shop: Shop) -> None:
    """A machine gets the scopes it is registered with, and no refresh token."""
    credentials = shop.register(**MACHINE)

    answer = form(shop.backend, "/token", ASK, credentials)
    told = shop.backend.get("/who", headers=bearer(answer.json["access_token"])).json

    assert set(answer.json) == {"token_type", "expires_in", "access_token"}
    assert told["kind"] == "client"
    assert told["natural"] == told["client"] == credentials[0]
    assert told["scopes"] == ["stock", "prices"]


def test_client_proves_who_it_is_in_the_body(shop: Shop) -> None:
    """Id and secret may come as parameters."""
    name, secret = shop.register(**MACHINE)

    answer = form(
        shop.backend,
        "/token",
        {**ASK, "client_id": name, "client_secret": secret, "scope": "stock"},
    )

    told = shop.backend.get("/who", headers=bearer(answer.json["access_token"])).json
    assert told["scopes"] == ["stock"]


@pytest.mark.parametrize("scope", ["user", "stock user"])
def test_client_gets_no_other_scope(shop: Shop, scope: str) -> None:
    """A scope that a client is not registered with is invalid."""
    answer = form(shop.backend, "/token", {**ASK, "scope": scope}, shop.register(**MACHINE))

    assert answer.json[0]["code"] == "invalid_scope"


def test_wrong_secret_in_the_header(shop: Shop) -> None:
    """Who tries the header and fails is answered 401 with a challenge, as RFC 6749 asks."""
    name, _ = shop.register(**MACHINE)

    for credentials in ((name, "wrong"), ("nobody", "x"), (name, "")):
        answer = form(shop.backend, "/token", ASK, credentials)
        assert (answer.status_code, answer.json[0]["code"]) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Basic eA==", "Basic /w==", "Basic OmE="])
def test_header_that_is_no_basic(shop: Shop, header: str) -> None:
    """A header that cannot be read is a client that failed."""
    answer = form(shop.backend, "/token", ASK, headers={"authorization": header})

    assert (answer.status_code, answer.json[0]["code"]) == (401, "invalid_client")


def test_two_proofs_are_one_too_many(shop: Shop) -> None:
    """A client that uses header and body at once is refused."""
    name, secret = shop.register(**MACHINE)

    answer = form(shop.backend, "/token", {**ASK, "client_secret": secret}, (name, secret))

    assert answer.json[0]["code"] == "invalid_request"


def test_what_a_client_may(shop: Shop) -> None:
    """Grants, applications and secrets of a client are held against what it asks for."""
    machine = shop.register(**MACHINE)
    there = shop.register(**MACHINE, applications=("backend_api",))
    public, _ = shop.register(is_confidential=False, grants=("password",))

    codes = [
        form(shop.backend, "/token", LOGIN, machine).json[0]["code"],
        form(shop.storefront, "/token", ASK, there).json[0]["code"],
        form(shop.backend, "/token", ASK).json[0]["code"],
        form(shop.backend, "/token", {**ASK, "client_id": public}).json[0]["code"],
        form(shop.backend, "/token", {**ASK, "client_id": machine[0]}).json[0]["code"],
    ]

    assert codes == [
        "unauthorized_client",
        "invalid_client",
        "invalid_client",
        "unauthorized_client",
        "invalid_client",
    ]


def test_client_limits_the_scopes_of_people(shop: Shop) -> None:
    """A token of a person has no scope that the client is not registered with."""
    credentials = shop.register(grants=("password",), scopes=("orders",))

    answer = form(shop.storefront, "/token", LOGIN, credentials)

    assert answer.json[0]["code"] == "invalid_scope"


def registry(shop: Shop) -> ClientRegistry:
    """Return the registry of a shop."""
    return shop.deployment.features.get(ClientRegistry)


def test_secret_is_kept_as_a_digest(shop: Shop) -> None:
    """The database has no secret, only what it was made into."""
    name, secret = shop.register(**MACHINE)
    with shop.deployment.services.database.work(writes=False) as work:
        row = work.session.get(ClientRow, name)
        assert row is not None
        assert row.secret_digest is not None
        kept = repr([getattr(row, each.key) for each in sa.inspect(ClientRow).columns])

    assert len(secret) == 43
    assert secret not in kept


def test_rotated_secret(shop: Shop) -> None:
    """A new secret works, the old one does not."""
    name, old = shop.register(**MACHINE)
    with shop.deployment.services.database.work() as work:
        new = registry(shop).rotate_secret(name, work).secret

    assert new is not None
    assert form(shop.backend, "/token", ASK, (name, old)).status_code == 401
    assert form(shop.backend, "/token", ASK, (name, new)).status_code == 200


def test_disabled_client(make_shop: MakeShop) -> None:
    """A disabled client gets nothing, and what it has is void."""
    shop = make_shop({"revocation_seconds": 0})
    credentials = shop.register(**MACHINE)
    token = form(shop.backend, "/token", ASK, credentials).json["access_token"]
    with shop.deployment.services.database.work() as work:
        assert not registry(shop).disable(credentials[0], work).is_active

    assert form(shop.backend, "/token", ASK, credentials).status_code == 401
    assert shop.backend.get("/who", headers=bearer(token)).status_code == 401


def test_default_client_may_be_disabled_and_is_then_gone(shop: Shop) -> None:
    """Requests without a client are refused once the default one is disabled."""
    with shop.deployment.services.database.work() as work:
        registry(shop).disable("glue", work)

    assert shop.token(**LOGIN).json[0]["code"] == "invalid_client"


def test_who_is_not_there(shop: Shop) -> None:
    """What is done to an unknown client says so; a public one has no secret to rotate."""
    public, _ = shop.register(is_confidential=False, grants=("password",))
    clients = registry(shop)
    with shop.deployment.services.database.work() as work:
        with pytest.raises(NoSuchClient):
            clients.disable("nobody", work)
        with pytest.raises(NoSuchClient):
            clients.rotate_secret("nobody", work)
        with pytest.raises(BadClient, match="public"):
            clients.rotate_secret(public, work)
        assert clients.find("x" * 1000, work) is None
        assert [each.id for each in clients.every(work)] == [public]


CODE: dict[str, Any] = {"grants": ("authorization_code",)}
BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": " "}, "name"),
    ({"id": "a b"}, "cannot be the id"),
    ({"id": "-a"}, "cannot be the id"),
    ({"id": "é"}, "cannot be the id"),
    ({"id": "taken"}, "already"),
    ({"scopes": ("a b",)}, "no scope"),
    ({"scopes": ('"',)}, "no scope"),
    ({"grants": ("",)}, "neither a grant"),
    ({"grants": ("pasword",)}, "no grant 'pasword'; there are: authorization_code, "),
    ({"id": "glue", "grants": ("password",)}, "default client"),
    (CODE, "redirect address"),
    ({"grants": ("client_credentials",)}, "needs a scope"),
    ({**MACHINE, "is_confidential": False}, "confidential"),
]
BAD += [
    ({**CODE, "redirect_uris": (uri,)}, "address")
    for uri in (
        "http://client.example/",
        "https://*.example/",
        "https://client.example/#here",
        "https://user@client.example/",
        "https:///path",
        "javascript:alert(1)",
        "java.script:alert(1)",
        "com.javascript:/alert(1)",
        "com.example.app:signed-in",
        "com.example.app://signed-in",
        "com..app:/signed-in",
        "-.a:/signed-in",
        "data:text/html,x",
        "app:/signed-in",
        "/signed-in",
        "https://client.example/a b",
        "https://client.example\\@evil.example/",
        "https://[::1",
        "https://kölnisch.example/",
        "",
    )
]


def test_clients_that_cannot_be(shop: Shop, subtests: pytest.Subtests) -> None:
    """What cannot be a client is refused with the reason."""
    shop.register(id="taken")
    for draft, reason in BAD:
        with (
            subtests.test(draft=draft),
            pytest.raises(BadClient, match=reason),
            shop.deployment.services.database.work() as work,
        ):
            registry(shop).create(ClientDraft(**{"name": "Test", **draft}), work)


@pytest.mark.parametrize(
    "uri",
    [
        REDIRECT,
        "http://127.0.0.1:8080/a",
        "http://localhost/",
        "http://[::1]/",
        "com.example.app:/x",
        "com.example.app:/",
    ],
)
def test_addresses_that_may_be(shop: Shop, uri: str) -> None:
    """TLS, the loopback interface and the scheme of an app are fit for codes."""
    assert shop.register(**CODE, redirect_uris=(uri,))[0]
