"""A small library that speaks HAL: shelves, books, their authors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    ErrorCode,
    GlueLink,
    GlueRequest,
    GlueResource,
    GlueResponse,
    NotFound,
    Operation,
    PageRules,
    Pagination,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
)
from glue_core.testing import Client, in_memory, installed

HAL_TYPE = "application/hal+json"
NO_BOOK = ErrorCode(404, "301", "No such book.")


class Book(Schema):
    """Attributes of a book."""

    title = fields.String(required=True)
    pages = fields.Integer(strict=True)
    subtitle = fields.String(allow_none=True)


class Author(Schema):
    """Attributes of an author."""

    name = fields.String()


class Review(Schema):
    """Attributes of a review."""

    stars = fields.Integer()


@dataclass
class Library:
    """Data, controllers and loaders; counts what the loaders are asked."""

    books: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            each: {"id": each, "title": f"Book {each}", "pages": 0, "subtitle": None}
            for each in ("0", "1", "2", "a/b")
        }
    )
    calls: list[str] = field(default_factory=list)
    received: dict[str, Any] | None = None

    def get(self, id: str) -> GlueResponse:  # noqa: A002
        """Return one book."""
        if id not in self.books:
            raise NotFound(NO_BOOK.code, NO_BOOK.message)
        return GlueResponse.of(self.books[id])

    def page(self, request: GlueRequest) -> GlueResponse:
        """Return a page of books."""
        page = request.pagination
        assert page is not None
        shown = [
            each
            for each in self.books.values()
            if all(each[condition.field] == condition.value for condition in request.filters)
        ]
        if request.sortings and not request.sortings[0].is_ascending:
            shown.reverse()
        cut = shown[page.offset : page.offset + page.limit]
        return GlueResponse.page(cut, Pagination(page.offset, page.limit, len(shown)))

    def post(self, attributes: dict[str, Any]) -> GlueResponse:
        """Create a book."""
        self.received = attributes
        return GlueResponse.of({"id": "new one", **attributes})

    def patch(self, id: str, attributes: dict[str, Any]) -> GlueResponse:  # noqa: A002
        """Change a book."""
        self.received = attributes
        return GlueResponse.of({**self.books[id], **attributes})

    def delete(self) -> GlueResponse:
        """Delete a book."""
        return GlueResponse.no_content()

    def author(self, id: str) -> GlueResponse:  # noqa: A002
        """Return an author, with links and facts of its own."""
        portrait = GlueLink("/portraits/ann", {"title": "Portrait"})
        shown = GlueResource(
            attributes={"id": id, "name": "Ann"},
            links={"portrait": portrait, "home": GlueLink("https://ann.example/")},
            meta={"since": 1999},
        )
        response = GlueResponse([shown])
        response.document_links["rules"] = GlueLink("/rules")
        response.document_meta["moderated"] = True
        return response

    def reviews(self) -> GlueResponse:
        """Return the reviews of a book, which are not paged."""
        return GlueResponse.page([{"id": "r 1", "stars": 0}])

    def two(self) -> GlueResponse:
        """Return two resources where one is shown: a mistake."""
        return GlueResponse([GlueResource(attributes=self.books[each]) for each in ("0", "1")])

    def nothing(self) -> GlueResponse:
        """Return no resource where one could be."""
        return GlueResponse()

    def author_of(self, sources: Sequence[GlueResource], _: GlueRequest) -> Mapping[Any, Any]:
        """Every book but the first has one author."""
        self.calls.append("author")
        return {each.id: {"id": "p", "name": "Ann"} for each in sources if each.id != "0"}

    def books_of(self, sources: Sequence[GlueResource], _: GlueRequest) -> Mapping[Any, Any]:
        """Every author wrote all books but the first."""
        self.calls.append("books")
        wrote = [each for each in self.books.values() if each["id"] != "0"]
        return {each.id: wrote for each in sources}

    def reviews_of(self, sources: Sequence[GlueResource], _: GlueRequest) -> Mapping[Any, Any]:
        """No book has a review."""
        self.calls.append("reviews")
        return {}


@pytest.fixture
def library() -> Library:
    """Return what is served."""
    return Library()


@pytest.fixture
def serve(library: Library, glue_client: Callable[..., Client]) -> Callable[..., Client]:
    """Make a client that speaks HAL; settings as tables, further operations by name."""

    def make(*further: Operation, **settings: Any) -> Client:
        books = Resource(
            "books",
            Book,
            relationships=(
                Relationship("author", "authors", library.author_of, many=False),
                Relationship("reviews", "reviews", library.reviews_of),
            ),
        )
        authors = Resource(
            "authors", Author, relationships=(Relationship("books", "books", library.books_of),)
        )
        reviews = Resource("reviews", Review)
        operations = [
            Operation("get", library.get, "books", books, errors=(NO_BOOK,)),
            Operation(
                "getCollection",
                library.page,
                "books",
                books,
                page=PageRules(2, 10),
                sorts=("title",),
                filters=("title",),
            ),
            Operation("post", library.post, "books", books),
            Operation("patch", library.patch, "books", books),
            Operation("delete", library.delete, "books", books),
            Operation("get", library.author, "authors", authors),
            Operation("getCollection", library.reviews, "books/reviews", reviews),
            Operation("get", library.two, "pairs", books),
            Operation("get", library.nothing, "nothing", books, singleton=True),
            *further,
        ]
        routes = [Operation("get", lambda: library.get("1"), "/shelves/{shelf}/first", books)]
        return glue_client(
            [
                *installed("hal"),
                in_memory("glue.applications", "shop", RequestFlowAwareApiApplication("shop")),
                in_memory(
                    "glue.plugins.shop",
                    "library",
                    glue_resources=lambda: operations,
                    glue_route_providers=lambda: routes,
                ),
            ],
            settings=settings,
            headers={"accept": HAL_TYPE},
        )

    return make


@pytest.fixture
def client(serve: Callable[..., Client]) -> Client:
    """Return a client of the library that speaks HAL."""
    return serve()
