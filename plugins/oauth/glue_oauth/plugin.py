"""Hook implementations of the authorization server; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue_core import (
    Command,
    Features,
    Grant,
    LoginGuard,
    Migrations,
    Provider,
    ScopeProvider,
    ScopeRequest,
    Section,
    Services,
    Settings,
    TokenPlugins,
    hookimpl,
)
from glue_oauth import ClientRegistry, OauthServer, RefreshTokens, SigningKeys, TokenIssuer
from glue_oauth.settings import SECTION, OauthSettings, rules_of

if TYPE_CHECKING:
    import click

    from glue_oauth.login import Login
    from glue_oauth.parts import Parts

BRANCH = "oauth"


class ServerParts:
    """Stands for the parts of the server among the features; nobody else asks for them."""

    def __init__(self, parts: Parts, login: Login) -> None:
        self.parts = parts
        self.login = login


@hookimpl
def glue_settings() -> Sequence[Section]:
    """Declare ``[plugins.oauth]``."""
    return [Section(SECTION, OauthSettings)]


@hookimpl
def glue_migrations() -> Sequence[Migrations]:
    """Keep the tables of the server up to date."""
    return [Migrations(BRANCH, Path(__file__).parent / "migrations" / "versions", _metadata)]


@hookimpl
def glue_features(services: Services, settings: Settings) -> Sequence[Provider[Any]]:
    """Provide the authorization server, its clients, keys and tokens."""

    def parts(features: Features) -> ServerParts:
        from glue_oauth.login import Login
        from glue_oauth.parts import make_parts

        def plugins() -> TokenPlugins:
            return features.get(TokenPlugins)

        def database() -> Any:
            return services.database

        rules = rules_of(settings)
        made = make_parts(rules, database, plugins)
        return ServerParts(made, Login(rules.users, plugins, database, features.get(LoginGuard)))

    def server(features: Features) -> OauthServer:
        from glue_oauth.login import check_users
        from glue_oauth.server import BuiltInServer

        own, plugins = features.get(ServerParts), features.get(TokenPlugins)
        given = settings["plugins"].get(SECTION, {}).get("users", {})
        check_users(given, plugins, settings.origin)
        return BuiltInServer(own.parts, plugins, own.login)

    return [
        Provider(ServerParts, parts),
        Provider(OauthServer, server),
        Provider(ClientRegistry, lambda features: features.get(ServerParts).parts.clients),
        Provider(SigningKeys, lambda features: features.get(ServerParts).parts.keys),
        Provider(TokenIssuer, lambda features: features.get(ServerParts).parts),
        Provider(RefreshTokens, lambda features: features.get(ServerParts).parts.families),
    ]


@hookimpl
def glue_grants(features: Features) -> Sequence[Grant]:
    """Offer the grants of the standard."""
    from glue_oauth.grants import ClientCredentialsGrant, CodeGrant, PasswordGrant, RefreshGrant

    own = features.get(ServerParts)

    def plugins() -> TokenPlugins:
        return features.get(TokenPlugins)

    return [
        Grant("password", PasswordGrant(own.login).answer),
        Grant("refresh_token", RefreshGrant(own.parts, plugins).answer),
        Grant(
            "client_credentials",
            ClientCredentialsGrant(own.parts).answer,
            needs_client=True,
            needs_secret=True,
        ),
        Grant("authorization_code", CodeGrant(own.parts, plugins).answer, needs_client=True),
    ]


@hookimpl
def glue_scope_providers() -> Sequence[ScopeProvider]:
    """Give customers and users the scopes of their kinds."""
    return [
        ScopeProvider("customer", lambda request: ("customer",), kinds=("customer",)),
        ScopeProvider("user", _user_scopes, kinds=("user",)),
    ]


@hookimpl
def glue_commands() -> Sequence[Command]:
    """Add ``glue clients``, ``glue keys`` and ``glue tokens``."""
    return [
        Command("clients", "Create, list, disable clients of the OAuth server.", _clients),
        Command("keys", "List, rotate, revoke the keys that sign.", _keys),
        Command("tokens", "Clean up after tokens.", _tokens),
    ]


def _clients() -> click.Command:
    from glue_oauth.commands import clients

    return clients


def _keys() -> click.Command:
    from glue_oauth.commands import keys

    return keys


def _tokens() -> click.Command:
    from glue_oauth.commands import tokens

    return tokens


def _user_scopes(request: ScopeRequest) -> tuple[str, ...]:
    is_warehouse_user = bool(request.subject.facts.get("is_warehouse_user"))
    return ("user", "warehouse-user" if is_warehouse_user else "back-office-user")


def _metadata() -> object:
    from glue_oauth.models import METADATA

    return METADATA
