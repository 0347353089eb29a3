"""OPTIONS: which methods and headers a place takes, and what a preflight must look like."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from glue_core import GlueError, GlueRequest, GlueRequestValidation, GlueResponse, Validate
from glue_legacy_api.flow import LegacyFlow

PREFLIGHT = "preflight"
METHOD = "access-control-request-method"
HEADERS = "access-control-request-headers"
NEEDED = (METHOD, HEADERS, "origin")

ALLOWED_HEADERS = (
    "accept",
    "content-type",
    "content-language",
    "accept-language",
    "authorization",
    "X-Anonymous-Customer-Unique-Id",
    "access-control-allow-origin",
)
"""Headers that a page may send, as they are told to browsers."""

MISSING = (
    "One or more of the required headers (access-control-request-method, "
    "access-control-request-headers, origin) for the options method are missing."
)
NOT_ALLOWED = "Not allowed."


def allow_methods(flow: LegacyFlow) -> LegacyFlow:
    """Return the flow that answers OPTIONS with an empty document."""

    def answer(request: GlueRequest) -> GlueResponse:
        response = GlueResponse(http_status=200)
        methods = request.operation.allowed
        response.meta["access-control-allow-methods"] = ", ".join(methods)
        response.meta["access-control-allow-headers"] = ", ".join(ALLOWED_HEADERS)
        return response

    return replace(flow, controller=answer)


def check_preflight(known: Collection[str]) -> Validate:
    """Return what refuses a preflight that lacks a header, or asks for what is not allowed.

    Args:
        known: Headers that a page may send. The list of those asked for is split at commas alone:
            a space after one is part of the name.
    """
    names = frozenset(each.lower() for each in known)
    missing, refused = _text(501, MISSING), _text(403, NOT_ALLOWED)

    def validate(request: GlueRequest) -> GlueRequestValidation | None:
        if request.method != "OPTIONS":
            return None
        if any(not request.header(each) for each in NEEDED):
            return missing
        if request.operation.refusal != PREFLIGHT:
            # There is no such path; that is told once the headers are in order.
            return None
        if request.header(METHOD) not in request.operation.allowed:
            return refused
        asked = (request.header(HEADERS) or "").split(",")
        return None if all(each.lower() in names for each in asked) else refused

    return validate


def _text(status: int, text: str) -> GlueRequestValidation:
    return GlueRequestValidation(False, status, (GlueError(status, message=text),))
