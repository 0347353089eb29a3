"""The types of the token endpoints, their errors, and how failed logins count."""

from __future__ import annotations

from glue_core import ErrorCode, LoginKind, LoginLimits, Protection, Resource
from glue_legacy_tokens_api.schemas import TokenAttributes

ACCESS_TOKENS = Resource(
    "access-tokens",
    TokenAttributes,
    id=None,
    description="Tokens for a customer's e-mail address and password.",
)
REFRESH_TOKENS = Resource(
    "refresh-tokens",
    TokenAttributes,
    id=None,
    description="Tokens for a refresh token, which works once.",
)

LOGIN_FAILED = ErrorCode(401, "003", "Failed to authenticate user.")
REFRESH_FAILED = ErrorCode(401, "004", "Failed to refresh token.")
BLOCKED = ErrorCode(
    429,
    "4401",
    "Too many log in attempts from your address. Please wait 6 minutes before trying again.",
)

CUSTOMER = Protection(kinds=("customer",))
"""A customer who is logged in may."""

LOGINS = LoginKind(ACCESS_TOKENS.type, LoginLimits(9, 900, 360))
"""How passwords count that are wrong at ``/access-tokens``."""

FORM_LOGINS = LoginKind("token", LoginLimits(attempts=0))
"""How they count at ``/token``: not at all, unless the settings say so."""
