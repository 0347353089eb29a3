"""A resource that asks for a token of a provider that others wrote."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jwk, jws

from glue_core import (
    GlueRequest,
    GlueResponse,
    Operation,
    Protection,
    RequestFlowAwareApiApplication,
)
from glue_core.testing import Client, Response, in_memory, installed

pytestmark = pytest.mark.oidc

AUDIENCE = "https://api.example.com"
SHORT = "https://api.example.com/short-lived"

Ask = Callable[[str], Response]


def show_caller(request: GlueRequest) -> GlueResponse:
    """Answer who asks."""
    identity = request.identity
    assert identity is not None
    shown = {
        "kind": identity.kind,
        "name": identity.natural_identifier,
        "client": identity.client,
        "scopes": identity.scopes,
        "via": identity.via,
    }
    return GlueResponse(content=json.dumps(shown).encode(), format="application/json")


@pytest.fixture
def ask_of(glue_client: Callable[..., Client]) -> Callable[..., Ask]:
    """Make a back office that trusts a provider; ask it with a token."""

    def make(provider: Any, **settings: Any) -> Ask:
        table = {
            "issuer": provider.issuer,
            "audience": [AUDIENCE],
            "scopes": {"glue.admin": ["user", "back-office-user"]},
            "refetch_seconds": 1,
            "retry_seconds": 1,
            **settings,
        }
        application = RequestFlowAwareApiApplication("office_api")
        operation = Operation(
            "get",
            show_caller,
            "/caller",
            protection=Protection(scopes=("back-office-user",), kinds=("user",)),
        )
        client = glue_client(
            [
                *installed("oidc"),
                in_memory("glue.applications", "office_api", application),
                in_memory(
                    "glue.plugins.office_api",
                    "caller",
                    glue_route_providers=lambda: [operation],
                ),
            ],
            settings={
                "applications": {
                    "office_api": {"authentication_servers": ["oidc"], "paths": ["/"]}
                },
                "plugins": {"oidc": table},
            },
        )
        return lambda token: client.get("/caller", headers={"Authorization": f"Bearer {token}"})

    return make


def part_of(token: str, index: int) -> dict[str, Any]:
    """Return the header or the claims of a token."""
    segment = token.split(".")[index]
    found = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    assert isinstance(found, dict)
    return found


def signed(header: dict[str, Any], claims: dict[str, Any], key: Any, algorithm: str) -> str:
    """Sign as somebody would who does not follow the rules."""

    def encoded(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).rstrip(b"=").decode()

    start = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    if algorithm == "none":
        return f"{start}."
    if algorithm == "HS256":
        return f"{start}.{encoded(hmac.digest(key, start.encode(), hashlib.sha256))}"
    return f"{start}.{encoded(jws.JWSRegistry.algorithms[algorithm].sign(start.encode(), key))}"


def test_a_token_of_the_provider_opens_the_resource(provider: Any, ask_of: Any) -> None:
    """Whoever has a token for this API, with a scope that Glue translates, may."""
    response = ask_of(provider)(provider.token())

    assert response.status_code == 200
    assert response.json == {
        "kind": "user",
        "name": "shop-tool",
        "client": "shop-tool",
        "scopes": ["user", "back-office-user"],
        "via": "oidc",
    }


def test_a_token_that_an_elliptic_curve_signed_counts_as_well(
    provider_of: Any, signing_key: Any, ask_of: Any
) -> None:
    """The provider chooses its algorithm among those that are safe."""
    provider = provider_of([signing_key("curve", "ES256")])

    assert ask_of(provider)(provider.token()).status_code == 200


def test_a_token_without_the_scope_is_forbidden(provider: Any, ask_of: Any) -> None:
    """A good token with too little in it is 403, not 401."""
    assert ask_of(provider)(provider.token(scope="glue.read")).status_code == 403


def test_no_token_is_challenged(provider: Any, ask_of: Any) -> None:
    """Without a token the answer is 401 with a challenge, and the provider is not asked."""
    response = ask_of(provider)("")

    assert response.status_code == 401
    assert response.headers["www-authenticate"].startswith("Bearer ")


def refused(response: Response) -> None:
    """Assert that a token was refused, with the code that says so."""
    assert response.status_code == 401, response
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


def test_a_token_for_another_audience_is_refused(provider: Any, ask_of: Any) -> None:
    """The provider issues tokens for other APIs, which are not for us."""
    refused(ask_of(provider)(provider.token("https://other.example.com")))


def test_a_token_of_another_issuer_is_refused(
    provider: Any, provider_of: Any, signing_key: Any, ask_of: Any
) -> None:
    """Another provider's token is refused, even where its key has the same id."""
    other = provider_of([signing_key("first")])

    refused(ask_of(provider)(other.token()))


