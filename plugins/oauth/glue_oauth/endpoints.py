"""The routes of the authorization server, the same for every application."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from authlib.common.urls import add_params_to_uri  # type: ignore[import-untyped]
from authlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]

from glue_core import (
    BLOCKED,
    UNASKED,
    AuthenticationRequest,
    AuthenticationResponse,
    ConfigurationError,
    Describe,
    ErrorCode,
    Features,
    GlueError,
    GlueRequest,
    GlueResponse,
    GrantRefused,
    Operation,
    Problem,
    Settings,
)
from glue_oauth import OauthServer
from glue_oauth.adapting import Request
from glue_oauth.clock import new_secret
from glue_oauth.describing import (
    TAG,
    describe_introspection,
    describe_key_set,
    describe_metadata,
    describe_revocation,
    describe_sign_in,
    describing_token,
    in_objects,
)
from glue_oauth.keys import PUBLIC_SECONDS
from glue_oauth.metadata import metadata_of, offered_grants
from glue_oauth.pages import (
    ANSWER_FIELD,
    DENY,
    PASSWORD_FIELD,
    TOKEN_FIELD,
    USERNAME_FIELD,
    error_page,
    page_headers,
    sign_in_page,
)
from glue_oauth.parameters import authentication_request, body_parameters, form_parameters
from glue_oauth.server import BuiltInServer
from glue_oauth.settings import OBJECT

TOKEN, REVOKE, INTROSPECT = "/token", "/token/revoke", "/token/introspect"
AUTHORIZE = "/authorize"
METADATA, KEY_SET = "/.well-known/oauth-authorization-server", "/.well-known/jwks.json"
COOKIE = "glue_sign_in"
JSON = "application/json"
NEVER_KEPT = {"cache-control": "no-store", "pragma": "no-cache"}
SIGN_IN_FIELDS = frozenset({TOKEN_FIELD, ANSWER_FIELD, USERNAME_FIELD, PASSWORD_FIELD})
TOKEN_ERRORS = (
    ErrorCode(400, "invalid_request", "A parameter is missing, wrong, or there twice."),
    ErrorCode(400, "invalid_client", "Client authentication failed."),
    ErrorCode(400, "invalid_grant", "The user credentials were incorrect."),
    ErrorCode(400, "unauthorized_client", "The client is not authorized to use this grant."),
    ErrorCode(400, "unsupported_grant_type", 'Grant type "x" not found'),
    ErrorCode(400, "invalid_scope", "The requested scope is invalid, unknown, or malformed."),
)

UNPROVED = ErrorCode(401, "invalid_client", "Client authentication failed.")


def operations(features: Features, settings: Settings, application: str) -> Sequence[Operation]:
    """Return the routes for an application; see `glue_oauth.token_operations`."""
    server = features.get(OauthServer)
    if not isinstance(server, BuiltInServer):
        raise ConfigurationError(
            f"The routes of glue-oauth serve its own server, and {type(server).__qualname__} is in "
            f"its place.\nUninstall the distribution that contributes them to {application!r}."
        )
    tokens = TokenController(server, application)
    pages = AuthorizeController(server, application)

    def post(
        path: str, handler: Callable[..., GlueResponse], describe: Describe, **more: Any
    ) -> Operation:
        if server.parts.rules.errors == OBJECT:
            describe = in_objects(describe)
        more |= {"describe": describe, "tag": TAG}
        return Operation("post", handler, path, protection=UNASKED, is_raw=True, status=200, **more)

    def get(path: str, handler: Callable[..., GlueResponse], describe: Describe) -> Operation:
        more: dict[str, Any] = {"describe": describe, "tag": TAG}
        return Operation("get", handler, path, protection=UNASKED, is_raw=True, **more)

    # Whichever server an application chooses, it is asked for tokens at one place.
    told = describing_token(lambda: offered_grants(server.plugins, application))
    token = post(TOKEN, tokens.token, told, errors=(*TOKEN_ERRORS, UNPROVED, BLOCKED))
    chosen = settings.application(application)["authentication_servers"]
    if chosen and server.name not in chosen:
        return [token]
    return [
        token,
        post(REVOKE, tokens.revoke, describe_revocation, errors=(*TOKEN_ERRORS[:3], UNPROVED)),
        post(
            INTROSPECT,
            tokens.introspect,
            describe_introspection,
            errors=(*TOKEN_ERRORS[:2], UNPROVED),
        ),
        get(AUTHORIZE, pages.show, describe_sign_in),
        post(AUTHORIZE, pages.answer, describe_sign_in),
        get(METADATA, tokens.metadata, describe_metadata),
        get(KEY_SET, tokens.key_set, describe_key_set),
    ]


class TokenController:
    """Answers requests for tokens, and about them."""

    def __init__(self, server: BuiltInServer, application: str) -> None:
        self._server = server
        self._application = application

    def token(self, request: GlueRequest) -> GlueResponse:
        """Issue tokens for a grant: a password, a refresh token, a code, a client's own secret."""
        access = request.operation.access
        assert access is not None
        return self._answered(request, access.authenticate)

    def revoke(self, request: GlueRequest) -> GlueResponse:
        """End a token; one that nobody knows is ended already."""
        return self._answered(request, lambda asked: self._server.endpoint("revocation", asked))

    def introspect(self, request: GlueRequest) -> GlueResponse:
        """Tell a client with a secret what a token says, and whether it counts."""
        return self._answered(request, lambda asked: self._server.endpoint("introspection", asked))

    def metadata(self, request: GlueRequest) -> GlueResponse:
        """Describe the authorization server (RFC 8414)."""
        found = metadata_of(self._server, self._application, request.base_url)
        if self._server.parts.rules.address_of(self._application) is None:
            # The addresses are those of the Host header: nobody else may be told of them.
            return _json(found, NEVER_KEPT)
        return _json(found, {"cache-control": "public, max-age=300"})

    def key_set(self, request: GlueRequest) -> GlueResponse:
        """Publish the keys that verify access tokens (RFC 7517)."""
        keys = self._server.parts.keys.public_set()
        return _json(keys, {"cache-control": f"public, max-age={PUBLIC_SECONDS}"})

    def _answered(
        self,
        request: GlueRequest,
        answer: Callable[[AuthenticationRequest], AuthenticationResponse],
    ) -> GlueResponse:
        try:
            parameters = body_parameters(request)
            found = answer(authentication_request(request, parameters, self._application))
        except GrantRefused as refused:
            found = AuthenticationResponse(
                error=refused.error,
                message=refused.message,
                status=refused.status,
                headers=refused.headers,
            )
        if found.error is not None:
            if self._server.parts.rules.errors == OBJECT and request.convention is None:
                told = {"error": found.error, "error_description": found.message}
                return _json(told, {**NEVER_KEPT, **found.headers}, found.status)
            error = GlueError(status=found.status, code=found.error, message=found.message)
            raise Problem(found.status, [error], {**NEVER_KEPT, **found.headers})
        return _json(found.attributes, {**NEVER_KEPT, **found.headers}, found.status)


