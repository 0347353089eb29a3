"""What the authorization server says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc8414 import AuthorizationServerMetadata  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from glue_core import TokenPlugins
    from glue_oauth.server import BuiltInServer

TOKEN, AUTHORIZE = "/token", "/authorize"
METHODS = ["client_secret_basic", "client_secret_post"]
FLOWS = {"password": "password", "client_credentials": "clientCredentials"}
"""How OpenAPI names the flow of a grant. That of codes needs a client that was registered."""


def offered_grants(plugins: TokenPlugins, application: str) -> list[str]:
    """Return the names of the grants that an application offers at its token endpoint."""
    return sorted(
        {g.name for g in plugins.grants if g.is_offered_by(application) and not g.is_internal}
    )


def flows_of(plugins: TokenPlugins, application: str) -> dict[str, dict[str, str]]:
    """Return the flows of an application as OpenAPI has them, without scopes."""
    grants = offered_grants(plugins, application)
    return {flow: {"tokenUrl": TOKEN} for grant, flow in FLOWS.items() if grant in grants}


def metadata_of(server: BuiltInServer, application: str, own_address: str) -> dict[str, Any]:
    """Return the metadata of RFC 8414 for an application.

    Args:
        server: The server.
        application: Name of the application.
        own_address: Address that the request came to. It decides where the routes are only where
            no setting does: then caches must not keep what is returned.
    """
    rules, plugins = server.parts.rules, server.plugins
    issuer = rules.issuer_of(application)
    base = (rules.address_of(application) or own_address).rstrip("/")
    return dict(
        AuthorizationServerMetadata(
            issuer=issuer,
            authorization_endpoint=base + AUTHORIZE,
            token_endpoint=base + TOKEN,
            jwks_uri=base + "/.well-known/jwks.json",
            revocation_endpoint=base + TOKEN + "/revoke",
            introspection_endpoint=base + TOKEN + "/introspect",
            response_types_supported=["code"],
            response_modes_supported=["query"],
            grant_types_supported=offered_grants(plugins, application),
            code_challenge_methods_supported=["S256"],
            token_endpoint_auth_methods_supported=[*METHODS, "none"],
            revocation_endpoint_auth_methods_supported=[*METHODS, "none"],
            introspection_endpoint_auth_methods_supported=METHODS,
            authorization_response_iss_parameter_supported=True,
        )
    )
