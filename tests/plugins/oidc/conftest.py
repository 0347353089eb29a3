"""A provider in a thread of the test, whose tokens are whatever the test wants them to be."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwk, jws

from glue_core import Settings
from glue_oidc.issuer import Issuer
from glue_oidc.keys import Keys
from glue_oidc.plugin import glue_settings
from glue_oidc.server import OidcServer

AUDIENCE = "https://api.example.com"
NOW = 1_900_000_000
DISCOVERY = "/.well-known/openid-configuration"

Section = Mapping[str, Any]


class Clock:
    """A time that stands still until a test moves it."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        """Return the time, in seconds."""
        return self.now


class SigningKey:
    """A key of the provider, with the ways to misuse it."""

    def __init__(self, kind: str, size: Any, **members: str) -> None:
        self.key = jwk.generate_key(kind, size)  # type: ignore[call-overload]
        self.members = members

    @property
    def public(self) -> dict[str, Any]:
        """The key as a document of keys has it."""
        return {**self.key.as_dict(private=False), **self.members}

    @property
    def kid(self) -> str | None:
        """Its id."""
        return self.members.get("kid")

    def sign(self, claims: Any, algorithm: str, **header: Any) -> str:
        """Sign claims; a header that is None is left out."""
        whole = {"alg": algorithm, "typ": "at+jwt", "kid": self.kid, **header}
        whole = {name: value for name, value in whole.items() if value is not None}
        model = jws.JWSRegistry.algorithms[algorithm]
        start = f"{encoded(json.dumps(whole))}.{encoded(json.dumps(claims))}"
        return f"{start}.{encoded(model.sign(start.encode(), self.key))}"


def encoded(value: str | bytes) -> str:
    """Return base64url without padding."""
    content = value.encode() if isinstance(value, str) else value
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


class Provider:
    """An OpenID Connect provider on a free port of this machine.

    Attributes:
        keys: Keys that it shows.
        asked: Paths that were asked for, in order.
        answers: What it answers instead at a path: status, headers and body, or a function that
            writes the answer itself.
    """

    def __init__(self) -> None:
        provider = self
        self.keys: list[Any] = []
        self.asked: list[str] = []
        self.configuration: dict[str, Any] = {}
        self.answers: dict[str, Any] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                answer = provider.answers.get(self.path, (200, {}, provider.document(self.path)))
                if callable(answer):
                    answer(self)
                    return
                status, headers, body = answer
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                for name, value in {"Content-Length": len(content), **headers}.items():
                    self.send_header(name, str(value))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self._is_up = True

    def document(self, path: str) -> Any:
        """Return what the provider answers at a path when all is well."""
        if path == DISCOVERY:
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys", **self.configuration}
        return {"keys": [getattr(each, "public", each) for each in self.keys]}

    def stop(self) -> None:
        """Answer no more: connections are refused."""
        if self._is_up:
            self._is_up = False
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()


@pytest.fixture
def provider(rsa: SigningKey) -> Iterator[Provider]:
    """A provider that shows one RSA key."""
    made = Provider()
    made.keys.append(rsa)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def rsa() -> SigningKey:
    """An RSA key; making one takes long."""
    return SigningKey("RSA", 2048, kid="first")


@pytest.fixture(scope="session")
def other_rsa() -> SigningKey:
    """Another RSA key, of the same id as the first."""
    return SigningKey("RSA", 2048, kid="first")


@pytest.fixture
def clock() -> Clock:
    """The time of tokens and of keys alike."""
    return Clock()


@pytest.fixture
def section_of(provider: Provider) -> Callable[..., Section]:
    """Make the settings of the plugin: what is given, over an issuer and an audience."""

    def make(**given: Any) -> Section:
        table = {"issuer": provider.url, "audience": [AUDIENCE], **given}
        settings = Settings.of({"plugins": {"oidc": table}})
        return settings.with_sections(glue_settings()).section("oidc")

    return make


@pytest.fixture
def claims_of(provider: Provider) -> Callable[..., dict[str, Any]]:
    """Make the claims of a token that holds; one that is given as None is left out."""

    def make(**given: Any) -> dict[str, Any]:
        claims = {
            "iss": provider.url,
            "aud": AUDIENCE,
            "sub": "somebody",
            "iat": NOW - 10,
            "exp": NOW + 300,
            "client_id": "shop-tool",
            **given,
        }
        return {name: value for name, value in claims.items() if value is not None}

    return make


@pytest.fixture
def token_of(rsa: SigningKey, claims_of: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """Make a token that the first key of the provider signed, from claims."""

    def make(**given: Any) -> str:
        return rsa.sign(claims_of(**given), "RS256")

    return make


@pytest.fixture
def server_of(section_of: Callable[..., Section], clock: Clock) -> Callable[..., OidcServer]:
    """Make the server, by settings."""

    def make(lookups: Mapping[str, Any] | None = None, **given: Any) -> OidcServer:
        section = section_of(**given)
        issuer = Issuer(section["issuer"], timeout=section["timeout"])
        return OidcServer(section, Keys(issuer.keys, section, clock), lookups or {}, clock)

    return make


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Wait until something holds, for what happens in another thread."""

    def wait(holds: Callable[[], bool]) -> None:
        until = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < until, "It never happened."
            time.sleep(0.01)

    return wait


@pytest.fixture
def make_key() -> Callable[..., SigningKey]:
    """Make a key: kind, size or curve, and what its document says besides."""
    return SigningKey


@pytest.fixture
def encode() -> Callable[[str | bytes], str]:
    """Return base64url without padding."""
    return encoded
