"""The parts of the authorization server, made once for a deployment."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from glue_core import (
    ConfigurationError,
    Database,
    GrantRefused,
    ScopeRequest,
    Subject,
    TokenDraft,
    TokenPlugins,
    Work,
)
from glue_oauth import IssuedToken, OauthClient
from glue_oauth.access import AccessTokens
from glue_oauth.clients import DatabaseClients
from glue_oauth.clock import utc_now
from glue_oauth.codes import DatabaseCodes
from glue_oauth.families import DatabaseFamilies
from glue_oauth.keys import DatabaseKeys
from glue_oauth.settings import DROP, Rules
from glue_oauth.verifying import Verifier

NAME = "oauth"


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of the server that know nothing of grants.

    Attributes:
        rules: The settings.
        database: Returns the database.
        clients: The clients.
        keys: The keys.
        tokens: Access tokens.
        families: Refresh tokens.
        codes: Authorization codes.
        verifier: Says who asks.
        now: Returns the time.
    """

    rules: Rules
    database: Callable[[], Database]
    clients: DatabaseClients
    keys: DatabaseKeys
    tokens: AccessTokens
    families: DatabaseFamilies
    codes: DatabaseCodes
    verifier: Verifier
    now: Callable[[], datetime]

    def issue(
        self, draft: TokenDraft, application: str, work: Work, client: str | None = None
    ) -> IssuedToken:
        """Issue tokens; see `TokenIssuer`."""
        return self.issue_for(draft, application, work, client)

    def issue_for(
        self,
        draft: TokenDraft,
        application: str,
        work: Work,
        client: str | None = None,
        *,
        is_provided: bool = False,
    ) -> IssuedToken:
        """Issue tokens.

        Args:
            draft: What they say.
            application: Name of the application that they are for.
            work: The unit of work.
            client: Id of the client, or None for the default one.
            is_provided: Whether scope providers gave the scopes.
        """
        if not draft.scopes:
            raise ValueError("A token needs scopes: give the draft some.")
        if draft.on_behalf_of is not None and draft.is_refreshable:
            raise ValueError(
                "A token on behalf of somebody cannot be refreshed: make the draft with "
                "'is_refreshable=False', and issue another token instead."
            )
        lifetime = draft.lifetime or self.rules.access_token
        if lifetime > self.rules.longest_token:
            raise ValueError(
                f"A token of {lifetime} would live longer than the key that signs it: raise "
                f"'plugins.oauth.key_retention'."
            )
        client = client or self.rules.default_client
        now = self.now()
        family, refresh = draft.family, None
        if draft.is_refreshable:
            family = family or self.families.start(
                draft.subject, application, client, draft.scopes, work, is_provided=is_provided
            )
            refresh = self.families.add(family, work)
        token, token_id, expires_at = self.tokens.sign(
            draft.subject,
            draft.scopes,
            application,
            client,
            family,
            now,
            lifetime,
            work,
            draft.on_behalf_of,
        )
        return IssuedToken(
            token,
            math.ceil((expires_at - now).total_seconds()),
            draft.scopes,
            token_id,
            refresh,
            family,
        )


def make_parts(
    rules: Rules,
    database: Callable[[], Database],
    plugins: Callable[[], TokenPlugins],
    now: Callable[[], datetime] = utc_now,
) -> Parts:
    """Put the parts together.

    Args:
        rules: The settings.
        database: Returns the database.
        plugins: Returns what plugins add, once somebody asks.
        now: Returns the time, with its zone.

    Raises:
        ConfigurationError: A token would live longer than the key that signs it.
    """
    if rules.access_token > rules.longest_token:
        raise ConfigurationError(
            f"plugins.oauth.access_token is {rules.access_token}, and signing keys verify for "
            f"{rules.key_retention} after they signed last.\n"
            f"Raise 'plugins.oauth.key_retention' above it by an hour at least."
        )
    keys = DatabaseKeys(database, rules.algorithm, rules.key_secret, rules.key_retention, now)
    tokens = AccessTokens(keys, rules, NAME)
    verifier = Verifier(tokens, database, plugins, rules)
    return Parts(
        rules,
        database,
        DatabaseClients(rules.default_client, plugins, now),
        keys,
        tokens,
        DatabaseFamilies(rules.refresh_token, verifier.forget_checks, now),
        DatabaseCodes(rules.authorization_code, now),
        verifier,
        now,
    )


def scopes_for(
    subject: Subject,
    application: str,
    client: OauthClient,
    parameters: Mapping[str, str],
    plugins: TokenPlugins,
    rules: Rules,
) -> tuple[str, ...]:
    """Return the scopes of a token: what its subject may have, within what the client asks for.

    Raises:
        GrantRefused: ``invalid_scope``: a scope that is asked for is none the subject may have, or
            none is left.
    """
    possible = possible_scopes(subject, application, client.id, client.scopes, plugins)
    return within(possible, parameters, rules)


def possible_scopes(
    subject: Subject,
    application: str,
    client: str,
    limit: tuple[str, ...],
    plugins: TokenPlugins,
) -> tuple[str, ...]:
    """Return what the scope providers give to a subject, within what a client is limited to."""
    request = ScopeRequest(subject, application, client)
    given = dict.fromkeys(
        scope
        for each in plugins.scope_providers
        if not each.kinds or subject.kind in each.kinds
        for scope in each.scopes(request)
    )
    return tuple(each for each in given if not limit or each in limit)


def within(
    possible: tuple[str, ...], parameters: Mapping[str, str], rules: Rules
) -> tuple[str, ...]:
    """Return the scopes that a request asks for among those that are possible; all by default.

    Raises:
        GrantRefused: ``invalid_scope``.
    """
    wanted = parameters.get("scope", "").split()
    unknown = [each for each in wanted if each not in possible]
    if unknown and rules.unknown_scopes != DROP:
        raise GrantRefused(
            "invalid_scope", "The requested scope is invalid, unknown, or malformed."
        )
    chosen = tuple(each for each in possible if each in wanted) or possible
    if not chosen:
        raise GrantRefused("invalid_scope", "There is no scope that this token could have.")
    return chosen
