"""The token endpoints of the old application."""

from __future__ import annotations

from glue_legacy_tokens_api.asking import logged_in
from glue_legacy_tokens_api.resource import ACCESS_TOKENS, REFRESH_TOKENS

__all__ = ["ACCESS_TOKENS", "REFRESH_TOKENS", "logged_in"]
