"""Hook implementations of the token endpoints; the only file where objects are wired."""

from __future__ import annotations

from collections.abc import Sequence

from glue_anonymous_customers_api import BOTH_TEXT, HEADER, STRATEGY
from glue_core import (
    PUBLIC,
    UNASKED,
    AuthenticationServer,
    Features,
    Format,
    IdentityReader,
    LoginGuard,
    Operation,
    Step,
    Validate,
    hookimpl,
)
from glue_legacy_tokens_api.controller import TokensController
from glue_legacy_tokens_api.describing import TAG, describe_form
from glue_legacy_tokens_api.form import token
from glue_legacy_tokens_api.guests import KIND, read_guest
from glue_legacy_tokens_api.resource import (
    ACCESS_TOKENS,
    BLOCKED,
    CUSTOMER,
    LOGIN_FAILED,
    REFRESH_FAILED,
    REFRESH_TOKENS,
)
from glue_legacy_tokens_api.schemas import LoginAttributes, RefreshAttributes
from glue_legacy_tokens_api.steps import blocker, challenge, is_login
from glue_oauth import OauthServer, RefreshTokens


@hookimpl
def glue_resources(features: Features) -> Sequence[Operation]:
    """Contribute ``/access-tokens`` and ``/refresh-tokens``."""
    tokens = TokensController(features.get(RefreshTokens))
    access, refresh = ACCESS_TOKENS.type, REFRESH_TOKENS.type
    return [
        Operation(
            "post",
            tokens.log_in,
            access,
            ACCESS_TOKENS,
            schema=LoginAttributes,
            protection=PUBLIC,
            errors=(LOGIN_FAILED, BLOCKED),
        ),
        Operation("getCollection", tokens.nothing, access, ACCESS_TOKENS, protection=PUBLIC),
        Operation(
            "post",
            tokens.refresh,
            refresh,
            REFRESH_TOKENS,
            schema=RefreshAttributes,
            protection=PUBLIC,
            errors=(REFRESH_FAILED,),
        ),
        Operation("getCollection", tokens.nothing, refresh, REFRESH_TOKENS, protection=PUBLIC),
        Operation("delete", tokens.revoke, refresh, REFRESH_TOKENS, protection=CUSTOMER),
    ]


@hookimpl
def glue_route_providers() -> Sequence[Operation]:
    """Contribute ``/token``, which reads a form."""
    return [
        Operation(
            "post",
            token,
            "/token",
            protection=UNASKED,
            is_raw=True,
            status=200,
            tag=TAG,
            describe=describe_form,
        )
    ]


@hookimpl
def glue_request_validators(features: Features) -> Sequence[Step[Validate]]:
    """Let those wait who fail too often, whatever else is wrong with the request."""
    wait = blocker(features.get(LoginGuard))

    def bind(operation: Operation) -> Validate | None:
        return wait if is_login(operation) else None

    return [Step("login-blocker", bind, after=("resource-id?",), before=("authentication",))]


@hookimpl
def glue_response_formatters() -> Sequence[Step[Format]]:
    """Give every 401 the challenge of the old application."""
    return [Step("challenge", challenge)]


@hookimpl
def glue_authentication_servers(features: Features) -> Sequence[AuthenticationServer]:
    """Let the authorization server issue and check tokens, those of the storefront as well."""
    return [features.get(OauthServer)]


@hookimpl
def glue_identity_readers() -> Sequence[IdentityReader]:
    """Read who has not logged in, in the place of the storefront's reader.

    Any text will do, and a blank one is as if there were none.
    """
    return [
        IdentityReader(
            STRATEGY,
            HEADER,
            read_guest,
            is_alone=True,
            alone_message=BOTH_TEXT,
            kinds=(KIND,),
            skips_blank=True,
        )
    ]
