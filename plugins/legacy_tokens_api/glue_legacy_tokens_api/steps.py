"""Steps of the old application around tokens: who has to wait, and the challenge of a 401."""

from __future__ import annotations

from glue_core import (
    Format,
    GlueRequest,
    GlueRequestValidation,
    GlueResponse,
    LoginGuard,
    Operation,
    Validate,
    too_many_attempts,
)
from glue_legacy_tokens_api.asking import address_of
from glue_legacy_tokens_api.resource import ACCESS_TOKENS, LOGINS

CHALLENGE = "www-authenticate"


def blocker(guard: LoginGuard) -> Validate:
    """Return what lets nobody log in who failed too often, before anything else is judged.

    Args:
        guard: Counts what fails.
    """

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        username = request.attributes.get("username")
        if not isinstance(username, str):
            return None
        where = (LOGINS.name, address_of(request), username)
        seconds = guard.blocked(*where, application=request.application)
        if not seconds:
            return None
        problem = too_many_attempts(seconds)
        return GlueRequestValidation(False, problem.status, problem.errors, problem.headers)

    return validate


def is_login(operation: Operation) -> bool:
    """Say whether somebody logs in there."""
    return (
        operation.refusal is None
        and operation.method == "post"
        and operation.place == ACCESS_TOKENS.type
    )


def challenge(operation: Operation) -> Format | None:
    """Say with every 401 how to log in, in the same words for all of them.

    Source:
        RFC 9110, section 15.5.2: a 401 must have a challenge. That of another scheme stays.
    """
    access = operation.access
    if access is None:
        return None
    words = f'Bearer realm="{access.rules.realm}"'

    def format_(response: GlueResponse, request: GlueRequest) -> None:
        status = response.http_status
        if status is None and response.errors:
            status = response.errors[-1].status
        if status == 401 and response.meta.get(CHALLENGE, words).startswith("Bearer"):
            response.meta[CHALLENGE] = words

    return format_
