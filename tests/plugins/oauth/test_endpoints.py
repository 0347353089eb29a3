"""Revocation, introspection, and what the server says of itself."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from glue_core.openapi.document import resolved
from tests.plugins.oauth.conftest import USER, MakeShop, Shop, bearer, form

MACHINE: dict[str, Any] = {"grants": ("client_credentials",), "scopes": ("stock",)}
REVOKE, INTROSPECT = "/token/revoke", "/token/introspect"


def is_good(shop: Shop, token: str) -> bool:
    """Say whether an access token is good at the storefront."""
    return shop.storefront.get("/who", headers=bearer(token)).status_code == 200


def test_revoked_access_token(shop: Shop) -> None:
    """A revoked access token is void; the refresh token beside it is not."""
    tokens = shop.log_in()

    answer = form(shop.storefront, REVOKE, {"token": tokens["access_token"]})

    assert (answer.status_code, answer.json) == (200, {})
    assert not is_good(shop, tokens["access_token"])
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert shop.token(**again).status_code == 200


def test_revoked_refresh_token(shop: Shop) -> None:
    """A revoked refresh token takes the access tokens of its login with it."""
    tokens = shop.log_in()

    form(shop.storefront, REVOKE, {"token": tokens["refresh_token"], "token_type_hint": "x"})

    assert not is_good(shop, tokens["access_token"])
    again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert shop.token(**again).status_code == 400


def test_revoking_twice_and_the_unknown(shop: Shop) -> None:
    """What is void already, or never was, is revoked without a word."""
    token = shop.log_in()["access_token"]

    for each in (token, token, "unknown", "a.b.c"):
        assert form(shop.storefront, REVOKE, {"token": each}).status_code == 200
    assert form(shop.storefront, REVOKE, {}).json[0]["code"] == "invalid_request"


def test_token_of_another_client(shop: Shop) -> None:
    """A client revokes its own tokens, and no other's."""
    token = shop.log_in()["access_token"]
    other = shop.register(**MACHINE)

    answer = form(shop.storefront, REVOKE, {"token": token}, other)

    assert answer.json[0]["code"] == "invalid_grant"
    assert is_good(shop, token)


def test_introspected_access_token(shop: Shop) -> None:
    """A client with a secret learns what a token of the application says."""
    token = shop.log_in()["access_token"]

    told = form(shop.storefront, INTROSPECT, {"token": token}, shop.register(**MACHINE)).json

    assert told["active"] is True
    assert told["scope"] == "customer"
    assert told["client_id"] == "glue"
    assert orjson.loads(told["sub"])["customer_reference"] == "customer--1"
    assert {"iss", "aud", "exp", "iat", "nbf", "jti", "token_type"} <= set(told)


def test_introspected_refresh_token(shop: Shop) -> None:
    """A refresh token is told about to its own client alone."""
    credentials = shop.register(grants=("password", "refresh_token"))
    login = {"grant_type": "password", "username": "sonia@example.com"}
    tokens = form(
        shop.storefront, "/token", {**login, "password": "correct horse battery"}, credentials
    ).json
    asked = {"token": tokens["refresh_token"]}

    own = form(shop.storefront, INTROSPECT, asked, credentials).json
    other = form(shop.storefront, INTROSPECT, asked, shop.register(**MACHINE)).json

    assert (own["active"], own["client_id"]) == (True, credentials[0])
    assert other == {"active": False}


def test_what_is_not_active(shop: Shop) -> None:
    """Of what counts for nothing, or is another application's, nothing more is said."""
    client = shop.register(**MACHINE)
    revoked = shop.log_in()["access_token"]
    form(shop.storefront, REVOKE, {"token": revoked})
    foreign = shop.log_in(shop.backend, USER)["access_token"]

    for token in (revoked, foreign, "unknown", "a.b.c"):
        answer = form(shop.storefront, INTROSPECT, {"token": token}, client)
        assert (answer.status_code, answer.json) == (200, {"active": False})


def test_introspection_needs_a_secret(shop: Shop) -> None:
    """Without a secret nobody learns anything: neither nobody nor a public client."""
    token = shop.log_in()["access_token"]
    public, _ = shop.register(is_confidential=False, grants=("password",))

    for more in ({}, {"client_id": "glue"}, {"client_id": public}):
        answer = form(shop.storefront, INTROSPECT, {"token": token, **more})
        assert answer.json[0]["code"] == "invalid_client"


def test_documentation_says_how_to_sign_in(make_shop: MakeShop) -> None:
    """The document names the grants that OpenAPI has flows for, and that are offered."""
    tables = {"storefront_api": {"documentation": {"served": "always"}}}
    shop = make_shop(applications=tables)

    def flows(disabled: Shop) -> dict[str, Any]:
        documentation = disabled.deployment.registry.applications["storefront_api"].documentation
        assert documentation is not None
        schemes = documentation.made()["components"]["securitySchemes"]
        found: dict[str, Any] = schemes["oauth2"]["flows"]
        return found

    flow = {"tokenUrl": "/token", "scopes": {}}
    assert flows(shop) == {"password": flow, "clientCredentials": flow}
    assert list(flows(shop)) == ["password", "clientCredentials"]
    without = make_shop(disable=["glue-oauth:oauth.client_credentials"])
    assert flows(without) == {"password": flow}


