"""The built-in authorization server: clients, grants, signed access tokens, refresh tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from glue_core import (
    AuthenticationServer,
    Features,
    Operation,
    Settings,
    TokenDraft,
    Work,
)

__all__ = [
    "BadClient",
    "ClientDraft",
    "ClientRegistry",
    "IssuedToken",
    "KeyTooYoung",
    "NewSecret",
    "NoSuchClient",
    "NoSuchKey",
    "OauthClient",
    "OauthServer",
    "RefreshTokens",
    "SigningKey",
    "SigningKeys",
    "TokenIssuer",
    "form_parameters",
    "token_operations",
]


class BadClient(Exception):
    """A client that cannot be registered, and why."""


class NoSuchClient(Exception):
    """There is no client with this id."""


@dataclass(frozen=True, slots=True)
class OauthClient:
    """A client: a program that asks for tokens.

    Attributes:
        id: Identifier.
        name: Name, for the people who sign in through it.
        is_confidential: Whether it has a secret, and must prove it.
        redirect_uris: Addresses that it may have codes sent to, compared letter by letter.
        grants: Grants that it may use; None means every grant that needs no registered client.
        scopes: Scopes that its tokens are limited to, and that it gets for itself; none does not
            limit those of people, and gives it none for itself.
        applications: Applications that it may ask; none means all.
        is_active: Whether it may ask at all; the tokens of one that may not are void.
        created_at: Point in time, in UTC.
    """

    id: str
    name: str
    is_confidential: bool = False
    redirect_uris: tuple[str, ...] = ()
    grants: tuple[str, ...] | None = ()
    scopes: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    is_active: bool = True
    created_at: datetime | None = None

    def may_ask(self, application: str) -> bool:
        """Say whether it may ask an application."""
        return not self.applications or application in self.applications


@dataclass(frozen=True, slots=True)
class ClientDraft:
    """A client that is not registered yet; see `OauthClient`.

    Attributes:
        id: Identifier, or None to have one made.
        replaces_default: Whether it may have the id of the default client, and so be that.
    """

    name: str
    is_confidential: bool = True
    redirect_uris: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    applications: tuple[str, ...] = ()
    id: str | None = None
    replaces_default: bool = False


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A client whose secret was just made.

    Attributes:
        client: The client.
        secret: The secret, which is kept nowhere; None for a public client.
    """

    client: OauthClient
    secret: str | None = field(default=None, repr=False)


