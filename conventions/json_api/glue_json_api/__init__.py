"""JSON:API 1.1 for Glue: the convention of every request with ``application/vnd.api+json``."""

from glue_json_api.convention import JSON_API, JsonApi
from glue_json_api.dialect import GLUE, PRESETS, STRICT, Dialect

__all__ = ["GLUE", "JSON_API", "PRESETS", "STRICT", "Dialect", "JsonApi"]
