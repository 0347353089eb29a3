"""The articles of the magazine in the magazine API, and whose they are."""

from __future__ import annotations

from glue_articles_api.resource import ARTICLES

__all__ = ["ARTICLES"]
