"""Tokens that hold and tokens that do not, with a provider that can be asked."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest

from glue_core import AuthenticationRequest, InvalidToken, ServiceUnavailable
from glue_oidc.server import OidcServer


@pytest.fixture
def server(server_of: Callable[..., OidcServer]) -> OidcServer:
    """The server with the settings as they are by default."""
    return server_of()


def test_a_good_token_names_its_user(server: OidcServer, token_of: Callable[..., str]) -> None:
    """The subject, the client and the id of the token are the provider's word."""
    identity = server.identify(token_of(jti="t-1"), "backend_api")

    assert (identity.kind, identity.natural_identifier, identity.surrogate_identifier) == (
        "user",
        "somebody",
        "somebody",
    )
    assert (identity.via, identity.client, identity.token_id) == ("oidc", "shop-tool", "t-1")


def test_a_token_of_the_issuer_is_recognised_without_a_question(
    server: OidcServer, token_of: Callable[..., str], provider: Any
) -> None:
    """Whose token it is decides nothing but who checks it, and asks nobody."""
    assert server.recognises(token_of())
    assert not server.recognises(token_of(iss="https://elsewhere.example.com"))
    assert not server.recognises("opaque-token")
    assert provider.asked == []


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "..",
        "a.b",
        "a.b.c.d",
        "e30.W10.AA",
        "e30.e30.AA",
        "!!.e30.AA",
        "e30.e30.AA\n",
        "é.é.é",
        "e30." + "W1tb" * 1500 + ".AA",
        "e30." + "A" * 9000 + ".AA",
    ],
)
def test_garbage_is_no_token_of_the_issuer(server: OidcServer, wrong: str) -> None:
    """What is not three parts with an object in the middle is left to others, and refused."""
    assert not server.recognises(wrong)
    with pytest.raises(InvalidToken):
        server.identify(wrong, "backend_api")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": "https://other.example.com"}, "another audience"),
        ({"aud": ["https://other.example.com"]}, "another audience"),
        ({"aud": None}, "another audience"),
        ({"aud": [1, "https://api.example.com"]}, "neither a text"),
        ({"aud": {"https://api.example.com": 1}}, "neither a text"),
        ({"iss": "https://elsewhere.example.com"}, "somebody else"),
        ({"iss": None}, "somebody else"),
        ({"iss": ["x"]}, "somebody else"),
        ({"exp": None}, "never expires"),
        ({"exp": 1_900_000_000 - 31}, "has expired"),
        ({"exp": "2100-01-01"}, "no time"),
        ({"exp": True}, "no time"),
        ({"nbf": 1_900_000_000 + 31}, "not count yet"),
        ({"iat": 1_900_000_000 + 31}, "issued later"),
        ({"iat": 1_900_000_000 + 20, "exp": 1_900_000_000 + 10}, "issued later"),
        ({"cnf": {"jkt": "x"}}, "bound to a key"),
        ({"sub": None}, "names nobody"),
        ({"sub": ""}, "names nobody"),
        ({"sub": 7}, "names nobody"),
        ({"sub": "x" * 256}, "names nobody"),
        ({"client_id": 7}, "client is no text"),
        ({"scope": 7}, "neither a text"),
    ],
)
def test_a_claim_that_does_not_hold_is_refused(
    server: OidcServer, token_of: Callable[..., str], claims: dict[str, Any], reason: str
) -> None:
    """A signature alone proves nothing to this application."""
    with pytest.raises(InvalidToken, match=reason):
        server.identify(token_of(**claims), "backend_api")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": ["https://other.example.com", "https://api.example.com"]},
        {"exp": 1_900_000_000 - 29, "iat": None},
        {"nbf": 1_900_000_000 + 29},
        {"iat": 1_900_000_000 + 29},
        {"iat": None},
        {"exp": 1_900_000_000.5},
    ],
)
def test_a_claim_that_holds_within_the_leeway_is_taken(
    server: OidcServer, token_of: Callable[..., str], claims: dict[str, Any]
) -> None:
    """Clocks differ by half a minute, and an audience may be one of several."""
    assert server.identify(token_of(**claims), "backend_api").natural_identifier == "somebody"


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "algorithm"),
        ({"alg": "None"}, "algorithm"),
        ({"alg": "HS256"}, "algorithm"),
        ({"alg": "RS512"}, "algorithm"),
        ({"alg": ["RS256"]}, "algorithm"),
        ({"alg": "ES256"}, "not for ES256"),
        ({"alg": "EdDSA"}, "not for EdDSA"),
        ({"crit": ["b64"], "b64": False}, "extension"),
        ({"crit": ["example.com/unknown"], "example.com/unknown": 1}, "extension"),
        ({"crit": []}, "extension"),
        ({"b64": False}, "extension"),
        ({"typ": "secevent+jwt"}, "type"),
        ({"typ": 1}, "type"),
        ({"typ": None}, "type"),
        ({"kid": "second"}, "no key 'second'"),
        ({"kid": ["first"]}, "no text"),
        ({"kid": "../../keys/first"}, "no key"),
        ({"kid": "file:///dev/null"}, "no key"),
        ({"jku": "no address"}, "signature"),
    ],
)
def test_a_header_that_does_not_hold_is_refused(
    server: OidcServer,
    rsa: Any,
    claims_of: Callable[..., dict[str, Any]],
    header: dict[str, Any],
    reason: str,
) -> None:
    """The header is what the sender says: nothing in it chooses a weaker check."""
    with pytest.raises(InvalidToken, match=reason):
        server.identify(rsa.sign(claims_of(), "RS256", **header), "backend_api")


