"""Whom a request is answered for."""

from __future__ import annotations

from glue_core import GlueRequest, NotFound
from glue_stores import Market


def market_of(request: GlueRequest) -> Market:
    """Return the store and the locale of a request.

    Raises:
        NotFound: The request has no store, because no store is published yet.
    """
    if request.store is None or request.locale is None:
        raise NotFound("601", "Store not found")
    return Market(request.store, request.locale)
