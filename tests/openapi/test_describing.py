"""What the document of an application says of its operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from marshmallow import Schema, fields, validate

from glue_core import (
    Answer,
    ConfigurationError,
    ErrorCode,
    Fragment,
    GlueRequest,
    GlueResource,
    Operation,
    PageRules,
    Parameter,
    Relationship,
    RequestParameter,
    Resource,
    ResponseHeader,
    Step,
    Tag,
)
from tests.openapi.conftest import Describe
from tests.openapi.library import AUTHORS, BOOKS, answer, nothing, operations

JSON_API = "application/vnd.api+json"
BOOK = "/books/{booksId}"


def parameters(document: dict[str, Any], path: str, method: str = "get") -> dict[str, Any]:
    """Return the parameters of an operation by name."""
    return {each["name"]: each for each in document["paths"][path][method]["parameters"]}


def replace_none(
    resource: GlueResource, related: Sequence[GlueResource], request: GlueRequest
) -> None:
    """Change nothing of a relationship."""


def validator_of(document: dict[str, Any], schema: dict[str, Any]) -> Callable[[Any], bool]:
    """Return what says whether a value fits a schema of a document."""
    whole = {**schema, "components": document["components"]}
    return lambda value: bool(Draft202012Validator(whole).is_valid(value))


def schema_of(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a shared schema."""
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found


def test_what_is_no_fragment_is_an_error(describe: Describe) -> None:
    """A step that describes in a form of its own stops the document, and is named."""

    def bind(operation: Operation) -> Any:
        return lambda request: None

    wrong: Any = lambda operation, view: {"parameters": []}  # noqa: E731
    with pytest.raises(ConfigurationError, match=r"(?s)cannot be documented.*Fragment"):
        describe(glue_request_builders=lambda: [Step("wrong", bind, describe=wrong)])


def test_places_and_ids(describe: Describe) -> None:
    """Every place is there with its parents, and its ids are named after their types."""
    document = describe()

    assert list(document["paths"]) == [
        "/authors/{authorsId}",
        "/authors/{authorsId}/books/{booksId}",
        "/books",
        BOOK,
        f"{BOOK}/author",
        f"{BOOK}/relationships/author",
        f"{BOOK}/relationships/sequels",
        f"{BOOK}/sequels",
    ]
    assert [each["name"] for each in document["paths"][BOOK]["parameters"]] == ["booksId"]
    assert document["paths"]["/books"]["get"]["operationId"] == "getBooksCollection"
    assert document["paths"][f"{BOOK}/sequels"]["get"]["operationId"] == "getBooksSequelsCollection"


def test_texts(describe: Describe) -> None:
    """What people read comes from docstrings and descriptions; code is not described."""
    document = describe()
    shown = document["paths"][BOOK]["get"]

    assert shown["summary"] == "Show a book."
    assert shown["description"] == "It is the one with the id."
    assert {"name": "books", "description": "Something to read."} in document["tags"]
    assert shown["tags"] == ["books"]
    assert document["paths"][BOOK]["delete"]["deprecated"] is True
    attributes = schema_of(document, "BooksAttributes")
    assert attributes["description"] == (
        "What the library knows of a book.\n\nIts notes are those of readers."
    )
    assert attributes["properties"]["title"]["examples"] == ["Emma"]


def test_query_parameters(describe: Describe) -> None:
    """Queries have the values that are taken: names, limits, and what the handler reads."""
    found = parameters(describe(), "/books")

    assert found["sort"]["schema"]["items"]["enum"] == ["title", "-title"]
    assert found["filter[books.pages]"]["schema"] == {"type": "integer"}
    assert found["fields[authors]"]["schema"]["items"]["enum"] == ["name"]
    assert found["fields[books]"]["schema"]["items"]["enum"][-2:] == ["author", "sequels"]
    limit = {"type": "integer", "minimum": 1, "maximum": 20, "default": 5}
    assert found["page[limit]"]["schema"] == limit
    assert found["tone"]["schema"]["enum"] == ["dry", "warm"]
    assert (found["sort"]["style"], found["sort"]["explode"]) == ("form", False)


