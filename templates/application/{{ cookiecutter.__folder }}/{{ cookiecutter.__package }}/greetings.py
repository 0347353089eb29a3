"""A first resource, so that the application answers: how people greet, by language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from marshmallow import Schema, fields

from glue_core import GlueRequest, GlueResponse, NotFound, Pagination, SimpleResource

GREETINGS: Mapping[str, str] = MappingProxyType({"de": "Hallo!", "en": "Hello!", "fr": "Salut !"})
"""Greetings by the code of their language, in the order of the codes."""


class GreetingsAttributes(Schema):
    """Attributes of a greeting."""

    text = fields.String(metadata={"description": "What people say."})


class Greetings(SimpleResource):
    """A greeting in one language; its id is the code of the language."""

    type = "greetings"
    attributes = GreetingsAttributes

    def get(self, id: str) -> GlueResponse:  # noqa: A002 - the flow fills it in by name
        """Return the greeting of a language."""
        if id not in GREETINGS:
            raise NotFound("greetings-not-found", "There is no greeting in this language.")
        return GlueResponse.of({"id": id, "text": GREETINGS[id]})

    def get_collection(self, request: GlueRequest) -> GlueResponse:
        """Return a page of the greetings."""
        page = request.pagination or Pagination(0, len(GREETINGS))
        shown = list(GREETINGS.items())[page.offset : page.offset + page.limit]
        return GlueResponse.page(
            [{"id": language, "text": text} for language, text in shown],
            Pagination(page.offset, page.limit, len(GREETINGS)),
        )
