"""JSON:API 1.1 for Glue: the convention of every request with ``application/vnd.api+json``."""

from glue_json_api.convention import JSON_API, JsonApi
from glue_json_api.dialect import GLUE, PRESETS, STRICT, Dialect, dialect_of
from glue_json_api.document import jsonapi_member
from glue_json_api.errors import error_objects
from glue_json_api.media_types import (
    CURSOR_PAGINATION,
    MEDIA_TYPE,
    Followed,
    extension,
    followed_by,
    profile,
)

__all__ = [
    "CURSOR_PAGINATION",
    "GLUE",
    "JSON_API",
    "MEDIA_TYPE",
    "PRESETS",
    "STRICT",
    "Dialect",
    "Followed",
    "JsonApi",
    "dialect_of",
    "error_objects",
    "extension",
    "followed_by",
    "jsonapi_member",
    "profile",
]
