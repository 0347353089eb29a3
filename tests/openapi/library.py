"""A library: what it declares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from glue_core import (
    ErrorCode,
    GlueRequest,
    GlueResponse,
    Operation,
    PageRules,
    Parameter,
    Relationship,
    Resource,
)


class Note(Schema):
    """A line in the margin."""

    text = fields.String(required=True)


class BookAttributes(Schema):
    """What the library knows of a book.

    Its notes are those of readers.
    """

    title = fields.String(
        required=True,
        validate=validate.Length(min=1, max=80),
        metadata={"description": "Title on the cover.", "example": "Emma"},
    )
    pages = fields.Integer(strict=True, validate=validate.Range(min=1), allow_none=True)
    isbn = fields.String(validate=validate.Regexp(r"[0-9]{13}\Z"))
    binding = fields.String(validate=validate.OneOf(("paper", "cloth")))
    price = fields.Decimal(as_string=True)
    notes = fields.List(fields.Nested(Note))
    shelf = fields.String(dump_only=True)
    secret = fields.String(load_only=True)
    cost = fields.Integer(dump_only=True)


class AuthorAttributes(Schema):
    """Who wrote it."""

    name = fields.String(metadata={"description": "Name in full."})


def nothing(sources: Sequence[Any], request: GlueRequest) -> dict[Any, Any]:
    """Relate nothing."""
    return {}


BOOKS = Resource(
    "books",
    BookAttributes,
    relationships=(
        Relationship("author", "authors", nothing, many=False, writable=True),
        Relationship("sequels", "books", nothing, description="What follows."),
    ),
    description="Something to read.",
)
AUTHORS = Resource("authors", AuthorAttributes)
MISSING = ErrorCode(404, "7001", "There is no such book.")


def answer(request: GlueRequest) -> GlueResponse:
    """Show a book.

    It is the one with the id.

    Returns:
        Nothing that a client reads.
    """
    return GlueResponse.of({"id": "1", "title": "Emma"})


def operations() -> list[Operation]:
    """Return what the library answers."""
    return [
        Operation(
            "getCollection",
            answer,
            "books",
            BOOKS,
            filters=("title", "pages"),
            sorts=("title",),
            page=PageRules(default=5, maximum=20),
            parameters=(Parameter("tone", "How it is said.", ("dry", "warm")),),
        ),
        Operation("get", answer, "books", BOOKS, errors=(MISSING,)),
        Operation("post", answer, "books", BOOKS),
        Operation("patch", answer, "books", BOOKS),
        Operation("delete", answer, "books", BOOKS, deprecated=True),
        Operation("get", answer, "authors", AUTHORS),
        Operation("get", answer, "authors/books", BOOKS),
    ]