def test_lists_that_may_be_empty(describe: Describe) -> None:
    """An order has a name at least; no fields at all can be asked for, and nothing included."""
    found = parameters(describe(spoken=["json_api"]), "/books")

    assert found["sort"]["schema"]["minItems"] == 1
    assert "minItems" not in found["fields[books]"]["schema"]
    assert "minItems" not in found["include"]["schema"]


@pytest.mark.parametrize("name", ["sort", "fields[books]", "include"])
def test_names_that_are_left_out(describe: Describe, name: str) -> None:
    """Where unknown names do nothing, others than the listed ones are valid as well."""
    strict = parameters(describe(spoken=["json_api"]), "/books")[name]["schema"]
    settings = {"plugins": {"json_api": {"dialect": {"library": "glue"}}}}
    lenient = parameters(describe(settings=settings, spoken=["json_api"]), "/books")[name]["schema"]

    assert not Draft202012Validator(strict).is_valid(["nothing"])
    assert Draft202012Validator(lenient).is_valid(["nothing"])
    assert "title" in str(lenient) or "author" in str(lenient)


def test_include_that_is_too_deep(describe: Describe) -> None:
    """What is left out may not be deeper than what is followed."""
    settings = {
        "limits": {"include_depth": 3},
        "plugins": {"json_api": {"dialect": {"library": "glue"}}},
    }
    found = parameters(describe(settings=settings, spoken=["json_api"]), "/books")["include"]
    valid = Draft202012Validator(found["schema"]).is_valid

    assert (valid(["a.b.c"]), valid(["a.b.c.d"])) == (True, False)


def test_lists_of_several_conventions(describe: Describe) -> None:
    """In the document of all conventions a list takes what one of them takes."""
    settings = {"plugins": {"json_api": {"dialect": {"library": "glue"}}}}
    found = parameters(describe(settings=settings), "/books")["sort"]["schema"]

    assert found["items"]["anyOf"] == [
        {"type": "string", "enum": ["title", "-title"]},
        {"type": "string"},
    ]
    assert "minItems" not in found


def test_parameter_that_must_be_there(describe: Describe) -> None:
    """A parameter may be required, and have a form."""
    tone = Parameter("tone", "How it is said.", required=True, pattern="^[a-z]+$")
    reads = Operation("getCollection", answer, "books", BOOKS, parameters=(tone,))
    found = parameters(describe(glue_resources=lambda: [reads, *operations()[1:]]), "/books")[
        "tone"
    ]

    assert found["required"] is True
    assert found["schema"] == {"type": "string", "pattern": "^[a-z]+$"}


def test_form_of_ids(describe: Describe) -> None:
    """What ids look like is said of paths, and of ids that clients choose."""
    numbered = Resource("books", AUTHORS.attributes, client_ids="allowed", id_pattern="^[0-9]+$")
    document = describe(
        glue_resources=lambda: [
            Operation("get", answer, "books", numbered),
            Operation("post", answer, "books", numbered),
        ]
    )
    data = schema_of(document, "BooksCreate")

    assert document["paths"][BOOK]["parameters"][0]["schema"]["pattern"] == "^[0-9]+$"
    assert data["properties"]["id"]["pattern"] == "^[0-9]+$"


def test_include_names_paths(describe: Describe) -> None:
    """Paths are listed level by level."""
    schema = parameters(describe(spoken=["json_api"]), "/books")["include"]["schema"]["items"]
    assert {"author", "sequels", "sequels.author", "sequels.sequels.sequels"} <= set(schema["enum"])


def test_include_without_end(describe: Describe) -> None:
    """A graph that is wide and deep does not make the document long."""
    wide = [
        Resource(f"things-{number}", AUTHORS.attributes, relationships=_to_all(8))
        for number in range(8)
    ]
    document = describe(
        glue_resources=lambda: [Operation("get", answer, each.type, each) for each in wide],
        spoken=["json_api"],
    )
    schema = parameters(document, "/things-0/{things0Id}")["include"]["schema"]["items"]
    listed, deeper = schema["anyOf"]

    assert len(listed["enum"]) == 8
    assert deeper["pattern"].startswith("^(?:to-0|to-1|")


def _to_all(number: int) -> tuple[Any, ...]:
    from glue_core import Relationship
    from tests.openapi.library import nothing

    return tuple(Relationship(f"to-{each}", f"things-{each}", nothing) for each in range(number))