def test_a_kid_that_is_an_address_asks_nobody_there(
    server: OidcServer, rsa: Any, claims_of: Callable[..., dict[str, Any]], provider: Any
) -> None:
    """The id of a key is looked up among the keys that are known, and nowhere else."""
    header = {
        "kid": f"{provider.url}/evil",
        "jku": f"{provider.url}/evil",
        "x5u": f"{provider.url}/evil",
    }

    with pytest.raises(InvalidToken, match="no key"):
        server.identify(rsa.sign(claims_of(), "RS256", **header), "backend_api")
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize("kid", ["first", "unheard-of"])
def test_a_key_that_the_token_brings_counts_for_nothing(
    server: OidcServer, other_rsa: Any, claims_of: Callable[..., dict[str, Any]], kid: str
) -> None:
    """A token that is signed with the key in its own header is a forgery."""
    token = other_rsa.sign(claims_of(), "RS256", kid=kid, jwk=other_rsa.key.as_dict(private=False))

    with pytest.raises(InvalidToken):
        server.identify(token, "backend_api")


def test_the_public_key_is_no_shared_secret(
    server: OidcServer, rsa: Any, token_of: Callable[..., str], encode: Callable[..., str]
) -> None:
    """HS256 with the public key for a secret, which everybody can make, is refused."""
    payload = token_of().split(".")[1]
    for secret in (rsa.key.as_pem(private=False), rsa.key.as_der(private=False)):
        start = encode(json.dumps({"alg": "HS256", "kid": "first", "typ": "at+jwt"}))
        signed = f"{start}.{payload}".encode()
        token = f"{start}.{payload}.{encode(hmac.digest(secret, signed, hashlib.sha256))}"

        with pytest.raises(InvalidToken, match="algorithm"):
            server.identify(token, "backend_api")


def test_a_changed_token_is_refused(server: OidcServer, token_of: Callable[..., str]) -> None:
    """Claims of one token with the signature of another do not hold, kept or not."""
    good, other = token_of(), token_of(sub="admin")
    server.identify(good, "backend_api")
    forged = ".".join([*other.split(".")[:2], good.split(".")[2]])

    with pytest.raises(InvalidToken, match="signature"):
        server.identify(forged, "backend_api")


def test_clients_may_be_named(
    server_of: Callable[..., OidcServer], token_of: Callable[..., str]
) -> None:
    """With a list of clients only theirs count, whichever claim names them."""
    server = server_of(clients=["shop-tool"])

    assert server.identify(token_of(), "backend_api").client == "shop-tool"
    assert server.identify(token_of(client_id=None, azp="shop-tool"), "x").client == "shop-tool"
    for claims in ({"client_id": "other"}, {"client_id": None}, {"azp": "other"}):
        with pytest.raises(InvalidToken, match="another client"):
            server.identify(token_of(**claims), "backend_api")


def test_types_may_be_chosen(
    server_of: Callable[..., OidcServer], rsa: Any, claims_of: Callable[..., dict[str, Any]]
) -> None:
    """A type is compared without case and prefix; '' lets in tokens that say none."""
    server = server_of(types=["at+jwt", ""])

    for type_ in ("AT+JWT", "application/at+jwt", None):
        server.identify(rsa.sign(claims_of(), "RS256", typ=type_), "backend_api")
    with pytest.raises(InvalidToken, match="type"):
        server.identify(rsa.sign(claims_of(), "RS256", typ="JWT"), "backend_api")


