"""Atomic Operations of JSON:API for Glue: several writes in one request, all or none."""

from glue_json_api_atomic.document import ATOMIC

__all__ = ["ATOMIC"]