@pytest.mark.parametrize(
    ("strategies", "names"),
    [
        (("number",), ["page[number]", "page[size]"]),
        (("cursor", "number"), ["page[after]", "page[before]", "page[number]", "page[size]"]),
    ],
)
def test_pages_by_strategy(
    describe: Describe, strategies: tuple[Any, ...], names: list[str]
) -> None:
    """The parameters of a page are those of its strategies."""
    page = PageRules(strategies=strategies)
    document = describe(
        glue_resources=lambda: [
            Operation("getCollection", answer, "books", BOOKS, page=page),
            Operation("get", answer, "authors", AUTHORS),
        ]
    )

    found = parameters(document, "/books")

    assert sorted(name for name in found if name.startswith("page")) == names


def test_answers_by_media_type(describe: Describe) -> None:
    """One operation has the documents of all conventions."""
    document = describe(conventions="json_api hal")
    content = document["paths"][BOOK]["get"]["responses"]["200"]["content"]

    # The convention of the largest priority is first, as generators of clients want it.
    assert list(content) == [JSON_API, "application/hal+json", "application/json"]
    assert content[JSON_API]["schema"]["$ref"].endswith("/BooksDocument")
    resource = schema_of(document, "Books")["properties"]
    assert resource["type"] == {"const": "books"}
    assert schema_of(document, "BooksIncluded")["discriminator"]["propertyName"] == "type"
    assert "_embedded" in schema_of(document, "BooksHal")["properties"]


def test_attributes_are_what_is_shown(describe: Describe) -> None:
    """An answer has what leaves; texts that numbers are written as are texts."""
    found = schema_of(describe(), "BooksAttributes")["properties"]

    assert "secret" not in found
    assert {"shelf", "cost"} <= set(found)
    assert found["pages"]["type"] == ["integer", "null"]
    assert found["price"]["type"] == "string"
    assert found["isbn"]["pattern"] == "^(?:[0-9]{13}$)"
    assert found["notes"]["items"]["$ref"].endswith("/Note")


@pytest.mark.parametrize(
    ("application", "kinds"),
    [("library", {"type": "string"}), ("storefront_api", {"type": ["string", "null"]})],
)
def test_id_that_may_be_missing(describe: Describe, application: str, kinds: Any) -> None:
    """An id is null where a function may find none and the dialect says so."""
    nameless = Resource("authors", AUTHORS.attributes, id=lambda shown: "")
    document = describe(
        application=application,
        glue_resources=lambda: [Operation("get", answer, "authors", nameless)],
    )

    assert schema_of(document, "Authors")["properties"]["id"] == kinds


def test_choices_are_shared(describe: Describe) -> None:
    """The choices of an attribute and of a parameter are one schema for all that have them."""

    class Bound(Schema):
        cover = fields.String(
            allow_none=True, required=True, validate=validate.OneOf(["soft", "hard"])
        )

    bound = Resource("books", Bound)
    document = describe(
        glue_resources=lambda: [
            Operation("get", answer, "books", bound),
            Operation("getCollection", answer, "books", bound, sorts=("cover",)),
            Operation("post", answer, "books", bound),
        ],
        spoken=["json_api"],
    )
    choices = {"$ref": "#/components/schemas/BooksCover"}

    assert schema_of(document, "BooksCover") == {"type": "string", "enum": ["soft", "hard"]}
    for name in ("BooksAttributes", "BooksCreateAttributes"):
        shown = schema_of(document, name)["properties"]["cover"]
        assert shown == {"anyOf": [choices, {"type": "null"}]}
    assert schema_of(document, "BooksSort")["enum"] == ["cover", "-cover"]


def test_change_has_no_defaults(describe: Describe) -> None:
    """What a PATCH leaves out stays as it is, whatever a new resource would get."""

    class Lent(Schema):
        days = fields.Integer(load_default=14)

    lent = Resource("books", Lent)
    document = describe(
        glue_resources=lambda: [
            Operation("get", answer, "books", lent),
            Operation("post", answer, "books", lent),
            Operation("patch", answer, "books", lent),
        ]
    )

    create = schema_of(document, "BooksCreateAttributes")["properties"]["days"]
    assert create == {"type": "integer", "default": 14}
    assert schema_of(document, "BooksUpdateAttributes")["properties"]["days"] == {"type": "integer"}


