"""``POST /token``: tokens for a form, as OAuth has it; no document of JSON:API on either side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from glue_core import GlueRequest, GlueResponse, GrantRefused
from glue_legacy_tokens_api.asking import NEVER_KEPT, PASSWORD, REFRESH_TOKEN, ask
from glue_legacy_tokens_api.resource import FORM_LOGINS
from glue_oauth import form_parameters

FIELDS = ("grant_type", "username", "password", "refresh_token")
GRANTS = (PASSWORD, REFRESH_TOKEN)
INVALID_GRANT = "invalid_grant"
NO_GRANT = frozenset({INVALID_GRANT, "unsupported_grant_type"})
"""Errors of the authentication server that the old application does not tell from each other."""

INVALID_GRANT_TEXT = (
    "The provided authorization grant (e.g., authorization code, resource owner credentials) or "
    "refresh token is invalid, expired, revoked, does not match the redirection URI used in the "
    "authorization request, or was issued to another client."
)


def token(request: GlueRequest) -> GlueResponse:
    """Issue tokens for a password or a refresh token, sent as a form.

    Source:
        RFC 6749, sections 4.3, 5 and 6.
    """
    try:
        sent = form_parameters(request.content)
    except GrantRefused as refused:
        return _refused(refused.error, refused.message)
    parameters = {name: sent[name] for name in FIELDS if name in sent}
    if parameters.get("grant_type", PASSWORD) not in GRANTS:
        return _refused(INVALID_GRANT, INVALID_GRANT_TEXT)
    answer = ask(request, parameters, FORM_LOGINS)
    if answer.error in NO_GRANT:
        return _refused(INVALID_GRANT, INVALID_GRANT_TEXT)
    if answer.error is not None:
        return _refused(answer.error, answer.message, answer.status, answer.headers)
    return _json(answer.attributes, 200)


def _refused(
    error: str, description: str, status: int = 400, headers: Mapping[str, str] | None = None
) -> GlueResponse:
    return _json({"error": error, "error_description": description}, status, headers)


def _json(
    shown: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None
) -> GlueResponse:
    response = GlueResponse(
        http_status=status, content=orjson.dumps(dict(shown)), format="application/json"
    )
    response.meta.update({**NEVER_KEPT, **(headers or {})})
    return response
