"""The authorization server: authlib's, over our clients, grants and tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import (
    AuthorizationServer,
    InvalidClientError,
    InvalidRequestError,
    OAuth2Request,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, BaseGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    Grant,
    GrantRefused,
    GrantRequest,
    Identity,
    InvalidToken,
    Subject,
    TokenPlugins,
    Work,
)
from glue_oauth import OauthClient
from glue_oauth.access import Claims
from glue_oauth.families import Presented
from glue_oauth.login import Login
from glue_oauth.models import RevokedTokenRow
from glue_oauth.parts import NAME, Parts, scopes_for

ADDRESS = "https://localhost/"
"""What authlib takes for the address of requests: it looks at the scheme, and at nothing else."""

PUBLIC_TOO = ["client_secret_basic", "client_secret_post", "none"]
CONFIDENTIAL = ["client_secret_basic", "client_secret_post"]

Answer = tuple[int, Any, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class ClientModel:
    """A client as authlib sees it, at one application.

    Attributes:
        client: The client.
        application: Name of the application.
        is_default: Whether the request named none, or the default one.
    """

    client: OauthClient
    application: str
    is_default: bool = False

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Say whether codes may be sent to an address: it must be one of its own, to the letter."""
        return redirect_uri in self.client.redirect_uris

    def get_default_redirect_uri(self) -> str | None:
        """Return the only address there is, or None."""
        uris = self.client.redirect_uris
        return uris[0] if len(uris) == 1 else None

    def check_response_type(self, response_type: str) -> bool:
        """Say whether it may ask for codes."""
        return self.client.may_ask(self.application) and "authorization_code" in (
            self.client.grants or ()
        )

    def check_grant_type(self, name: str) -> bool:
        """Say whether it may use a grant."""
        grants = self.client.grants
        return grants is None or name in grants

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return what is asked for: which of it somebody may have is known once they sign in."""
        return scope or ""


class Request(OAuth2Request):  # type: ignore[misc]
    """A request as authlib sees it."""

    def __init__(self, asked: AuthenticationRequest, work: Work, method: str = "POST") -> None:
        super().__init__(method, ADDRESS)
        self.asked = asked
        self.work = work
        self.payload = BasicOAuth2Payload(dict(asked.parameters))

    @property
    def form(self) -> Mapping[str, str]:
        """The parameters."""
        return self.asked.parameters

    @property
    def args(self) -> Mapping[str, str]:
        """The parameters."""
        return self.asked.parameters

    def for_grant(self, model: ClientModel) -> GrantRequest:
        """Return what a grant sees of it."""
        asked = self.asked
        return GrantRequest(
            asked.application,
            asked.parameters,
            model.client.id,
            model.client.is_confidential,
            model.client.scopes,
            self.work,
            asked.address,
            asked.request_id,
            asked.user_agent,
        )


class TokenGrant(BaseGrant):  # type: ignore[misc]
    """A contributed grant as authlib sees it."""

    TOKEN_ENDPOINT_AUTH_METHODS = PUBLIC_TOO

    def __init__(self, grant: Grant, request: Request, server: Server) -> None:
        super().__init__(request, server)
        self._grant = grant
        self.GRANT_TYPE = grant.name

    def validate_token_request(self) -> None:
        """Find out which client asks, and whether it may."""
        model = self.authenticate_token_endpoint_client()
        self.request.client = model
        grant = self._grant
        if grant.needs_client and model.is_default:
            raise InvalidClientError(description=f"The grant '{grant.name}' needs a client.")
        if grant.needs_secret and not model.client.is_confidential:
            raise UnauthorizedClientError(f"The grant '{grant.name}' needs a client with a secret.")
        if not model.check_grant_type(grant.name):
            raise UnauthorizedClientError(
                f"The client is not authorized to use 'grant_type={grant.name}'"
            )

    def create_token_response(self) -> Answer:
        """Ask the grant, and issue what it says."""
        server: Server = self.server
        request: Request = self.request
        model: ClientModel = request.client
        parts, plugins = server.parts, server.plugins
        asked = request.asked
        draft = self._grant.answer(request.for_grant(model))
        scopes = draft.scopes
        if scopes is None:
            scopes = scopes_for(
                draft.subject,
                asked.application,
                model.client,
                asked.parameters,
                plugins,
                parts.rules,
            )
        may_refresh = (
            draft.is_refreshable
            and model.check_grant_type("refresh_token")
            and plugins.grant("refresh_token", asked.application) is not None
        )
        issued = parts.issue(
            replace(draft, scopes=scopes, is_refreshable=may_refresh),
            asked.application,
            request.work,
            model.client.id,
        )
        token = {**issued.attributes, **draft.parameters}
        wanted = asked.parameters.get("scope", "").split()
        if wanted and set(wanted) != set(issued.scopes):
            # RFC 6749, section 5.1: it must be said where it is not what was asked for.
            token["scope"] = " ".join(issued.scopes)
        return 200, token, []


class StrictChallenge(CodeChallenge):  # type: ignore[misc]
    """PKCE for every client, with SHA-256 alone."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a request whose challenge is missing, or plain.

        Source:
            RFC 7636, section 4.3; RFC 9700, section 2.1.1.
        """
        data = grant.request.payload.data
        if not data.get("code_challenge"):
            raise InvalidRequestError("Missing 'code_challenge'")
        if data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("'code_challenge_method' must be S256")
        super().validate_code_challenge(grant, redirect_uri)
        if len(data["code_challenge"]) != 43:
            raise InvalidRequestError("Invalid 'code_challenge'")


class CodeAuthorization(AuthorizationCodeGrant):  # type: ignore[misc]
    """The authorization request of a code; the token request is a contributed grant."""

    @staticmethod
    def validate_authorization_redirect_uri(request: Request, client: ClientModel) -> str:
        """Return where the answer goes. The words of a refusal repeat nothing of the request.

        Raises:
            InvalidRequestError: The address is missing, or is not one of the client's.
        """
        sent = request.payload.redirect_uri
        if sent is None:
            sent = client.get_default_redirect_uri()
            if sent is None:
                raise InvalidRequestError("Missing 'redirect_uri' in request.")
        elif not client.check_redirect_uri(sent):
            raise InvalidRequestError("The 'redirect_uri' is not one of the client.")
        return str(sent)

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Do nothing: the code was kept when it was made."""

    def generate_authorization_code(self) -> str:
        """Make a code, and keep it."""
        request: Request = self.request
        server: Server = self.server
        model: ClientModel = request.client
        asked, subject = request.asked, request.user
        assert isinstance(subject, Subject)
        scopes = scopes_for(
            subject,
            asked.application,
            model.client,
            asked.parameters,
            server.plugins,
            server.parts.rules,
        )
        sent = asked.parameters.get("redirect_uri")
        return server.parts.codes.make(
            subject,
            scopes,
            asked.application,
            model.client.id,
            sent or model.client.redirect_uris[0],
            asked.parameters["code_challenge"],
            request.work,
            is_redirect_uri_sent=sent is not None,
        )


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


