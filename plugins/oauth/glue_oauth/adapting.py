"""Clients, requests and answers as authlib sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.oauth2.rfc6749 import OAuth2Request  # type: ignore[import-untyped]
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload  # type: ignore[import-untyped]

from glue_core import AuthenticationRequest, AuthenticationResponse, GrantRequest, Subject, Work
from glue_oauth import OauthClient

ADDRESS = "https://localhost/"
"""What authlib takes for the address of requests: it looks at the scheme, and at nothing else."""

PUBLIC_TOO = ["client_secret_basic", "client_secret_post", "none"]
CONFIDENTIAL = ["client_secret_basic", "client_secret_post"]

Answer = tuple[int, Any, list[tuple[str, str]]]
"""Status, body and headers."""


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
    """A request as authlib sees it.

    Attributes:
        asked: The request in the core's terms.
        work: The unit of work of the answer.
        subject: Whom the tokens speak for, once they were issued.
    """

    def __init__(self, asked: AuthenticationRequest, work: Work, method: str = "POST") -> None:
        super().__init__(method, ADDRESS)
        self.asked = asked
        self.work = work
        self.payload = BasicOAuth2Payload(dict(asked.parameters))
        self.subject: Subject | None = None

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
            asked.identity,
            asked.counted_as,
        )


def response_of(answer: Answer, subject: Subject | None = None) -> AuthenticationResponse:
    """Return an answer of authlib in the core's terms.

    Args:
        answer: The answer.
        subject: Whom the tokens in it speak for, or None.
    """
    status, body, headers = answer
    if status < 400:
        return AuthenticationResponse(body or {}, status=status, subject=subject)
    told = dict(body)
    kept = {k.lower(): v for k, v in headers if k.lower() == "www-authenticate"}
    return AuthenticationResponse(
        error=told.get("error", "invalid_request"),
        message=told.get("error_description") or told.get("error", ""),
        status=status,
        headers=kept,
    )