def test_an_expired_token_is_refused(provider: Any, ask_of: Any) -> None:
    """A token is over when it is, also where it was good a second ago."""
    ask = ask_of(provider, audience=[SHORT], leeway=0)
    token = provider.token(SHORT)
    over = part_of(token, 1)["exp"]
    while time.time() < over:
        time.sleep(0.05)

    refused(ask(token))


@pytest.fixture
def forge(provider: Any) -> Callable[..., str]:
    """Take a real token, change its header or claims, and sign it with what an attacker has."""

    def make(algorithm: str, key: Any, **header: Any) -> str:
        token = provider.token()
        return signed({**part_of(token, 0), **header}, part_of(token, 1), key, algorithm)

    return make


def test_an_unsigned_token_is_refused(provider: Any, ask_of: Any, forge: Any) -> None:
    """``none`` is no algorithm, with and without the signature of the real token."""
    ask = ask_of(provider)
    unsigned = forge("none", None, alg="none")

    refused(ask(unsigned))
    refused(ask(unsigned + provider.token().split(".")[2]))


def test_the_public_key_as_a_secret_is_refused(provider: Any, ask_of: Any, forge: Any) -> None:
    """Who knows the public key, which is everybody, cannot sign with it."""
    public = jwk.import_key(provider.keys[0], "RSA").as_pem(private=False)

    refused(ask_of(provider)(forge("HS256", public, alg="HS256")))


@pytest.mark.parametrize(
    "kid",
    [
        "unheard-of",
        "../../../../etc/passwd",
        "/dev/null",
        "https://evil.example.com/keys",
        "' OR 1=1 --",
    ],
)
def test_an_unknown_key_is_refused(provider: Any, ask_of: Any, forge: Any, kid: str) -> None:
    """An id that the provider does not have is one, be it a path or an address."""
    ask = ask_of(provider)
    own = jwk.generate_key("RSA", 2048)

    refused(ask(forge("RS256", own, kid=kid)))
    assert ask(provider.token()).status_code == 200


def test_a_known_kid_with_another_key_is_refused(provider: Any, ask_of: Any, forge: Any) -> None:
    """Claiming to be signed with the provider's key is not enough."""
    own = jwk.generate_key("RSA", 2048)

    refused(ask_of(provider)(forge("RS256", own)))
    refused(ask_of(provider)(forge("RS256", own, jwk=own.as_dict(private=False))))


def until(answers: Callable[[], Response], status: int) -> Response:
    """Ask again until the answer has a status; the settings say within which time."""
    end = time.monotonic() + 30
    while True:
        response = answers()
        if response.status_code == status or time.monotonic() > end:
            assert response.status_code == status
            return response
        time.sleep(0.1)


def test_a_new_key_is_found_and_the_old_one_forgotten(
    provider: Any, signing_key: Any, ask_of: Any
) -> None:
    """The provider changes its key while the old one is kept here: nobody restarts anything."""
    ask = ask_of(provider)
    old = provider.token()
    assert ask(old).status_code == 200
    provider.stop()
    first = provider.keys[0]

    provider.keys = [signing_key("second"), first]
    provider.start()
    until(lambda: ask(provider.token()), 200)
    assert ask(old).status_code == 200, "The old key is still shown, so what it signed holds."

    provider.stop()
    provider.keys = [signing_key("third")]
    provider.start()
    until(lambda: ask(provider.token()), 200)
    refused(ask(old))


@pytest.fixture(params=["stopped", "killed"])
def silence(request: pytest.FixtureRequest, provider: Any) -> Iterator[Callable[[], None]]:
    """Make the provider silent: its process takes connections and does not answer, or is gone."""
    yield lambda: provider.send(signal.SIGSTOP) if request.param == "stopped" else provider.stop()
    if provider.process is not None:
        provider.send(signal.SIGCONT)


def test_kept_keys_work_while_the_provider_is_silent(
    provider: Any, ask_of: Any, forge: Any, silence: Callable[[], None]
) -> None:
    """An outage of the provider is no outage of the shop: unknown keys are refused, no more."""
    ask = ask_of(provider, cache_seconds=0, keys_seconds=1, timeout=0.5)
    token = provider.token()
    forged = forge("RS256", jwk.generate_key("RSA", 2048), kid="unheard-of")
    assert ask(token).status_code == 200
    silence()

    end = time.monotonic() + 3
    while time.monotonic() < end:
        assert ask(token).status_code == 200
        refused(ask(forged))
        time.sleep(0.1)


def test_a_provider_that_never_answered_makes_its_tokens_wait(
    provider: Any, ask_of: Any, silence: Callable[[], None]
) -> None:
    """Without keys nobody can tell: 503 with Retry-After, in bounded time, until it answers."""
    ask = ask_of(provider, timeout=0.5)
    token = provider.token()
    silence()

    started = time.monotonic()
    response = ask(token)

    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 1
    assert time.monotonic() - started < 10
    refused(ask("no-token-of-the-provider"))
    if provider.process is None:
        provider.start()
    else:
        provider.send(signal.SIGCONT)
    until(lambda: ask(token), 200)
