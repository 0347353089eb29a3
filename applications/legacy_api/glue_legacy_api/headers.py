"""What headers and query must be before anything is read; refusals are plain text."""

from __future__ import annotations

import re

from glue_core import GlueError, GlueRequest, GlueRequestValidation

OFFSET, LIMIT = "page[offset]", "page[limit]"
BAD_PAGE = "Pagination parameters are invalid."
NOT_ACCEPTABLE = "Not acceptable."
BLANK_TYPE = "Unsupported media type."
UNKNOWN_FORMAT = "Unsupported Media Type"

LARGEST = 10**18 - 1
"""Largest offset and limit that are whole numbers here."""

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FORMAT = re.compile(r"application/vnd\.api\+([^;,\s]*)", re.IGNORECASE)
KNOWN_FORMATS = frozenset({"json"})


def check_page(request: GlueRequest) -> GlueRequestValidation | None:
    """Refuse page parameters that are no whole numbers, a limit below 1 and an offset alone."""
    fields = request.query_fields
    offset, limit = fields.get(OFFSET), fields.get(LIMIT)
    for value in (offset, limit):
        if value is not None and _INTEGER.fullmatch(value) is None:
            return _text(400, BAD_PAGE)
    if limit is not None and int(limit) < 1:
        return _text(400, BAD_PAGE)
    if offset is not None and (limit is None or int(offset) < 0):
        return _text(400, BAD_PAGE)
    return None


def check_headers(request: GlueRequest) -> GlueRequestValidation | None:
    """Refuse a request without ``Accept``, a blank type of a body, and an unknown format."""
    accept = request.header("accept")
    if accept is None or not accept.strip():
        return _text(406, NOT_ACCEPTABLE)
    sent = request.http_request_attributes.get("CONTENT_TYPE")
    if sent is not None and not sent.strip():
        return _text(415, BLANK_TYPE)
    for name in _FORMAT.findall(accept):
        if name.lower() not in KNOWN_FORMATS:
            return _text(415, UNKNOWN_FORMAT)
    return None


def _text(status: int, text: str) -> GlueRequestValidation:
    return GlueRequestValidation(False, status, (GlueError(status, message=text),))