class ClientRegistry(Protocol):
    """The registered clients; it never commits."""

    def find(self, id: str, work: Work) -> OauthClient | None:  # noqa: A002
        """Return a client, active or not, or None; the default client is one."""

    def has_secret(self, id: str, secret: str, work: Work) -> bool:  # noqa: A002
        """Say whether a secret is that of a client."""

    def every(self, work: Work) -> Sequence[OauthClient]:
        """Return all registered clients, by id."""

    def create(self, draft: ClientDraft, work: Work) -> NewSecret:
        """Register a client.

        Raises:
            BadClient: The id is in use or none, or an address, a grant or a scope cannot be, or it
                would be the default client without saying so.
        """

    def disable(self, id: str, work: Work) -> OauthClient:  # noqa: A002
        """Keep a client from asking; its tokens are void.

        Raises:
            NoSuchClient: There is no such client.
        """

    def rotate_secret(self, id: str, work: Work) -> NewSecret:  # noqa: A002
        """Give a confidential client another secret; the old one is void.

        Raises:
            NoSuchClient: There is no such client.
            BadClient: It is public.
        """


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key as people see it; what signs stays out of it.

    Attributes:
        kid: Id in the header of tokens.
        algorithm: Such as ``RS256``.
        state: ``next`` is published and signs nothing yet, ``active`` signs, ``retiring`` only
            verifies what it signed.
        created_at: Point in time, in UTC.
        activated_at: Point in time since which it signs, in UTC, or None.
        retired_at: Point in time since which it signs no more, in UTC, or None.
    """

    kid: str
    algorithm: str
    state: str
    created_at: datetime
    activated_at: datetime | None = None
    retired_at: datetime | None = None


class NoSuchKey(Exception):
    """There is no signing key with this id; the text says so."""


class KeyTooYoung(Exception):
    """The next key cannot sign yet: who verifies tokens may not know it.

    Attributes:
        kid: Id of the key.
        known_at: Point in time from which it may sign, in UTC.
    """

    def __init__(self, kid: str, known_at: datetime) -> None:
        super().__init__(
            f"The next key {kid!r} was published only just: programs that verify tokens may not "
            f"know it before {known_at:%Y-%m-%d %H:%M:%S}Z."
        )
        self.kid = kid
        self.known_at = known_at


class SigningKeys(Protocol):
    """The keys that sign access tokens; one is made when there is none."""

    def every(self, work: Work) -> Sequence[SigningKey]:
        """Return the keys, the youngest first."""

    def rotate(self, work: Work, *, at_once: bool = False) -> SigningKey:
        """Let the next key sign, the present one retire, and make another next one.

        Where there is no next key, or its algorithm is not that of the settings any more, one is
        made and published, and the present one goes on.

        Args:
            work: The unit of work.
            at_once: Whether a key may sign that others may not know yet.

        Returns:
            The key that signs now; one whose state is ``next`` was made and does not sign yet.

        Raises:
            KeyTooYoung: The next key was published so recently that others may not know it.
        """

    def revoke(self, kid: str, work: Work) -> SigningKey:
        """Delete a key that others may have; where it signed, the next one does from now on.

        Its tokens are void: in every worker once it asks anew whether they count, which it does
        after ``revocation_seconds``.

        Returns:
            The key that signs now.

        Raises:
            NoSuchKey: There is no such key.
        """

    def public_set(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set (RFC 7517)."""


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """Tokens that were just issued.

    Attributes:
        access_token: The access token, signed.
        expires_in: Seconds that it is good for.
        scopes: Its scopes.
        token_id: Its id.
        refresh_token: The refresh token, which is kept nowhere, or None.
        family: Id of the family of the refresh token, or None.
    """

    access_token: str = field(repr=False)
    expires_in: int
    scopes: tuple[str, ...]
    token_id: str
    refresh_token: str | None = field(default=None, repr=False)
    family: str | None = None

    @property
    def attributes(self) -> dict[str, Any]:
        """The members of an answer, in snake case."""
        shown: dict[str, Any] = {
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "access_token": self.access_token,
        }
        if self.refresh_token is not None:
            shown["refresh_token"] = self.refresh_token
        return shown


class TokenIssuer(Protocol):
    """Issues tokens for plugins that know by themselves whom they are for."""

    def issue(
        self, draft: TokenDraft, application: str, work: Work, client: str | None = None
    ) -> IssuedToken:
        """Issue tokens.

        Args:
            draft: What they say, its scopes among it.
            application: Name of the application that they are for.
            work: The unit of work; the tokens are good once it is committed.
            client: Id of the client, or None for the default one.

        Raises:
            ValueError: The draft has no scopes, or lasts longer than signing keys are kept.
        """


class RefreshTokens(Protocol):
    """Revokes refresh tokens one by one, or all of somebody."""

    def revoke(
        self,
        token: str,
        work: Work,
        *,
        owner: str | None = None,
        kind: str | None = None,
        ends_access: bool = False,
    ) -> bool:
        """Revoke the family of a refresh token.

        Args:
            token: The refresh token; an unknown one is no error.
            work: The unit of work.
            owner: Natural identifier that its subject must have; None does not ask.
            kind: Kind that its subject must be of, such as ``customer``; None does not ask.
            ends_access: Whether the access tokens of the family are void as well.

        Returns:
            Whether something was revoked.
        """

    def revoke_all(self, kind: str, owner: str, work: Work, *, ends_access: bool = False) -> int:
        """Revoke all families of a subject and return how many there were.

        Args:
            kind: Kind of the subject, such as ``customer``.
            owner: Natural identifier of the subject.
            work: The unit of work.
            ends_access: Whether the access tokens of the families are void as well.
        """


class OauthServer(AuthenticationServer, Protocol):
    """The authorization server itself: an `AuthenticationServer` for any application."""


def form_parameters(content: bytes) -> dict[str, str]:
    """Read the parameters of a token request that is a form.

    Args:
        content: The body.

    Returns:
        The parameters by their names in snake case; blank ones are left out.

    Raises:
        GrantRefused: ``invalid_request``: it is no form, or says something twice.
    """
    from glue_oauth import parameters

    return parameters.form_parameters(content)


def token_operations(
    features: Features, settings: Settings, application: str
) -> Sequence[Operation]:
    """Return the routes of the authorization server for an application.

    Args:
        features: The features of the deployment.
        settings: The settings of the deployment.
        application: Name of the application.
    """
    from glue_oauth.endpoints import operations

    return operations(features, settings, application)
