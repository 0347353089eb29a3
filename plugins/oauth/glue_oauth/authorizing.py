"""Authorization requests: what a client must send, and the code that it gets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import InvalidRequestError  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import CodeChallenge  # type: ignore[import-untyped]

from glue_core import Subject
from glue_oauth.adapting import ClientModel, Request
from glue_oauth.parts import scopes_for

if TYPE_CHECKING:
    from glue_oauth.server import Server


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
