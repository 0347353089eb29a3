"""Tokens that somebody shows: to end them, or to know what they say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749 import InvalidRequestError  # type: ignore[import-untyped]
from authlib.oauth2.rfc7009 import RevocationEndpoint  # type: ignore[import-untyped]
from authlib.oauth2.rfc7662 import IntrospectionEndpoint  # type: ignore[import-untyped]

from glue_oauth.access import Claims
from glue_oauth.adapting import CONFIDENTIAL, PUBLIC_TOO, ClientModel, Request
from glue_oauth.families import Presented

if TYPE_CHECKING:
    from glue_oauth.server import Server


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A token that somebody asks about, or wants to end.

    Attributes:
        client: Id of the client that it was issued to.
        audience: The audience that it is for.
        claims: What an access token says, or None.
        refresh: What is known of a refresh token, or None.
    """

    client: str
    audience: str
    claims: Claims | None = None
    refresh: Presented | None = None

    def check_client(self, model: ClientModel) -> bool:
        """Say whether it was issued to a client."""
        return self.client == model.client.id

    def is_expired(self) -> bool:
        """Say whether its time is over; one that is is not found in the first place."""
        return False

    def is_revoked(self) -> bool:
        """Say whether it was revoked, as `is_expired` does."""
        return False


class TokenFinder:
    """Finds the tokens that requests for revocation and introspection show."""

    server: Server

    def check_params(self, request: Request, client: ClientModel) -> None:
        """Ask for a token; a hint that nobody knows is none."""
        if not request.form.get("token"):
            raise InvalidRequestError("Missing 'token' in request.")


class Revocation(TokenFinder, RevocationEndpoint):  # type: ignore[misc]
    """Ends tokens (RFC 7009): a refresh token with all that came of its login."""

    CLIENT_AUTH_METHODS = PUBLIC_TOO

    def authenticate_token(self, request: Request, client: ClientModel) -> PresentedToken | None:
        """Return the token, if it is this client's."""
        self.check_params(request, client)
        token = self.server.presented(request.form["token"], request.work)
        if token is not None and not token.check_client(client):
            raise OAuth2Error(
                error="invalid_grant", description="The token was issued to another client."
            )
        return token

    def revoke_token(self, token: PresentedToken, request: Request) -> None:
        """End it."""
        parts = self.server.parts
        if token.refresh is not None:
            parts.families.end(token.refresh.family.id, request.work, ends_access=True)
        elif token.claims is not None:
            self.server.revoke_access(token.claims, request.work)


class Introspection(TokenFinder, IntrospectionEndpoint):  # type: ignore[misc]
    """Tells confidential clients about tokens (RFC 7662)."""

    CLIENT_AUTH_METHODS = CONFIDENTIAL

    def authenticate_token(self, request: Request, client: ClientModel) -> PresentedToken | None:
        """Return the token, if this client may know of it.

        A refresh token is nobody's business but that of its client; an access token is also that
        of those who may ask the application it is for.
        """
        self.check_params(request, client)
        token = self.server.presented(request.form["token"], request.work)
        if token is None or token.check_client(client):
            return token
        here = self.server.parts.rules.audience(client.application)
        return token if token.claims is not None and token.audience == here else None

    def introspect_token(self, token: PresentedToken) -> dict[str, Any]:
        """Return what the token says."""
        if token.claims is not None:
            names = ("iss", "aud", "sub", "client_id", "jti", "iat", "nbf", "exp", "scope")
            raw = token.claims.raw
            return {
                "active": True,
                "token_type": "Bearer",
                **{name: raw[name] for name in names},
                "iat": int(raw["iat"]),
            }
        assert token.refresh is not None
        family = token.refresh.family
        return {
            "active": True,
            "client_id": family.client,
            "scope": " ".join(family.scopes),
            "iat": int(token.refresh.created_at.timestamp()),
            "exp": int(token.refresh.expires_at.timestamp()),
        }
