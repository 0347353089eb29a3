"""What the plugin contributes: the routes, and the server that checks tokens."""

from __future__ import annotations

from collections.abc import Sequence

from glue_core import AuthenticationServer, Features, Operation, Settings, hookimpl
from glue_oauth import OauthServer, token_operations

APPLICATION = "storefront_api"


@hookimpl
def glue_route_providers(features: Features, settings: Settings) -> Sequence[Operation]:
    """Contribute ``/token`` and the other routes of the authorization server."""
    return token_operations(features, settings, APPLICATION)


@hookimpl
def glue_authentication_servers(features: Features) -> Sequence[AuthenticationServer]:
    """Let the authorization server issue and check tokens."""
    return [features.get(OauthServer)]