@pytest.mark.parametrize(
    ("kind", "size", "algorithm"),
    [
        ("RSA", 2048, "RS256"),
        ("RSA", 2048, "PS256"),
        ("EC", "P-256", "ES256"),
        ("EC", "P-384", "ES384"),
        ("OKP", "Ed25519", "EdDSA"),
        ("OKP", "Ed25519", "Ed25519"),
    ],
)
def test_every_signature_with_a_public_key_may_be_allowed(
    server_of: Callable[..., OidcServer],
    provider: Any,
    make_key: Callable[..., Any],
    claims_of: Callable[..., dict[str, Any]],
    kind: str,
    size: Any,
    algorithm: str,
) -> None:
    """The algorithm of a key that the provider names is the only one that it is used with."""
    key = make_key(kind, size, kid="k", alg=algorithm)
    provider.keys.append(key)
    server = server_of(algorithms=[algorithm])

    token = key.sign(claims_of(), algorithm)

    assert server.identify(token, "backend_api").natural_identifier == "somebody"


def test_each_application_has_an_audience_of_its_own(
    server_of: Callable[..., OidcServer], token_of: Callable[..., str]
) -> None:
    """A token for the shop opens no door of the back office, kept or not."""
    server = server_of(
        audience=["shop"],
        applications={"backend_api": {"audience": ["office"], "fixed_scopes": ["user"]}},
        kind="customer",
    )
    shop, office = token_of(aud="shop"), token_of(aud="office")

    assert server.identify(shop, "storefront_api").kind == "customer"
    assert server.identify(office, "backend_api").scopes == ("user",)
    for token, application in ((shop, "backend_api"), (office, "storefront_api")):
        with pytest.raises(InvalidToken, match="another audience"):
            server.identify(token, application)


def test_an_application_without_an_audience_takes_no_token(
    server_of: Callable[..., OidcServer], token_of: Callable[..., str]
) -> None:
    """Where no audience is set, none is right, not every one."""
    server = server_of(audience=[], applications={"backend_api": {"audience": ["office"]}})

    with pytest.raises(InvalidToken, match="no audience for 'storefront_api'"):
        server.identify(token_of(), "storefront_api")


def test_a_token_is_verified_once_in_a_while(
    server_of: Callable[..., OidcServer],
    token_of: Callable[..., str],
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is kept is good for some seconds, and never past the end of the token."""
    server = server_of(cache_seconds=60)
    verified: list[str] = []
    verify = server._verifier.claims

    def counted(token: str, rules: Any) -> Any:
        verified.append(token)
        return verify(token, rules)

    monkeypatch.setattr(server._verifier, "claims", counted)
    token = token_of(exp=1_900_000_000 + 100)
    server.identify(token, "backend_api")
    for later, times in ((0, 2), (1, 2), (59, 2), (61, 3), (99, 3), (100, 4)):
        clock.now = 1_900_000_000 + later
        server.identify(token, "backend_api")
        assert len(verified) == times, f"after {later} seconds"
    clock.now = 1_900_000_000 + 130
    with pytest.raises(InvalidToken, match="expired"):
        server.identify(token, "backend_api")


def test_a_caller_that_is_looked_up_is_known_by_the_name_here(
    server_of: Callable[..., OidcServer], token_of: Callable[..., str]
) -> None:
    """The lookup is asked at each request: who is locked out is so at once."""
    from glue_oidc.lookup import Person

    people = {"somebody": Person("some.body@example.com", 7)}
    server = server_of({"user": people.get}, lookup="user")
    token = token_of()

    identity = server.identify(token, "backend_api")

    assert (identity.natural_identifier, identity.surrogate_identifier) == (
        "some.body@example.com",
        7,
    )
    people.clear()
    with pytest.raises(InvalidToken, match="no user here"):
        server.identify(token, "backend_api")


def test_keys_that_are_not_to_be_had_are_no_fault_of_the_token(
    server: OidcServer, token_of: Callable[..., str], provider: Any
) -> None:
    """While the provider was never reached, nobody can say whether a token holds: 503."""
    provider.stop()

    with pytest.raises(ServiceUnavailable) as raised:
        server.identify(token_of(), "backend_api")

    assert (raised.value.service, raised.value.retry_after) == ("oidc", 5)


def test_a_token_that_is_over_anyway_asks_for_no_keys(
    server: OidcServer, token_of: Callable[..., str], provider: Any
) -> None:
    """What can be refused without the provider is, so that nobody makes us ask it."""
    with pytest.raises(InvalidToken, match="expired"):
        server.identify(token_of(exp=1), "backend_api")

    assert provider.asked == []


def test_tokens_are_issued_by_the_provider_alone(server: OidcServer) -> None:
    """The server takes no request for a token, and refuses one that comes all the same."""
    request = AuthenticationRequest("backend_api", {"grant_type": "client_credentials"})

    assert not server.takes(request)
    assert server.authenticate(request).error == "unsupported_grant_type"
