"""Keys of a provider that others wrote: which count, how they change, what an outage does.

The application is made in memory and reaches no service, so that nothing but the provider can fail.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from joserfc import jwk

from glue_core import (
    GlueRequest,
    GlueResponse,
    Operation,
    Protection,
    RequestFlowAwareApiApplication,
)
from glue_core.testing import Client, Response, in_memory, installed
from tests.oidc.conftest import AUDIENCE
from tests.oidc.forging import forged

pytestmark = pytest.mark.oidc

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


def refused(response: Response) -> None:
    """Assert that a token was refused, with the code that says so."""
    assert response.status_code == 401, response
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


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
    provider: Any, ask_of: Any, silence: Callable[[], None]
) -> None:
    """An outage of the provider is no outage of the shop: unknown keys are refused, no more."""
    ask = ask_of(provider, cache_seconds=0, keys_seconds=1, timeout=0.5)
    token = provider.token()
    unknown = forged(token, "RS256", jwk.generate_key("RSA", 2048), kid="unheard-of")
    assert ask(token).status_code == 200
    silence()

    end = time.monotonic() + 3
    while time.monotonic() < end:
        assert ask(token).status_code == 200
        refused(ask(unknown))
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
