"""Client libraries of others complete every grant, over a socket."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session as AuthlibSession  # type: ignore[import-untyped]
from oauthlib.oauth2 import BackendApplicationClient, InvalidGrantError, LegacyApplicationClient  # type: ignore[import-untyped]
from requests_oauthlib import OAuth2Session as OauthlibSession  # type: ignore[import-untyped]

from tests.plugins.oauth.conftest import CUSTOMER, PASSWORD, MakeShop, Shop
from tests.plugins.oauth.test_authorize import HIDDEN, VERIFIER

CALLBACK = "http://127.0.0.1:9/signed-in"
"""Where nobody listens: the browser of the test stops there."""


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Served:
    """A shop that answers on a port of the loopback interface."""

    shop: Shop
    base: str

    @property
    def token(self) -> str:
        """Address of the token endpoint."""
        return self.base + "/token"

    def sign_in(self, address: str) -> str:
        """Sign in as a browser does, and return the address that it is sent to."""
        with requests.Session() as browser:
            browser.trust_env = False
            page = browser.get(address, timeout=30)
            fields = dict(HIDDEN.findall(page.text))
            answer = browser.post(
                urljoin(address, "/authorize"),
                {**fields, "username": CUSTOMER, "password": PASSWORD},
                allow_redirects=False,
                timeout=30,
            )
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]


@pytest.fixture
def served(make_shop: MakeShop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Serve the storefront of a shop."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    # Libraries read refusals as the standard has them.
    shop = make_shop({"errors": "object"})
    wsgi: Any = shop.deployment.applications["storefront_api"]
    with make_server("127.0.0.1", 0, wsgi, WSGIServer, Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield Served(shop, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()


def name_of(served: Served, get: Callable[..., Any]) -> str:
    """Ask who the owner of a session is."""
    told: str = get(served.base + "/who", timeout=30).json()["natural"]
    return told


def code_client(served: Served) -> str:
    """Register a public client of the code grant."""
    return served.shop.register(
        is_confidential=False,
        redirect_uris=(CALLBACK,),
        grants=("authorization_code", "refresh_token"),
    )[0]


MACHINE: dict[str, Any] = {"grants": ("client_credentials",), "scopes": ("stock",)}


def test_authlib_password_refresh_and_revocation(served: Served) -> None:
    """Authlib's client logs in, refreshes, and revokes."""
    with AuthlibSession("glue", token_endpoint_auth_method="none") as session:
        first = session.fetch_token(
            served.token, grant_type="password", username=CUSTOMER, password=PASSWORD
        )
        assert name_of(served, session.get) == "customer--1"
        second = session.refresh_token(served.token, first["refresh_token"])
        assert second["refresh_token"] != first["refresh_token"]
        answer = session.revoke_token(served.token + "/revoke", second["refresh_token"])

        assert answer.status_code == 200
        assert session.get(served.base + "/who").status_code == 401


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlib_client_credentials(served: Served, method: str) -> None:
    """Authlib's client gets a token of its own, whichever way it proves who it is."""
    name, secret = served.shop.register(**MACHINE)
    with AuthlibSession(name, secret, token_endpoint_auth_method=method) as session:
        session.fetch_token(served.token, grant_type="client_credentials", scope="stock")

        assert name_of(served, session.get) == name


def test_authlib_code(served: Served) -> None:
    """Authlib's client sends somebody to sign in, and exchanges the code with PKCE."""
    with AuthlibSession(
        code_client(served),
        redirect_uri=CALLBACK,
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
    ) as session:
        address, state = session.create_authorization_url(
            served.base + "/authorize", code_verifier=VERIFIER
        )
        session.fetch_token(
            served.token,
            authorization_response=served.sign_in(address),
            state=state,
            code_verifier=VERIFIER,
        )

        assert name_of(served, session.get) == "customer--1"


def test_oauthlib_password_and_refresh(served: Served) -> None:
    """The client of requests-oauthlib logs in and refreshes."""
    with OauthlibSession(client=LegacyApplicationClient("glue")) as session:
        first = session.fetch_token(
            served.token,
            username=CUSTOMER,
            password=PASSWORD,
            include_client_id=True,
            client_secret=None,
        )
        assert name_of(served, session.get) == "customer--1"
        second = session.refresh_token(
            served.token, refresh_token=first["refresh_token"], client_id="glue"
        )

        assert second["refresh_token"] != first["refresh_token"]


def test_oauthlib_client_credentials(served: Served) -> None:
    """The client of requests-oauthlib gets a token of its own."""
    name, secret = served.shop.register(**MACHINE)
    with OauthlibSession(client=BackendApplicationClient(name)) as session:
        session.fetch_token(served.token, client_id=name, client_secret=secret)

        assert name_of(served, session.get) == name


def test_oauthlib_code(served: Served) -> None:
    """The client of requests-oauthlib sends somebody to sign in, and exchanges the code."""
    name = code_client(served)
    with OauthlibSession(name, redirect_uri=CALLBACK, pkce="S256") as session:
        address, _ = session.authorization_url(served.base + "/authorize")
        session.fetch_token(
            served.token,
            authorization_response=served.sign_in(address),
            include_client_id=True,
        )

        assert name_of(served, session.get) == "customer--1"


def test_oauthlib_understands_errors(served: Served) -> None:
    """A refusal is an error of the library's own, by its id."""
    with (
        OauthlibSession(client=LegacyApplicationClient("glue")) as session,
        pytest.raises(InvalidGrantError),
    ):
        session.fetch_token(
            served.token, username=CUSTOMER, password="wrong", include_client_id=True
        )