class AuthorizeController:
    """Lets people sign in and sends codes to clients.

    Source:
        RFC 6749, section 4.1; RFC 9700; RFC 9207: the answer names the issuer.
    """

    def __init__(self, server: BuiltInServer, application: str) -> None:
        self._server = server
        self._application = application
        self._has_tls = server.parts.rules.issuer_of(application).startswith("https:")
        # With this prefix a browser takes the cookie from nobody but this very host.
        self._cookie_name = f"__Host-{COOKIE}" if self._has_tls else COOKIE

    def show(self, request: GlueRequest) -> GlueResponse:
        """Show the sign-in page for an authorization request."""
        try:
            parameters = form_parameters(request.parameters_string)
        except GrantRefused as refused:
            return _page(error_page(refused.message), 400)
        return self._checked(request, parameters, lambda grant: self._form(request, grant))

    def answer(self, request: GlueRequest) -> GlueResponse:
        """Take what was typed on the sign-in page, and send the code."""
        try:
            sent = form_parameters(request.content)
        except GrantRefused as refused:
            return _page(error_page(refused.message), 400)
        if not _came_from_page(_cookie(request, self._cookie_name), request, sent):
            return _page(error_page("The form is too old. Start again where you came from."), 403)
        return self._checked(request, sent, lambda grant: self._signed_in(request, grant, sent))

    def _checked(
        self,
        request: GlueRequest,
        parameters: Mapping[str, str],
        go_on: Callable[[Any], GlueResponse],
    ) -> GlueResponse:
        """Check an authorization request, and go on with its grant.

        Parameters named as the page's own fields are none of it: the form would send them twice.
        """
        parameters = {k: v for k, v in parameters.items() if k not in SIGN_IN_FIELDS}
        try:
            asked = authentication_request(request, parameters, self._application)
        except GrantRefused as refused:
            # Nobody but a person proves anything here: a 401 would make browsers ask for more.
            return _page(error_page(refused.message), 400)
        server = self._server.server(self._application)
        self._server.parts.keys.ring()
        with self._server.parts.database().work() as work:
            try:
                grant = server.get_consent_grant(Request(asked, work, request.method))
                return go_on(grant)
            except OAuth2Error as error:
                work.rollback()
                if error.redirect_uri is None:
                    return _page(error_page(error.description or "The request is wrong."), 400)
                location = add_params_to_uri(error.redirect_uri, error.get_body())
                return self._redirect(location)

    def _form(
        self, request: GlueRequest, grant: Any, *, wrong: GrantRefused | None = None, name: str = ""
    ) -> GlueResponse:
        token = _cookie(request, self._cookie_name) or new_secret()
        asked = grant.request.asked.parameters
        content = sign_in_page(
            grant.request.client.client.name,
            asked.get("scope", "").split(),
            asked,
            token,
            wrong=wrong.message if wrong is not None else "",
            username=name,
        )
        status = 200 if wrong is None else wrong.status
        response = _page(content, status, grant.redirect_uri)
        if wrong is not None:
            response.meta.update(wrong.headers)
        secure = "; Secure" if self._has_tls else ""
        response.meta["set-cookie"] = (
            f"{self._cookie_name}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=600{secure}"
        )
        return response

    def _signed_in(self, request: GlueRequest, grant: Any, sent: Mapping[str, str]) -> GlueResponse:
        if sent.get(ANSWER_FIELD) == DENY:
            user = None
        else:
            username, password = sent.get(USERNAME_FIELD, ""), sent.get(PASSWORD_FIELD, "")
            try:
                user = self._server.login.log_in(
                    username, password, grant.request.for_grant(grant.request.client)
                )
            except GrantRefused as refused:
                return self._form(request, grant, wrong=refused, name=username)
        server = self._server.server(self._application)
        try:
            status, _, headers = server.create_authorization_response(
                grant.request, grant_user=user, grant=grant
            )
        except GrantRefused as refused:
            raise OAuth2Error(
                error=refused.error,
                description=refused.message,
                redirect_uri=grant.redirect_uri,
                state=grant.request.payload.state,
            ) from refused
        location = dict(headers).get("Location")
        if location is None:
            return _page(error_page("The request is wrong."), status)
        return self._redirect(location)

    def _redirect(self, location: str) -> GlueResponse:
        issuer = self._server.parts.rules.issuer_of(self._application)
        response = GlueResponse(http_status=303, content=b"")
        response.meta.update(NEVER_KEPT)
        response.meta["referrer-policy"] = "no-referrer"
        # RFC 9207: the client knows whom the answer is from.
        response.meta["location"] = add_params_to_uri(location, [("iss", issuer)])
        return response


def _came_from_page(kept: str | None, request: GlueRequest, sent: Mapping[str, str]) -> bool:
    """Say whether a form was sent by our page in the same browser.

    The cookie is sent by no other site (``SameSite``), and no other site can read or guess it.
    """
    if kept is None or request.header("sec-fetch-site") not in (None, "same-origin", "none"):
        return False
    return hmac.compare_digest(kept.encode(), sent.get(TOKEN_FIELD, "").encode())


def _cookie(request: GlueRequest, wanted: str) -> str | None:
    for part in (request.header("cookie") or "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == wanted and len(value) >= 43 and value.isascii() and value.isprintable():
            return value
    return None


def _page(content: bytes, status: int, redirect_uri: str | None = None) -> GlueResponse:
    response = GlueResponse(http_status=status, content=content, format="text/html; charset=utf-8")
    response.meta.update(page_headers(redirect_uri))
    return response


def _json(
    value: Mapping[str, Any], headers: Mapping[str, str], status: int | None = None
) -> GlueResponse:
    response = GlueResponse(http_status=status, content=orjson.dumps(dict(value)), format=JSON)
    response.meta.update(headers)
    return response
