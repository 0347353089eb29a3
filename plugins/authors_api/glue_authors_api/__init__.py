"""The authors of the magazine in the magazine API."""

from __future__ import annotations

from glue_authors_api.resource import AUTHORS

__all__ = ["AUTHORS"]
