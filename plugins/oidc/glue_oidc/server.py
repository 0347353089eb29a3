"""The authentication server: tokens of the provider in, identities out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from glue_core import AuthenticationRequest, AuthenticationResponse, Identity, InvalidToken
from glue_oidc.kept import KeptTokens
from glue_oidc.keys import Keys
from glue_oidc.lookup import Person
from glue_oidc.mapping import identity_of
from glue_oidc.settings import NAME, ApplicationRules, rules_for
from glue_oidc.verifying import Verifier

Lookup = Callable[[str], Person | None]


class OidcServer:
    """Checks tokens that a provider issues; it issues none itself."""

    name = NAME

    def __init__(
        self,
        section: Mapping[str, Any],
        keys: Keys,
        lookups: Mapping[str, Lookup],
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Take what it needs; nothing is read yet.

        Args:
            section: The settings, as `OidcSettings` has them.
            keys: The provider's keys.
            lookups: Finds callers by name, for each kind that some application looks up.
            clock: Seconds since 1970, in UTC.
        """
        self._section = section
        self._keys = keys
        self._lookups = lookups
        self._clock = clock
        self._verifier = Verifier(section, keys, clock)
        self._kept = KeptTokens(section["cache_size"], section["cache_seconds"])
        named = section["applications"]
        self._rules = {each: rules_for(section, each) for each in named}
        self._others = rules_for(section, "")

    def recognises(self, token: str) -> bool:
        """Say whether a token names the provider as its issuer."""
        return self._verifier.is_ours(token)

    def identify(self, token: str, application: str) -> Identity:
        """Return who sent a token.

        Raises:
            InvalidToken: It does not hold here, or names nobody whom Glue must know.
            ServiceUnavailable: The provider's keys are not to be had, or the database.
        """
        rules = self._rules.get(application, self._others)
        if not rules.audience:
            raise InvalidToken(f"plugins.{NAME} has no audience for {application!r}")
        keys = self._keys.current
        identity = self._kept.get(token, application, keys, self._clock())
        if identity is None:
            claims = self._verifier.claims(token, rules)
            identity = identity_of(claims, self._section, rules)
            self._kept.put(token, application, identity, keys, self._clock())
        return self._known(identity, rules)

    def takes(self, request: AuthenticationRequest) -> bool:
        """Take no request for a token: the provider does."""
        return False

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Refuse a request for a token."""
        return AuthenticationResponse(
            error="unsupported_grant_type", message="Ask the OpenID Connect provider for a token."
        )

    def _known(self, identity: Identity, rules: ApplicationRules) -> Identity:
        """Return the identity as Glue knows it; asked each time, since people are locked out."""
        if not rules.looks_up(identity.kind):
            return identity
        person = self._lookups[identity.kind](identity.natural_identifier)
        if person is None:
            raise InvalidToken(f"no {identity.kind} here may log in by the name that it has")
        return replace(identity, natural_identifier=person.name, surrogate_identifier=person.number)