def test_lists_have_links_to_pages(describe: Describe) -> None:
    """The links and the size of a list have names; controllers may add to both."""
    document = describe(spoken=["json_api"])
    listed = schema_of(document, "BooksCollection")["properties"]
    links, meta = schema_of(document, "PageLinks"), schema_of(document, "PageMeta")

    assert listed["links"]["$ref"].endswith("/PageLinks")
    assert {"self", "first", "prev", "next", "last"} <= set(links["properties"])
    assert links["additionalProperties"]["$ref"].endswith("/Link")
    assert meta["properties"]["total"]["type"] == "integer"
    assert schema_of(document, "BooksDocument")["properties"]["links"]["$ref"].endswith("/Links")


def test_body_refers_by_id_or_by_local_id(describe: Describe) -> None:
    """Linkage of a body names a resource by its id, or the new one by that of the document."""
    after = Relationship("after", "books", nothing, many=False, writable=True)
    books = Resource("books", AUTHORS.attributes, relationships=(after,))
    document = describe(
        glue_resources=lambda: [
            Operation("get", answer, "books", books),
            Operation("post", answer, "books", books),
        ],
        spoken=["json_api"],
    )
    data = schema_of(document, "BooksCreateAfterRelationship")["properties"]["data"]

    assert [each.get("$ref", "").rpartition("/")[2] for each in data["anyOf"][:2]] == [
        "BooksReference",
        "BooksLocalReference",
    ]
    assert data["anyOf"][2] == {"type": "null"}
    assert schema_of(document, "BooksLocalReference")["required"] == ["type", "lid"]


def test_body_is_what_is_taken(describe: Describe) -> None:
    """A create requires what the schema requires, a change nothing, and neither takes the rest."""
    document = describe()
    create = schema_of(document, "BooksCreateAttributes")
    update = schema_of(document, "BooksUpdateAttributes")

    assert create["required"] == ["title"]
    assert "required" not in update
    assert "secret" in create["properties"]
    assert {"shelf", "cost"}.isdisjoint(create["properties"])
    assert create["additionalProperties"] is False
    assert create["properties"]["notes"]["items"]["$ref"].endswith("/NoteBody")
    assert schema_of(document, "NoteBody")["required"] == ["text"]


def test_relationships_that_may_be_written(describe: Describe) -> None:
    """The body of a write has the relationships that it may set, and no others."""
    document = describe()
    data = schema_of(document, "BooksCreate")

    assert list(schema_of(document, "BooksCreateRelationships")["properties"]) == ["author"]
    assert data["required"] == ["type", "attributes"]
    assert "id" not in data["properties"]


def test_local_ids_where_they_lead_somewhere(describe: Describe) -> None:
    """A local id in a linkage is that of the new resource, so its type alone may have one."""
    relationships = (
        Relationship("author", "authors", nothing, many=False, writable=True),
        Relationship("sequels", "books", nothing, writable=True, replace=replace_none),
    )
    books = Resource("books", AUTHORS.attributes, relationships=relationships)
    document = describe(
        glue_resources=lambda: [
            Operation("get", answer, "books", books),
            Operation("post", answer, "books", books),
            Operation("patch", answer, "books", books),
            Operation("get", answer, "authors", AUTHORS),
        ]
    )

    def takes(name: str, relationship: str, data: Any) -> bool:
        schema = schema_of(document, name)["properties"]["relationships"]
        return validator_of(document, schema)({relationship: {"data": data}})

    book, author = {"type": "books", "lid": "1"}, {"type": "authors", "lid": "1"}
    patch = document["paths"][f"{BOOK}/relationships/sequels"]["patch"]
    linkage = validator_of(document, patch["requestBody"]["content"][JSON_API]["schema"])
    assert takes("BooksCreate", "sequels", [book])
    assert not takes("BooksCreate", "author", author)
    assert not takes("BooksUpdate", "sequels", [book])
    assert not linkage({"data": [book]})
    assert linkage({"data": [{"type": "books", "id": "1"}]})


def test_relationships_that_there_are_not(describe: Describe) -> None:
    """A relationship that nobody knows is refused, a member of an extension passed over."""
    document = describe()
    data = schema_of(document, "BooksCreate")
    valid = validator_of(document, data["properties"]["relationships"])

    assert valid({"author": {"data": None}, "ext:author": 1, "@note": 2})
    assert not valid({"authors": {"data": None}})


