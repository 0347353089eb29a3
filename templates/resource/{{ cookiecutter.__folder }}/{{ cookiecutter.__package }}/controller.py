"""Answers requests for {{ cookiecutter.__text }}."""

from __future__ import annotations

from glue_core import GlueRequest, GlueResponse, NotFound, Pagination
from {{ cookiecutter.__package }}.processor import {{ cookiecutter.__camel }}Reader
from {{ cookiecutter.__package }}.resource import NOT_FOUND


class {{ cookiecutter.__camel }}Controller:
    """Answers requests for {{ cookiecutter.__text }}."""

    def __init__(self, reader: {{ cookiecutter.__camel }}Reader) -> None:
        self._reader = reader

    def get(self, request: GlueRequest) -> GlueResponse:
        """Return the one whose id is in the path."""
        found = self._reader.find(request.resource.id or "")
        if found is None:
            raise NotFound(NOT_FOUND.code, NOT_FOUND.message)
        return GlueResponse.of(found)

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return a page of them, in the order of their ids."""
        page = request.pagination or Pagination(0, 10)
        found, total = self._reader.page(page.offset, page.limit)
        return GlueResponse.page(found, Pagination(page.offset, page.limit, total))
