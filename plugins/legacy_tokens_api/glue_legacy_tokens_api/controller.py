"""Answers requests for tokens, and those that end them."""

from __future__ import annotations

from glue_core import (
    AuthenticationResponse,
    ErrorCode,
    GlueError,
    GlueRequest,
    GlueResponse,
    Problem,
    Unauthorized,
)
from glue_legacy_tokens_api.asking import (
    NEVER_KEPT,
    PASSWORD,
    REFRESH_TOKEN,
    ask,
    note_login,
)
from glue_legacy_tokens_api.resource import BLOCKED, LOGIN_FAILED, LOGINS, REFRESH_FAILED
from glue_oauth import RefreshTokens

MINE = "mine"
"""Stands in a path for all refresh tokens of the customer who asks."""
KIND = "customer"


class TokensController:
    """Answers requests for tokens; who may have one, the authentication server says."""

    def __init__(self, refresh_tokens: RefreshTokens) -> None:
        self._refresh_tokens = refresh_tokens

    def log_in(self, request: GlueRequest) -> GlueResponse:
        """Issue tokens for an e-mail address and a password."""
        sent = request.attributes
        parameters = {
            "grant_type": PASSWORD,
            "username": sent["username"],
            "password": sent["password"],
        }
        answer = ask(request, parameters, LOGINS)
        response = _issued(answer, LOGIN_FAILED)
        note_login(request, answer.subject)
        return response

    def refresh(self, request: GlueRequest) -> GlueResponse:
        """Issue tokens for a refresh token, which stops working."""
        token = request.attributes["refresh_token"]
        parameters = {"grant_type": REFRESH_TOKEN, "refresh_token": token}
        return _issued(ask(request, parameters), REFRESH_FAILED)

    def nothing(self) -> GlueResponse:
        """Return an empty list: tokens are shown once, to who asked for them."""
        return GlueResponse.page([])

    def revoke(self, request: GlueRequest) -> GlueResponse:
        """End a refresh token of the customer who asks, or all of them.

        The answer is the same for a token that nobody has, and for that of somebody else, which
        stays as it is. Access tokens stay valid.
        """
        customer = request.request_customer
        assert customer is not None
        owner, token = customer.natural_identifier, request.resource.id or ""
        if token == MINE:
            self._refresh_tokens.revoke_all(KIND, owner, request.work)
        else:
            self._refresh_tokens.revoke(token, request.work, owner=owner, kind=KIND)
        return GlueResponse.no_content()


def _issued(answer: AuthenticationResponse, failed: ErrorCode) -> GlueResponse:
    """Return tokens, or say in the words of the old application that there are none.

    Raises:
        Problem: There are none, or the caller has to wait.
    """
    if answer.error == BLOCKED.code:
        error = GlueError(status=answer.status, code=answer.error, message=answer.message)
        raise Problem(answer.status, [error], dict(answer.headers))
    if answer.error is not None:
        raise Unauthorized(failed.code, failed.message)
    response = GlueResponse.of(answer.attributes)
    response.meta.update(NEVER_KEPT)
    return response
