"""Answers where an address leads."""

from __future__ import annotations

from glue_core import GlueRequest, GlueResponse, NotFound, Unprocessable
from glue_urls_api.processor import UrlResolver
from glue_urls_api.resource import URL_MISSING, URL_NOT_FOUND

PARAMETER = "url"


class UrlResolverController:
    """Answers where an address leads."""

    def __init__(self, resolver: UrlResolver) -> None:
        self._resolver = resolver

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return what the path in the query leads to."""
        value = request.query_fields.get(PARAMETER, "")
        if not value.strip():
            raise Unprocessable(URL_MISSING.code, URL_MISSING.message, parameter=PARAMETER)
        store = request.store
        url = None if store is None else self._resolver.resolve(value, store)
        if url is None:
            raise NotFound(URL_NOT_FOUND.code, URL_NOT_FOUND.message, parameter=PARAMETER)
        return GlueResponse.page([url])
