"""Asking the application's authentication servers for tokens."""

from __future__ import annotations

from collections.abc import Mapping

from glue_core import (
    AuthenticationRequest,
    AuthenticationResponse,
    GlueRequest,
    LoginKind,
    Subject,
)

PASSWORD, REFRESH_TOKEN = "password", "refresh_token"
NEVER_KEPT = {"cache-control": "no-store", "pragma": "no-cache"}
LOGGED_IN = "legacy_tokens_api.logged_in"


def address_of(request: GlueRequest) -> str:
    """Return the address of the caller, or an empty text."""
    return str(request.http_request_attributes.get("REMOTE_ADDR") or "")


def ask(
    request: GlueRequest, parameters: Mapping[str, str], counted_as: LoginKind | None = None
) -> AuthenticationResponse:
    """Ask for tokens in the name of the default client; others the old application does not know.

    Args:
        request: The request.
        parameters: Parameters of the grant, its name among them.
        counted_as: Kind of login that a wrong password counts as.
    """
    access = request.operation.access
    assert access is not None
    return access.authenticate(
        AuthenticationRequest(
            request.operation.application,
            parameters,
            address_of(request),
            request_id=request.id,
            user_agent=request.header("user-agent") or "",
            counted_as=counted_as,
        )
    )


def note_login(request: GlueRequest, subject: Subject | None) -> None:
    """Remember who logged in, for what follows a login."""
    request.notes[LOGGED_IN] = subject


def logged_in(request: GlueRequest) -> Subject | None:
    """Return who has just logged in at ``POST /access-tokens``; None before, and elsewhere.

    A wrapper around the controller asks it once the controller has answered, to move the cart of
    somebody who had not logged in, for example.
    """
    found: Subject | None = request.notes.get(LOGGED_IN)
    return found