def test_bodies_that_select_another_convention(describe: Describe) -> None:
    """A body is described under the convention that it selects, or under all if it does none."""
    taken: dict[str, Any] = {"application/json": {}, "image/png": {}}
    cover = Operation(
        "post", answer, "/covers", is_raw=True, describe=lambda o, v: Fragment(body=taken)
    )

    def bodies(spoken: list[str | None] | None) -> list[str]:
        document = describe(glue_route_providers=lambda: [cover], spoken=spoken)
        return sorted(document["paths"]["/covers"]["post"]["requestBody"]["content"])

    assert bodies(["json_api"]) == ["image/png"]
    assert bodies([None]) == ["application/json", "image/png"]
    assert bodies(None) == ["application/json", "image/png"]


def test_errors(describe: Describe) -> None:
    """An operation has its own errors and those of the flow, where they are possible."""
    document = describe()
    reads = document["paths"][BOOK]["get"]["responses"]
    writes = document["paths"]["/books"]["post"]["responses"]

    assert reads["404"]["x-error-codes"]["7001"] == "There is no such book."
    assert "`7001` There is no such book." in reads["404"]["description"]
    # JSON:API judges the parameters of a Content-Type on reads as well.
    assert reads["415"]["x-error-codes"].keys() == {"015"}
    assert {"413", "422"}.isdisjoint(reads)
    assert {"400", "406", "409", "413", "415", "422", "500", "503"} <= set(writes)
    assert {"401", "428"}.isdisjoint(writes)
    assert JSON_API in reads["404"]["content"]


def test_required_state(describe: Describe) -> None:
    """Where a change must say which state it is about, the header is required and 428 possible."""
    careful = Resource("books", AUTHORS.attributes, requires_match=("patch",))
    document = describe(
        glue_resources=lambda: [
            Operation("get", answer, "books", careful),
            Operation("patch", answer, "books", careful),
            Operation("delete", answer, "books", careful),
        ]
    )

    assert parameters(document, BOOK, "patch")["If-Match"]["required"] is True
    assert "required" not in parameters(document, BOOK, "delete")["If-Match"]
    assert "428" in document["paths"][BOOK]["patch"]["responses"]
    assert "ETag" in document["paths"][BOOK]["get"]["responses"]["200"]["headers"]


def test_handler_that_writes_itself(describe: Describe) -> None:
    """What only the handler knows it says itself; placeholders say what they take."""

    def describe_cover(operation: Operation, view: Any) -> Fragment:
        return Fragment(
            body={"image/png": {}},
            answers=(Answer(content={"image/png": {}}, description="The cover."),),
        )

    cover = Operation(
        "post", answer, "/covers/{number:int}", is_raw=True, status=200, describe=describe_cover
    )
    document = describe(glue_route_providers=lambda: [cover])
    item = document["paths"]["/covers/{number}"]

    assert item["parameters"][0]["schema"] == {"type": "integer"}
    assert item["post"]["operationId"] == "postCoversNumber"
    assert item["post"]["requestBody"]["content"] == {"image/png": {}}
    assert item["post"]["responses"]["200"] == {
        "description": "The cover.",
        "content": {"image/png": {}},
    }
    assert "018" not in item["post"]["responses"]["400"]["x-error-codes"]


def test_route_is_listed_under_its_tag(describe: Describe) -> None:
    """A route is listed under what it says, described there, else where its path starts."""
    covers = Tag("covers", "Pictures of books.")
    document = describe(
        glue_route_providers=lambda: [
            Operation("get", answer, "/pictures/front", is_raw=True, tag=covers),
            Operation("get", answer, "/shelves/first", is_raw=True),
        ]
    )

    assert document["paths"]["/pictures/front"]["get"]["tags"] == ["covers"]
    assert document["paths"]["/shelves/first"]["get"]["tags"] == ["shelves"]
    assert {"name": "covers", "description": "Pictures of books."} in document["tags"]
    assert {"name": "shelves"} in document["tags"]


