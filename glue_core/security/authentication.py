"""Authentication: servers that issue and check tokens, and the bearer token of a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from glue_core import codes
from glue_core.errors import Problem
from glue_core.formatting import LOG
from glue_core.messages import GlueError
from glue_core.operation import ErrorCode
from glue_core.security.identity import Identity, IdentityReader

if TYPE_CHECKING:
    from glue_core.messages import GlueRequest
    from glue_core.security.grants import Subject
    from glue_core.security.login import LoginKind

AUTHORIZATION = "authorization"
LONGEST_TOKEN = 8192
"""Characters; a longer one is refused unread."""

NO_TOKEN = ErrorCode(401, codes.TOKEN_MISSING, "Missing access token.")
BAD_TOKEN = ErrorCode(401, codes.TOKEN_INVALID, "Invalid access token.")


class InvalidToken(Exception):
    """A bearer token that proves nothing: forged, expired, revoked, or meant for somebody else.

    The reason goes to the log. It never carries the token, and no client sees it.
    """


@dataclass(frozen=True, slots=True)
class AuthenticationRequest:
    """What somebody sends to get a token.

    Attributes:
        application: Name of the application that is asked: servers may accept or refuse by it.
        parameters: Parameters of the token request by their names in RFC 6749, such as
            ``grant_type``. Never logged.
        address: Address of the caller, or an empty text.
        client: Id and secret that came in the ``Authorization`` header, or None.
        request_id: Id of the request, for the log.
        user_agent: What the caller says it is, for the audit.
        identity: Who asks, where a place that knows its caller asks for them; None at a token
            endpoint, which reads no other credentials than those of the request for a token.
        counted_as: Kind of login that a wrong password counts as; None is that of all who log in
            to the application.
    """

    application: str
    parameters: Mapping[str, str] = field(repr=False)
    address: str = ""
    client: tuple[str, str] | None = field(default=None, repr=False)
    request_id: str = ""
    user_agent: str = ""
    identity: Identity | None = None
    counted_as: LoginKind | None = None

    @property
    def grant_type(self) -> str:
        """The grant that is asked for, or an empty text."""
        return self.parameters.get("grant_type", "")


@dataclass(frozen=True, slots=True)
class AuthenticationResponse:
    """What a server answers to a token request.

    Attributes:
        attributes: Of a success: ``token_type``, ``expires_in`` (seconds), ``access_token``,
            ``refresh_token`` and what else the grant gives.
        error: Of a refusal: the id of RFC 6749, section 5.2, such as ``invalid_grant``.
        message: Of a refusal: one sentence for the developer of the client.
        status: HTTP status; 200 or, of a refusal, 400 by default.
        headers: Further headers of the answer.
        subject: Of a success: whom the tokens speak for, for the place that asked; None where the
            server does not say. No client is told.
    """

    attributes: Mapping[str, Any] = field(default_factory=dict, repr=False)
    error: str | None = None
    message: str = ""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    subject: Subject | None = None

    def __post_init__(self) -> None:
        if not self.status:
            object.__setattr__(self, "status", 200 if self.error is None else 400)


@runtime_checkable
class AuthenticationServer(Protocol):
    """Issues tokens, checks them, or both. Shared by threads; it may raise `ServiceUnavailable`."""

    name: str
    """Name in settings and messages, unique in the application."""

    def recognises(self, token: str) -> bool:
        """Say whether a bearer token is one for this server to check.

        Nothing is verified yet, so it must be cheap and rely on nothing that the token says.
        """

    def identify(self, token: str, application: str) -> Identity:
        """Check a token that it recognises, for an application.

        Raises:
            InvalidToken: It proves nothing, or nothing to this application.
        """

    def takes(self, request: AuthenticationRequest) -> bool:
        """Say whether a request for a token is one for this server."""

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Answer a request for a token that it takes: with one, or with an OAuth error."""


@runtime_checkable
class OffersFlows(Protocol):
    """An authentication server that says to the documentation how clients get its tokens."""

    def flows(self, application: str) -> Mapping[str, Mapping[str, Any]]:
        """Return the flows of an application by their names in OpenAPI, such as ``password``.

        Each is the flow object without its scopes. Addresses that start with a slash are below the
        application's.

        Source:
            OpenAPI 3.1, "OAuth Flows Object".
        """


@dataclass(frozen=True, slots=True)
class Refusals:
    """What an application answers to callers whom nothing proves.

    Attributes:
        unknown: To who sends no credentials where some are needed; None is 401 without a code.
        no_token: To an ``Authorization`` header that is not a scheme and a token.
        bad_token: To a token that proves nothing.
    """

    unknown: ErrorCode | None = None
    no_token: ErrorCode = NO_TOKEN
    bad_token: ErrorCode = BAD_TOKEN


USUAL_REFUSALS = Refusals()
"""What applications answer that say nothing."""


def unauthorized(
    code: str | None, message: str, *, realm: str, error: str | None = None
) -> Problem:
    """Return the answer to somebody who is not known: 401 with a challenge.

    Args:
        code: Stable code, or None.
        message: One sentence.
        realm: Realm of the challenge.
        error: Id of RFC 6750, such as ``invalid_token``; None where no token came.

    Source:
        RFC 6750, section 3; RFC 9110, section 15.5.2.
    """
    challenge = f'Bearer realm="{realm}"' + (f', error="{error}"' if error else "")
    return Problem(
        401,
        [GlueError(status=401, code=code, message=message, header="Authorization")],
        {"www-authenticate": challenge},
    )


def bearer_reader(
    servers: Sequence[AuthenticationServer],
    application: str,
    realm: str,
    refusals: Refusals = USUAL_REFUSALS,
) -> IdentityReader:
    """Return what reads the bearer token of a request and lets the first fitting server check it.

    Args:
        servers: The servers, in the order they are asked.
        application: Name of the application that asks.
        realm: Realm of its challenges.
        refusals: What it answers to a token that proves nothing.
    """

    def read(header: str, request: GlueRequest) -> Identity:
        scheme, _, token = header.strip().partition(" ")
        token = token.strip()
        if not token:
            raise _refused(refusals.no_token, realm)
        if scheme.lower() != "bearer" or len(token) > LONGEST_TOKEN or not token.isascii():
            raise invalid
        for server in servers:
            if not server.recognises(token):
                continue
            try:
                return server.identify(token, application)
            except InvalidToken as error:
                LOG.info("Request %s: %s refused a token: %s", request.id, server.name, error)
                raise invalid from error
        raise invalid

    invalid = _refused(refusals.bad_token, realm, "invalid_token")
    errors = (refusals.bad_token, refusals.no_token)
    flows: dict[str, Mapping[str, Any]] = {}
    for server in servers:
        if isinstance(server, OffersFlows):
            flows = {**server.flows(application), **flows}
    return IdentityReader("bearer", AUTHORIZATION, read, errors=errors, flows=flows)


def _refused(error: ErrorCode, realm: str, reason: str | None = None) -> Problem:
    """Return a refusal; with a 401 comes a challenge."""
    if error.status == 401:
        return unauthorized(error.code, error.message, realm=realm, error=reason)
    told = GlueError(
        status=error.status, code=error.code, message=error.message, header="Authorization"
    )
    return Problem(error.status, [told])