def test_metadata(make_shop: MakeShop) -> None:
    """The metadata names the issuer and where everything is, and only what is offered."""
    shop = make_shop(applications={"storefront_api": {"base_url": "https://shop.example/api"}})
    answer = shop.storefront.get(
        "/.well-known/oauth-authorization-server", headers={"host": "evil.example"}
    )

    assert answer.headers["content-type"] == "application/json"
    assert answer.json == {
        "issuer": "https://shop.example/api",
        "authorization_endpoint": "https://shop.example/api/authorize",
        "token_endpoint": "https://shop.example/api/token",
        "jwks_uri": "https://shop.example/api/.well-known/jwks.json",
        "revocation_endpoint": "https://shop.example/api/token/revoke",
        "introspection_endpoint": "https://shop.example/api/token/introspect",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "client_credentials",
            "password",
            "refresh_token",
        ],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        "revocation_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
            "none",
        ],
        "introspection_endpoint_auth_methods_supported": [
            "client_secret_basic",
            "client_secret_post",
        ],
        "authorization_response_iss_parameter_supported": True,
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"applications": {"storefront_api": {"base_url": "https://shop.example"}}},
        {"settings": {"issuer": "https://shop.example/"}},
    ],
    ids=["base_url", "issuer"],
)
def test_metadata_is_valid(make_shop: MakeShop, settings: dict[str, Any]) -> None:
    """The metadata of an issuer with TLS is what RFC 8414 asks for, whatever the host says."""
    from authlib.oauth2.rfc8414 import AuthorizationServerMetadata  # type: ignore[import-untyped]

    shop = make_shop(**settings)
    answer = shop.storefront.get(
        "/.well-known/oauth-authorization-server", headers={"host": "evil.example"}
    )
    metadata = AuthorizationServerMetadata(answer.json)

    metadata.validate()
    assert metadata["issuer"] == "https://shop.example"
    assert "evil.example" not in answer.text
    assert answer.headers["cache-control"] == "public, max-age=300"


def test_metadata_without_settings(shop: Shop) -> None:
    """Where no setting says the address, caches keep no metadata, and issuers are not shared."""
    told = [
        each.get("/.well-known/oauth-authorization-server")
        for each in (shop.storefront, shop.backend)
    ]

    assert [each.headers["cache-control"] for each in told] == ["no-store", "no-store"]
    assert [each.json["issuer"] for each in told] == [
        "http://localhost/storefront_api",
        "http://localhost/backend_api",
    ]


@pytest.mark.parametrize("algorithm", ["RS256", "ES256", "Ed25519"])
def test_key_set_is_public(make_shop: MakeShop, algorithm: str) -> None:
    """The key set has what verifies, and nothing that signs."""
    shop = make_shop({"algorithm": algorithm})

    keys = shop.storefront.get("/.well-known/jwks.json").json["keys"]

    assert [(each["use"], each["alg"]) for each in keys] == [("sig", algorithm)] * 2
    assert {"d", "p", "q", "dp", "dq", "qi", "k"}.isdisjoint(name for each in keys for name in each)


def test_others_verify_with_the_key_set(rsa_shop: Shop) -> None:
    """A resource server of others verifies tokens with what is published."""
    from joserfc import jwt
    from joserfc.jwk import KeySet

    token = rsa_shop.log_in()["access_token"]
    keys = KeySet.import_key_set(rsa_shop.storefront.get("/.well-known/jwks.json").json)

    assert jwt.decode(token, keys, algorithms=["RS256"]).claims["client_id"] == "glue"


def test_well_known_is_read_only(shop: Shop) -> None:
    """What is described cannot be written."""
    answer = shop.storefront.post("/.well-known/jwks.json", body=b"{}")

    assert answer.status_code in (404, 405)


def test_documented_requests(shop: Shop) -> None:
    """The document says which grants there are, and what no request may lack."""
    documentation = shop.deployment.registry.applications["storefront_api"].documentation
    assert documentation is not None
    document = resolved(documentation.made())

    def form_of(path: str) -> Any:
        body = document["paths"][path]["post"]["requestBody"]
        name = body["content"]["application/x-www-form-urlencoded"]["schema"]["$ref"]
        return document["components"]["schemas"][name.rpartition("/")[2]]["properties"]

    metadata = shop.storefront.get("/.well-known/oauth-authorization-server").json
    asked = {each["name"]: each for each in document["paths"]["/authorize"]["get"]["parameters"]}
    must = {name for name, each in asked.items() if each.get("required")}
    assert form_of("/token")["grant_type"]["enum"] == metadata["grant_types_supported"]
    assert form_of(REVOKE)["token"]["minLength"] == 1
    assert must == {"client_id", "code_challenge", "code_challenge_method", "response_type"}
    assert asked["response_type"]["schema"]["enum"] == metadata["response_types_supported"]