def test_text_is_text(describe: Describe) -> None:
    """An answer that nobody describes further is a text where its media type says so."""
    plain = Fragment(answers=(Answer(content={"text/plain": {}, "image/png": {}}),))
    note = Operation("get", answer, "/note", is_raw=True, describe=lambda o, v: plain)
    document = describe(glue_route_providers=lambda: [note])

    assert document["paths"]["/note"]["get"]["responses"]["200"]["content"] == {
        "text/plain": {"schema": {"type": "string"}},
        "image/png": {},
    }


def test_step_describes_where_it_is_bound(describe: Describe) -> None:
    """Headers and errors are those of the steps that an operation has."""
    tone = RequestParameter("X-Tone", "How to answer.", place="header")
    heard = ResponseHeader("X-Heard", "That it was heard.")
    said = Fragment((tone,), (heard,), (ErrorCode(400, "7100", "No such tone."),))

    def bind(operation: Operation) -> Any:
        return (lambda request: None) if operation.method == "get" else None

    document = describe(
        glue_request_builders=lambda: [Step("tone", bind, describe=lambda o, v: said)]
    )
    reads = document["paths"][BOOK]["get"]

    assert parameters(document, BOOK)["X-Tone"]["in"] == "header"
    assert "X-Heard" in reads["responses"]["200"]["headers"]
    assert reads["responses"]["400"]["x-error-codes"]["7100"] == "No such tone."
    assert "X-Tone" not in parameters(document, "/books")


class OldAttributes(Schema):
    """What a book was."""

    name = fields.String(validate=validate.Length(max=9))


def test_versions(describe: Describe) -> None:
    """Versions are in media types, and in paths where the application reads them there."""
    old = Resource("books", OldAttributes, versions=("1.0",))
    new = Resource("books", AUTHORS.attributes, versions=("2.0",))

    def both() -> list[Operation]:
        return [Operation("get", answer, "books", each) for each in (old, new)]

    settings = {"applications": {"library": {"versions_in_path": True}}}
    document = describe(glue_resources=both, settings=settings)
    shown = document["paths"][BOOK]["get"]
    content = shown["responses"]["200"]["content"]

    assert shown["x-versions"] == ["2.0", "1.0"]
    assert {JSON_API, f"{JSON_API}; version=1.0", f"{JSON_API}; version=2.0"} <= set(content)
    assert content[JSON_API] == content[f"{JSON_API}; version=2.0"]
    assert content[JSON_API] != content[f"{JSON_API}; version=1.0"]
    assert list(document["paths"]) == [BOOK, f"/v1.0{BOOK}", f"/v2.0{BOOK}"]


def test_stores(describe: Describe) -> None:
    """What a store has of its own is another of the possible answers."""
    swiss = Resource("books", OldAttributes, stores=("CH",))

    def choose(operation: Operation) -> Any:
        def build(request: GlueRequest) -> None:
            request.store = request.header("store")

        return build

    document = describe(
        glue_resources=lambda: [
            Operation("get", answer, "books", AUTHORS_BOOKS),
            Operation("get", answer, "books", swiss),
        ],
        glue_request_builders=lambda: [Step("store", choose, chooses_store=True)],
        spoken=["json_api"],
    )
    shown = document["paths"][BOOK]["get"]
    schemas = shown["responses"]["200"]["content"][JSON_API]["schema"]["anyOf"]

    assert shown["x-stores"] == ["CH"]
    assert [each["$ref"].rpartition("/")[2] for each in schemas] == [
        "BooksDocument",
        "BooksDocumentAtCH",
    ]


AUTHORS_BOOKS = Resource("books", AUTHORS.attributes)


def test_plain_answers(describe: Describe) -> None:
    """Without a convention an answer is a list, or the object where that is declared."""

    def declared() -> list[Operation]:
        single = Operation("patch", answer, "authors", AUTHORS, singular=True, snake_case=True)
        return [*operations(), single]

    settings = {"plugins": {"plain": {"singular": "declared"}}}
    document = describe(glue_resources=declared, settings=settings, spoken=[None])
    listed = document["paths"]["/authors/{authorsId}"]["get"]["responses"]["200"]["content"]
    single = document["paths"]["/authors/{authorsId}"]["patch"]["responses"]["200"]["content"]

    assert listed["application/json"]["schema"]["type"] == "array"
    assert single["application/json"]["schema"]["$ref"].endswith("/AuthorsAttributesSnake")
