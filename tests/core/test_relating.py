"""The places of relationships: which are made, and who may look and change there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    ErrorCode,
    GlueError,
    GlueRelationship,
    GlueRequest,
    GlueRequestValidation,
    GlueResource,
    GlueResponse,
    Model,
    NotFound,
    Operation,
    PageRules,
    Problem,
    Relationship,
    RequestFlowAwareApiApplication,
    Resource,
    Step,
)
from glue_core.flow import Flow
from glue_core.http import HttpSource
from glue_core.relating import change_by, changes_of, relationship_handler
from glue_core.security.lens import ModelType
from glue_core.testing import Client, assert_error, in_memory

GROUP = "glue.plugins.library_api"
APPLICATION = in_memory(
    "glue.applications", "library_api", RequestFlowAwareApiApplication("library_api")
)


MISSING = ErrorCode(404, "1", "There is none.")


class Named(Schema):
    """Attributes of everything in the library."""

    name = fields.String()


def one(request: GlueRequest) -> GlueResponse:
    """Answer with what the path names; one thing is missing."""
    if request.resource.id == "none":
        raise NotFound(MISSING.code, MISSING.message)
    return GlueResponse.of({"id": request.resource.id, "name": request.resource.type})


def writer_of(sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
    """Every book has a writer."""
    return {each.id: {"id": f"writer of {each.id}", "name": "Ann"} for each in sources}


def written_by(sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
    """Every writer wrote two books."""
    return {each.id: [{"id": "1", "name": "One"}, {"id": "2", "name": "Two"}] for each in sources}


BOOKS = Resource(
    "books", Named, relationships=(Relationship("writer", "writers", writer_of, False),)
)
WRITERS = Resource("writers", Named)


@pytest.fixture
def library(glue_client: Callable[..., Client]) -> Callable[..., Client]:
    """Make a client of the library with these places of books and writers, and other hooks."""

    def make(*places: str, **hooks: Any) -> Client:
        operations = [
            Operation(
                "get",
                one,
                place,
                WRITERS if place.endswith("writers") else BOOKS,
                errors=(MISSING,),
            )
            for place in places
        ]
        plugin = in_memory(
            GROUP,
            "library",
            glue_resources=lambda: [*operations, BOOKS, WRITERS],
            glue_relationships=lambda: [
                Relationship("books", "books", written_by, source="writers")
            ],
            **hooks,
        )
        return glue_client([APPLICATION, plugin])

    return make


def test_relationships_of_anybody_have_a_place(library: Callable[..., Client]) -> None:
    """A relationship has its place whether its resource or another plugin declares it."""
    client = library("books", "writers")

    assert client.get("/books/7/writer").json == [{"name": "Ann"}]
    assert client.get("/writers/7/books").json == [{"name": "One"}, {"name": "Two"}]


def test_place_is_where_the_type_is_shown(library: Callable[..., Client]) -> None:
    """The place is below the one that is named after the type, else below another at the top."""
    client = library("tomes", "writers", "archive-writers")

    assert client.get("/tomes/7/writer").status_code == 200
    assert client.get("/books/7/writer").status_code == 404
    assert client.get("/archive-writers/7/books").status_code == 404


def test_type_without_a_place_at_the_top_has_none(library: Callable[..., Client]) -> None:
    """A type that is shown below a parent only has no places for its relationships."""
    client = library("writers", "writers/tomes")

    assert client.get("/writers/7/tomes/1").status_code == 200
    assert client.get("/writers/7/tomes/1/writer").status_code == 404


def test_missing_parent(library: Callable[..., Client]) -> None:
    """The handler of the parent says that it is missing."""
    assert_error(library("books", "writers").get("/books/none/writer"), 404, "1")


def test_refusal_of_the_parent_counts(library: Callable[..., Client]) -> None:
    """Who is refused at the resource is refused at its relationships, by the same validator."""

    def bind(operation: Operation) -> Any:
        if (operation.place, operation.relationship) != ("books", None):
            return None
        error = GlueError(status=403, code="9", message="Members only.")

        def validate(request: GlueRequest, resource: GlueResource) -> GlueRequestValidation:
            assert (resource.type, resource.id) == ("books", "7")
            return GlueRequestValidation(False, 403, (error,))

        return validate

    steps = {"glue_request_after_routing_validators": lambda: [Step("members", bind)]}
    client = library("books", "writers", **steps)

    assert_error(client.get("/books/7"), 403, "9")
    assert_error(client.get("/books/7/writer"), 403, "9")


def test_methods_of_the_specification() -> None:
    """A to-one relationship is replaced; a to-many one is added to and removed from as well."""

    def change(of: GlueResource, sent: Sequence[GlueResource], request: GlueRequest) -> None:
        """Change nothing."""

    to_one = Relationship("writer", "writers", writer_of, False, add=change, replace=change)
    to_many = Relationship("books", "books", written_by, add=change)

    assert changes_of(to_one) == ("patch",)
    assert set(changes_of(to_many)) == {"patch", "post", "delete"}
    assert change_by(to_one, "post") is None
    assert change_by(to_many, "post") is change
    assert change_by(to_many, "delete") is None


@pytest.mark.parametrize(
    ("allowed", "status"), [({"include", "write"}, None), ({"include"}, 403), (set(), 404)]
)
def test_policies_decide_about_changes(allowed: set[str], status: int | None) -> None:
    """A relationship that the caller may not write is a 403, one they may not see unknown."""
    changed = []

    def change(of: GlueResource, sent: Sequence[GlueResource], request: GlueRequest) -> None:
        changed.append((of.id, [each.id for each in sent]))

    relationship = Relationship(
        "writer", "writers", writer_of, False, source="books", replace=change
    )
    model = Model(
        {"books": ModelType(BOOKS, {"writer": relationship}), "writers": ModelType(WRITERS, {})},
        [lambda grants, type_, name, action: name != "writer" or action in allowed],
    )
    get = Operation("get", one, "books", BOOKS)
    patch = Operation(
        "patch",
        one,
        "books/relationships/writer",
        BOOKS,
        relationship=relationship,
        is_linkage=True,
        parent=get,
    )

    def shown(request: GlueRequest) -> GlueResponse:
        return GlueResponse([GlueResource("books", request.resource.id)])

    flow = Flow(get, (), (), None, (), shown, (), lambda response, request: None)
    start: Any = None
    request = GlueRequest(HttpSource({}, 0), operation=patch, start_work=start, deadline=0)
    request.resource = GlueResource("books", "7")
    request.resource.relationships = {
        "writer": GlueRelationship([GlueResource("writers", "1")], False)
    }
    run = relationship_handler(patch, flow, model)

    if status is None:
        assert run(request).http_status == 204
        assert changed == [("7", ["1"])]
    else:
        with pytest.raises(Problem) as refusal:
            run(request)
        assert (refusal.value.status, changed) == (status, [])
    assert request.operation is patch


def shelf_of(sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[Any, Any]:
    """Every writer has a shelf of five books."""
    return {each.id: [{"id": f"{n}", "name": f"{n}"} for n in range(5)] for each in sources}


def list_books(request: GlueRequest) -> GlueResponse:
    """Answer with no book."""
    return GlueResponse.page([])


@pytest.fixture
def shelf(glue_client: Callable[..., Client]) -> Callable[..., list[str]]:
    """Return what reads the names of the books of a writer, by page rules and a query."""

    def read(query: str = "", collection: PageRules | None = None, **options: Any) -> list[str]:
        relationship = Relationship("books", "books", shelf_of, source="writers", **options)
        plugin = in_memory(
            GROUP,
            "library",
            glue_resources=lambda: [
                Operation("get", one, "writers", WRITERS),
                Operation("getCollection", list_books, "shelves", BOOKS, page=PageRules(4)),
                Operation("getCollection", list_books, "books", BOOKS, page=collection),
            ],
            glue_relationships=lambda: [relationship],
        )
        response = glue_client([APPLICATION, plugin]).get(f"/writers/7/books{query}")
        assert response.status_code == 200, response
        return [each["name"] for each in response.json]

    return read


@pytest.mark.parametrize(
    ("collection", "own", "shown"),
    [
        (None, None, 5),
        (PageRules(2), None, 2),
        (PageRules(2), PageRules(3), 3),
        (None, PageRules(3), 3),
        (PageRules(2, strategies=("cursor", "number")), None, 2),
        (PageRules(2, strategies=("cursor",)), None, 5),
    ],
)
def test_rules_of_pages(
    shelf: Callable[..., list[str]],
    collection: PageRules | None,
    own: PageRules | None,
    shown: int,
) -> None:
    """The relationship's own rules count, else the target's, as far as a cut can follow them."""
    assert len(shelf("", collection, page=own)) == shown


@pytest.mark.parametrize("is_first", [True, False])
def test_rules_of_the_newest_version(glue_client: Callable[..., Client], is_first: bool) -> None:
    """Of several versions of the target's collection the newest counts, declared in any order."""
    pages = [("1.0", PageRules(1)), ("2.0", PageRules(2))]
    lists = [
        Operation("getCollection", list_books, "books", BOOKS, page=page, versions=(version,))
        for version, page in (pages if is_first else pages[::-1])
    ]
    plugin = in_memory(
        GROUP,
        "library",
        glue_resources=lambda: [Operation("get", one, "writers", WRITERS), *lists],
        glue_relationships=lambda: [Relationship("books", "books", shelf_of, source="writers")],
    )

    response = glue_client([APPLICATION, plugin]).get("/writers/7/books")

    assert [each["name"] for each in response.json] == ["0", "1"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?page[offset]=1&page[limit]=2", ["1", "2"]),
        ("?page[offset]=4", ["4"]),
        ("?page[offset]=9", []),
        ("?page[number]=2&page[size]=2", ["2", "3"]),
    ],
)
def test_page_is_cut_out(shelf: Callable[..., list[str]], query: str, shown: list[str]) -> None:
    """Without a loader of pages the page is cut out of all related resources."""
    assert shelf(query, page=PageRules(3, strategies=("offset", "number"))) == shown


def test_page_is_loaded_at_its_source(shelf: Callable[..., list[str]]) -> None:
    """A loader of pages is asked for the page of one resource, and may read cursors."""

    def load_page(resource: GlueResource, request: GlueRequest) -> GlueResponse:
        page = request.pagination
        assert page is not None
        found = f"{resource.type} {resource.id} {page.after} {page.limit}"
        return GlueResponse.page([{"id": "x", "name": found}], page)

    cursors = PageRules(2, strategies=("cursor",))

    assert shelf("?page[after]=z", page=cursors, load_page=load_page) == ["writers 7 z 2"]
    assert shelf("?page[after]=z", cursors, load_page=load_page) == ["writers 7 z 2"]
    assert shelf("", load_page=load_page) == ["writers 7 None 10"]
