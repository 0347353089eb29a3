"""Finding out who asks."""

from __future__ import annotations

from collections.abc import Callable

from glue_core import GlueRequest, Identity

FindUser = Callable[[GlueRequest], Identity | None]
"""Says who asks, or None for somebody else to say."""
