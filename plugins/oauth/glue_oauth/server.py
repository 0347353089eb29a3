"""The authorization server: authlib's, over our clients, grants and tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749 import (  # type: ignore[import-untyped]
    AuthorizationServer,
    InvalidClientError,
    InvalidRequestError,
    UnauthorizedClientError,
)
from authlib.oauth2.rfc6749.grants import BaseGrant  # type: ignore[import-untyped]

from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    Grant,
    GrantRefused,
    Identity,
    InvalidToken,
    TokenPlugins,
    Work,
)
from glue_oauth.access import Claims
from glue_oauth.adapting import PUBLIC_TOO, Answer, ClientModel, Request, response_of
from glue_oauth.authorizing import CodeAuthorization, StrictChallenge
from glue_oauth.login import Login
from glue_oauth.metadata import flows_of
from glue_oauth.models import RevokedTokenRow
from glue_oauth.parts import NAME, Parts, scopes_for
from glue_oauth.presenting import Introspection, PresentedToken, Revocation


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
        issued = parts.issue_for(
            replace(draft, scopes=scopes, is_refreshable=may_refresh),
            asked.application,
            request.work,
            model.client.id,
            is_provided=draft.scopes is None,
        )
        request.subject = draft.subject
        token = {**issued.attributes, **draft.parameters}
        wanted = asked.parameters.get("scope", "").split()
        if wanted and set(wanted) != set(issued.scopes):
            # RFC 6749, section 5.1: it must be said where it is not what was asked for.
            token["scope"] = " ".join(issued.scopes)
        return 200, token, []


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
        parts = self.parts
        return parts.verifier.find(token) is not None or parts.tokens.recognises(token)

    def identify(self, token: str, application: str) -> Identity:
        """Check a token for an application."""
        return self.parts.verifier.identify(token, application)

    def takes(self, request: AuthenticationRequest) -> bool:
        """Say whether the application offers the grant to whoever asks."""
        grant = self.plugins.grant(request.grant_type, request.application)
        return grant is not None and (not grant.is_internal or request.identity is not None)

    def authenticate(self, request: AuthenticationRequest) -> AuthenticationResponse:
        """Answer a request for a token."""
        # A first key is made in a transaction of its own, before there is another.
        self.parts.keys.ring()
        try:
            with self.parts.database().work() as work:
                sent = Request(request, work)
                answer = self.server(request.application).create_token_response(sent)
                if answer[0] >= 400:
                    work.rollback()
        except GrantRefused as refused:
            return AuthenticationResponse(
                error=refused.error,
                message=refused.message,
                status=refused.status,
                headers=refused.headers,
            )
        return response_of(answer, sent.subject)

    def flows(self, application: str) -> Mapping[str, Mapping[str, str]]:
        """Say how clients get tokens: as the grants say that plugins add."""
        return flows_of(self.plugins, application)

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
