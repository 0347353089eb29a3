"""The backend with tokens of a provider that others wrote, chosen by one setting."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwk

from glue_core.testing import Response, assert_error
from glue_users import UserReader, UserWriter
from tests.oidc.backend import PLACE, USER, Backend
from tests.oidc.conftest import SHORT, NodeProvider
from tests.oidc.forging import forged, part_of

pytestmark = pytest.mark.oidc

Open = Callable[..., Backend]
Refused = Callable[[Response, str], None]

CHAIR: dict[str, Any] = {
    "type": "product-abstract",
    "attributes": {
        "productAbstractSku": "003",
        "attributes": {"brand": "Lumo"},
    },
}


@pytest.fixture
def refused(caplog: pytest.LogCaptureFixture) -> Refused:
    """Assert that a token was refused: what the client is told, and the reason in the log."""
    caplog.set_level(logging.INFO, "glue")

    def check(response: Response, why: str) -> None:
        assert_error(response, 401, "001")
        assert 'error="invalid_token"' in response.headers["www-authenticate"]
        assert why not in response.text
        assert f"oidc refused a token: {why}" in caplog.text
        caplog.clear()

    return check


def unrecognised(response: Response) -> None:
    """Assert that no server took a token for one of its own."""
    assert_error(response, 401, "001")
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


def test_a_token_of_the_provider_reads_and_writes(provider: NodeProvider, backend: Backend) -> None:
    """Whoever has a token for this API, with a scope that Glue translates, uses the back office."""
    headers = {"authorization": f"Bearer {provider.token()}"}

    made = backend.client.post(PLACE, json={"data": CHAIR}, headers=headers)
    assert made.status_code == 201, made
    shown = backend.client.get(f"{PLACE}/003", headers=headers)
    assert shown.status_code == 200, shown
    assert shown.json["data"]["attributes"]["attributes"] == {"brand": "Lumo"}
    assert [each["id"] for each in backend.products(provider.token()).json["data"]] == ["003"]


def test_a_token_without_the_scope_is_forbidden(provider: NodeProvider, backend: Backend) -> None:
    """A good token with too little in it is 403, not 401."""
    assert_error(backend.products(provider.token(scope="glue.read")), 403, None)


def test_a_scope_that_is_not_translated_gives_nothing(
    provider: NodeProvider, backend_of: Open
) -> None:
    """What the provider grants is not ours by accident, the backend's own scope even less."""
    backend = backend_of("oidc", scopes={"glue.read": ["user", "back-office-user"]})

    assert_error(backend.products(provider.token()), 403, None)
    assert backend.products(provider.token(scope="glue.read")).status_code == 200


def test_another_kind_of_caller_is_forbidden(provider: NodeProvider, backend_of: Open) -> None:
    """The back office is for users; a customer with the same scopes has no business there."""
    backend = backend_of("oidc", kind="customer")

    assert_error(backend.products(provider.token()), 403, None)


def test_no_token_is_challenged(backend: Backend) -> None:
    """Without a token the answer is 401 with a challenge."""
    response = backend.client.get(PLACE)

    assert_error(response, 401, None)
    assert response.headers["www-authenticate"].startswith("Bearer ")
    assert "error=" not in response.headers["www-authenticate"]


def test_a_user_is_looked_up(provider: NodeProvider, backend_of: Open, refused: Refused) -> None:
    """Only an active user of the back office is let in; who is locked out is so at once."""
    backend = backend_of("oidc", subject="upn", lookup="user")
    known = provider.token(client_id="desk-1")

    assert backend.products(known).status_code == 200
    stranger = provider.token(client_id="desk-2")
    refused(backend.products(stranger), "no user here may log in by the name that it has")
    refused(backend.products(provider.token()), "its claim 'upn' names nobody")

    features = backend.deployment.features
    with backend.deployment.services.database.work() as work:
        user = features.get(UserReader).by_username(USER, work)
        assert user is not None
        features.get(UserWriter).disable(user.uuid, work)
    refused(backend.products(known), "no user here may log in by the name that it has")


def test_a_token_for_another_audience_is_refused(
    provider: NodeProvider, backend: Backend, refused: Refused
) -> None:
    """The provider issues tokens for other APIs, which are not for us."""
    token = provider.token("https://other.example.com")

    refused(backend.products(token), "it is for another audience")


def test_a_token_of_another_issuer_is_refused(
    backend: Backend, provider_of: Callable[..., NodeProvider], signing_key: Any
) -> None:
    """Another provider's token is nobody's here, even where its key has the same id."""
    unrecognised(backend.products(provider_of([signing_key("first")]).token()))


def test_an_expired_token_is_refused(
    provider: NodeProvider, backend_of: Open, refused: Refused
) -> None:
    """A token is over when it is, also where it was good a second ago."""
    backend = backend_of("oidc", audience=[SHORT], leeway=0)
    token = provider.token(SHORT)
    over = part_of(token, 1)["exp"]
    while time.time() < over:
        time.sleep(0.05)

    refused(backend.products(token), "it has expired")


def test_an_unsigned_token_is_refused(
    provider: NodeProvider, backend: Backend, refused: Refused
) -> None:
    """``none`` is no algorithm, with and without the signature of the real token."""
    token = provider.token()
    unsigned = forged(token, "none", None, alg="none")

    refused(backend.products(unsigned + token.split(".")[2]), "its algorithm is 'none'")
    unrecognised(backend.products(unsigned))


def test_the_public_key_as_a_secret_is_refused(
    provider: NodeProvider, backend: Backend, refused: Refused
) -> None:
    """Who knows the public key, which is everybody, cannot sign with it."""
    public = jwk.import_key(provider.keys[0], "RSA").as_pem(private=False)
    token = forged(provider.token(), "HS256", public, alg="HS256")

    refused(backend.products(token), "its algorithm is 'HS256'")


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
def test_an_unknown_key_is_refused(
    provider: NodeProvider, backend: Backend, refused: Refused, kid: str
) -> None:
    """An id that the provider does not have is one, be it a path or an address."""
    token = provider.token()
    unknown = forged(token, "RS256", jwk.generate_key("RSA", 2048), kid=kid)

    refused(backend.products(unknown), f"the provider has no key {kid!r}")
    assert backend.products(token).status_code == 200


def test_a_known_kid_with_another_key_is_refused(
    provider: NodeProvider, backend: Backend, refused: Refused
) -> None:
    """Claiming to be signed with the provider's key is not enough, nor is bringing a key along."""
    token, own = provider.token(), jwk.generate_key("RSA", 2048)
    brought = forged(token, "RS256", own, jwk=own.as_dict(private=False))

    refused(backend.products(forged(token, "RS256", own)), "its signature is wrong")
    refused(backend.products(brought), "its signature is wrong")


def test_the_setting_alone_switches(provider: NodeProvider, backend_of: Open) -> None:
    """Each server's tokens count where it is chosen, and only there; nothing else is changed."""
    built_in, switched = backend_of("oauth"), backend_of("oidc")
    own, theirs = built_in.own_token(), provider.token()

    assert built_in.products(own).status_code == 200
    unrecognised(built_in.products(theirs))
    assert switched.products(theirs).status_code == 200
    unrecognised(switched.products(own))


def test_both_servers_may_be_chosen(provider: NodeProvider, backend_of: Open) -> None:
    """While a shop moves from one to the other, the tokens of both count."""
    backend = backend_of("oidc", "oauth")

    assert backend.products(provider.token()).status_code == 200
    assert backend.products(backend.own_token()).status_code == 200