class Server(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server for one application."""

    def __init__(self, parts: Parts, plugins: TokenPlugins, application: str) -> None:
        super().__init__()
        self.parts = parts
        self.plugins = plugins
        self.application = application
        self.register_grant(CodeAuthorization, [StrictChallenge(required=True)])
        self.register_endpoint(Revocation)
        self.register_endpoint(Introspection)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Do nothing: nobody listens."""

    def create_oauth2_request(self, request: Request) -> Request:
        """Return the request, which is made already."""
        return request

    def handle_response(self, status: int, body: Any, headers: Sequence[tuple[str, str]]) -> Answer:
        """Return what the endpoints make of it."""
        return status, body, list(headers)

    def query_client(self, client_id: str) -> ClientModel | None:
        """Return a client that may ask this application, or None."""
        with self.parts.database().work(writes=False) as work:
            client = self.parts.clients.find(client_id, work)
        if client is None or not client.is_active or not client.may_ask(self.application):
            return None
        return ClientModel(
            client, self.application, client.grants is None and not client.redirect_uris
        )

    def authenticate_client(
        self, request: Request, methods: Sequence[str], endpoint: str = "token"
    ) -> ClientModel:
        """Return the client that asks; without any credentials that is the default one.

        Raises:
            InvalidClientError: It is unknown, disabled, or does not prove who it is.
        """
        asked = request.asked
        sent_id = asked.parameters.get("client_id")
        sent_secret = asked.parameters.get("client_secret")
        by_header = asked.client is not None
        if asked.client is not None:
            if sent_secret is not None or sent_id not in (None, asked.client[0]):
                raise InvalidRequestError("The client proves who it is in two ways.")
            sent_id, sent_secret = asked.client
        wrong = InvalidClientError(
            status_code=401 if by_header else None, description="Client authentication failed."
        )
        if sent_id is None:
            if sent_secret is not None or "none" not in methods:
                raise wrong
            sent_id = self.parts.rules.default_client
        model = self.query_client(sent_id)
        if model is None:
            raise wrong
        if model.client.is_confidential:
            with self.parts.database().work(writes=False) as work:
                is_right = sent_secret is not None and self.parts.clients.has_secret(
                    model.client.id, sent_secret, work
                )
            if not is_right:
                raise wrong
        elif sent_secret or "none" not in methods:
            raise wrong
        return model

    def get_authorization_grant(self, request: Request) -> CodeAuthorization:
        """Return the grant of an authorization request; there is but one.

        Raises:
            OAuth2Error: It asks for something else than a code.
        """
        grant: CodeAuthorization
        if request.payload.response_type == "code":
            grant = super().get_authorization_grant(request)
            return grant
        address = None
        model = self.query_client(request.payload.client_id or "")
        if model is not None:
            address = CodeAuthorization.validate_authorization_redirect_uri(request, model)
        raise OAuth2Error(
            error="unsupported_response_type",
            description="The response type is not supported; it is 'code'.",
            redirect_uri=address,
        )

    def get_token_grant(self, request: Request) -> TokenGrant:
        """Return the grant of a request; that there is one was asked before."""
        grant = self.plugins.grant(request.payload.grant_type, self.application)
        assert grant is not None
        return TokenGrant(grant, request, self)

    def presented(self, token: str, work: Work) -> PresentedToken | None:
        """Return a token that counts, be it a refresh token or an access token."""
        refresh = self.parts.families.find(token, work)
        if refresh is not None:
            if not refresh.is_good:
                return None
            audience = self.parts.rules.audience(refresh.family.application)
            return PresentedToken(refresh.family.client, audience, refresh=refresh)
        try:
            if not self.parts.tokens.recognises(token):
                return None
            claims = self.parts.tokens.read(token, self.parts.now().timestamp())
            self.parts.verifier.refuse_void(claims, work)
        except InvalidToken:
            return None
        return PresentedToken(claims.client, claims.audience, claims)

    def revoke_access(self, claims: Claims, work: Work) -> None:
        """End an access token; to do so twice changes nothing."""
        if work.session.get(RevokedTokenRow, claims.token_id) is None:
            work.session.add(
                RevokedTokenRow(
                    jti=claims.token_id,
                    expires_at=datetime.fromtimestamp(claims.expires_at, UTC),
                    revoked_at=self.parts.now(),
                )
            )
            work.session.flush()
        work.after_commit(self.parts.verifier.forget_checks)


class BuiltInServer:
    """Issues and checks tokens; see `OauthServer`. Shared by threads."""

    def __init__(self, parts: Parts, plugins: TokenPlugins, login: Login) -> None:
        """Put it together.

        Args:
            parts: Its parts.
            plugins: What plugins add.
            login: Logs people in.
        """
        self.name = NAME
        self.parts = parts
        self.plugins = plugins
        self.login = login
        self._servers: dict[str, Server] = {}

    def recognises(self, token: str) -> bool:
        """Say whether a token is one of ours."""
        return self.parts.verifier.knows(token) or self.parts.tokens.recognises(token)

    def identify(self, token: str, application: str) -> Identity:
        """Check a token for an application."""
        return self.parts.verifier.identify(token, application)

    def takes(self, request: AuthenticationRequest) -> bool:
        """Say whether the application offers the grant."""
        return self.plugins.grant(request.grant_type, request.application) is not None

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Answer a request for a token."""
        # A first key is made in a transaction of its own, before there is another.
        self.parts.keys.ring()
        try:
            with self.parts.database().work() as work:
                answer = self.server(request.application).create_token_response(
                    Request(request, work)
                )
                if answer[0] >= 400:
                    work.rollback()
        except GrantRefused as refused:
            return AuthenticationResponse(
                error=refused.error,
                message=refused.message,
                status=refused.status,
                headers=refused.headers,
            )
        return response_of(answer)

    def endpoint(self, name: str, request: AuthenticationRequest) -> AuthenticationResponse:
        """Answer a request to one of the endpoints ``revocation`` and ``introspection``."""
        self.parts.keys.ring()
        with self.parts.database().work(writes=name == "revocation") as work:
            answer = self.server(request.application).create_endpoint_response(
                name, Request(request, work)
            )
        return response_of(answer)

    def server(self, application: str) -> Server:
        """Return authlib's server for an application."""
        found = self._servers.get(application)
        if found is None:
            found = Server(self.parts, self.plugins, application)
            self._servers[application] = found
        return found


def response_of(answer: Answer) -> AuthenticationResponse:
    """Return an answer of authlib in the core's terms."""
    status, body, headers = answer
    if status < 400:
        return AuthenticationResponse(body or {}, status=status)
    told = dict(body)
    kept = {k.lower(): v for k, v in headers if k.lower() == "www-authenticate"}
    return AuthenticationResponse(
        error=told.get("error", "invalid_request"),
        message=told.get("error_description") or told.get("error", ""),
        status=status,
        headers=kept,
    )
