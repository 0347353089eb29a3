"""Codes of the core's own errors. ``001`` to ``011`` and ``901`` are facts of the interface."""

from __future__ import annotations

TOKEN_INVALID = "001"  # noqa: S105 - a code
TOKEN_MISSING = "002"  # noqa: S105 - a code
TWO_IDENTITIES = "005"
MATCH_REQUIRED = "005"
MATCH_FAILED = "006"
NOT_FOUND = "007"
METHOD_NOT_ALLOWED = "008"
PARENT_NOT_FOUND = "009"
NOT_ACCEPTABLE = "010"
INVALID_FILTER = "011"
INVALID_PARAMETER = "012"
INCLUDE_TOO_LARGE = "013"
MALFORMED_BODY = "014"
UNSUPPORTED_MEDIA_TYPE = "015"
BODY_TOO_LARGE = "016"
INVALID_PATH = "017"
UNKNOWN_PARAMETER = "018"
SERVICE_UNAVAILABLE = "019"
INTERNAL_ERROR = "020"
INVALID_HEADER = "021"
INVALID_DOCUMENT = "022"
DOCUMENT_CONFLICT = "023"
CLIENT_ID_REFUSED = "024"
RELATIONSHIP_REFUSED = "025"
CORS_REFUSED = "030"
CHANGED_MEANWHILE = "031"
LOGIN_BLOCKED = "4401"
INVALID_ATTRIBUTE = "901"

ALL = frozenset(
    value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)
)
"""All of them: no operation needs to declare one."""
