"""The built-in grants; they enter through the same hook as everyone else's."""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Callable
from datetime import datetime

from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from glue_core import (
    GrantRefused,
    GrantRequest,
    Standing,
    Subject,
    TokenDraft,
    TokenPlugins,
    Work,
)
from glue_oauth.families import Family
from glue_oauth.login import Login
from glue_oauth.parts import Parts, possible_scopes, within

LOG = logging.getLogger("glue.oauth")
INVALID_REFRESH = "The refresh token is invalid, expired or revoked."
INVALID_CODE = "The authorization code is invalid, expired or used."
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


class PasswordGrant:
    """Gives a token for a name and a password: ``password``.

    Source:
        RFC 6749, section 4.3. RFC 9700 advises against it where a program of others asks; here it
        is what the shop's own front end uses.
    """

    def __init__(self, login: Login) -> None:
        self._login = login

    def answer(self, request: GrantRequest) -> TokenDraft:
        """Log somebody in."""
        username, password = request.required("username"), request.required("password")
        return TokenDraft(self._login.log_in(username, password, request))


class RefreshGrant:
    """Gives new tokens for a refresh token, once: ``refresh_token``.

    Source:
        RFC 6749, section 6; RFC 9700, section 4.14: each use gives another refresh token, and a
        second use of one ends all that came of its login.
    """

    def __init__(self, parts: Parts, plugins: Callable[[], TokenPlugins]) -> None:
        self._parts = parts
        self._plugins = plugins

    def answer(self, request: GrantRequest) -> TokenDraft:
        """Let the next refresh token take the place of this one."""
        token = request.required("refresh_token")
        families, work = self._parts.families, request.work
        found = families.find(token, work)
        rules = self._parts.rules
        if (
            found is None
            or found.family.client != request.client
            or rules.audience(found.family.application) != rules.audience(request.application)
        ):
            raise GrantRefused("invalid_grant", INVALID_REFRESH)
        family = found.family
        if not family.is_alive or (found.is_expired and not found.is_used):
            raise GrantRefused("invalid_grant", INVALID_REFRESH)
        standing = _standing(family.subject, family.created_at, self._plugins(), work)
        if standing is None:
            raise GrantRefused("invalid_grant", INVALID_REFRESH)
        scopes = within(self._scopes(family, standing, request), request.parameters, rules)
        if not families.use(token, work):
            if rules.ends_login(request.application):
                # The one who used it first may be a thief, or this one may be.
                LOG.warning(
                    "Request %s: a refresh token was used twice; its family %s ends.",
                    request.request_id,
                    family.id,
                )
                work.apart(lambda own: _end(self._parts, family.id, own))
            raise GrantRefused("invalid_grant", INVALID_REFRESH)
        return TokenDraft(standing.subject, scopes, family=family.id)

    def _scopes(self, family: Family, standing: Standing, request: GrantRequest) -> tuple[str, ...]:
        """Return those scopes of a login that its subject may have today."""
        if not family.is_provided:
            return family.scopes
        today = possible_scopes(
            standing.subject,
            family.application,
            request.client,
            request.client_scopes,
            self._plugins(),
        )
        return tuple(each for each in family.scopes if each in today)


class ClientCredentialsGrant:
    """Gives a machine a token of its own: ``client_credentials``.

    Source:
        RFC 6749, section 4.4.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def answer(self, request: GrantRequest) -> TokenDraft:
        """Give a client the scopes it is registered with, or those of them it asks for."""
        scopes = within(request.client_scopes, request.parameters, self._parts.rules)
        subject = Subject("client", {"client_id": request.client})
        return TokenDraft(subject, scopes, is_refreshable=False)


class CodeGrant:
    """Gives a token for an authorization code: ``authorization_code``.

    Source:
        RFC 6749, section 4.1.3; RFC 7636, section 4.5.
    """

    def __init__(self, parts: Parts, plugins: Callable[[], TokenPlugins]) -> None:
        self._parts = parts
        self._plugins = plugins

    def answer(self, request: GrantRequest) -> TokenDraft:
        """Exchange a code."""
        code, verifier = request.required("code"), request.required("code_verifier")
        if not _VERIFIER.fullmatch(verifier):
            raise GrantRefused("invalid_request", "Invalid 'code_verifier'")
        codes, work = self._parts.codes, request.work
        found = codes.find(code, work)
        if (
            found is None
            or found.client != request.client
            or found.application != request.application
        ):
            raise GrantRefused("invalid_grant", INVALID_CODE)
        if found.is_used:
            self._end(found.family, request)
        if found.is_expired:
            raise GrantRefused("invalid_grant", INVALID_CODE)
        sent = request.parameters.get("redirect_uri")
        if (found.is_redirect_uri_sent or sent is not None) and sent != found.redirect_uri:
            raise GrantRefused("invalid_grant", "Invalid 'redirect_uri' in request.")
        if not hmac.compare_digest(create_s256_code_challenge(verifier), found.challenge):
            raise GrantRefused("invalid_grant", "Code challenge failed.")
        if not codes.use(code, work):
            self._end(found.family, request)
        standing = _standing(found.subject, found.created_at, self._plugins(), work)
        if standing is None:
            raise GrantRefused("invalid_grant", INVALID_CODE)
        # The family has the id that the code knows, so that a second use finds it.
        self._parts.families.start(
            found.subject,
            request.application,
            request.client,
            found.scopes,
            work,
            found.family,
            is_provided=True,
        )
        return TokenDraft(standing.subject, found.scopes, family=found.family)

    def _end(self, family: str, request: GrantRequest) -> None:
        """End what came of a code that is used a second time, and refuse it."""
        LOG.warning(
            "Request %s: a code was used twice; the family %s ends.", request.request_id, family
        )
        request.work.apart(lambda own: _end(self._parts, family, own))
        raise GrantRefused("invalid_grant", INVALID_CODE)


def _end(parts: Parts, family: str, work: Work) -> None:
    parts.families.end(family, work, ends_access=True)


def _standing(
    subject: Subject, since: datetime, plugins: TokenPlugins, work: Work
) -> Standing | None:
    """Return how it is with a subject now; None where a login of that time counts no more."""
    knower = plugins.knower(subject.kind)
    if knower is None:
        return Standing(subject)
    standing = knower.find(subject, work)
    if standing is None or (standing.not_before is not None and since <= standing.not_before):
        return None
    return standing
