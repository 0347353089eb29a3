"""Which relationships a client asks for, and how few reads loading them takes."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import Schema, fields

from glue_core.errors import BadRequest
from glue_core.including import INCLUDE_NOTE, Tree, _Loading, load_included, read_include
from glue_core.messages import GlueRelationship, GlueRequest, GlueResource, GlueResponse
from glue_core.operation import Operation
from glue_core.relationship import Relationship
from glue_core.resource import Resource
from glue_core.security.lens import Action, Model, ModelType


class Source:
    """A transport that holds nothing but a query."""

    def __init__(self, query: str) -> None:
        self._query = query

    def header(self, name: str) -> str | None:
        return None

    def headers(self) -> dict[str, list[str]]:
        return {}

    def query_string(self) -> str:
        return self._query

    def attributes(self) -> Mapping[str, Any]:
        return {}

    def body(self) -> bytes:
        return b""


class Named(Schema):
    """Attributes of every type here."""

    name = fields.String()


class Loader:
    """Answers by a rule for one id, and counts how often it is asked and for what."""

    def __init__(self, rule: Callable[[str], Any]) -> None:
        self.rule = rule
        self.asked: list[list[str | None]] = []

    def __call__(self, sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
        self.asked.append([each.id for each in sources])
        return {each.id: self.rule(each.id) for each in sources if each.id is not None}


def thing(id_: str) -> dict[str, str]:
    """Return an object that the types here show."""
    return {"id": id_, "name": f"Name of {id_}"}


class Shop:
    """Books with a publisher and chapters, which have notes and lead back to their book."""

    def __init__(self, **replaced: Callable[..., Any]) -> None:
        self.publisher = Loader(lambda id_: thing("p") if id_ != "0" else None)
        self.chapters = Loader(lambda id_: [thing(f"{id_}-{n}") for n in (1, 2)])
        self.notes = Loader(lambda id_: [thing(f"n{id_[-1]}")])
        self.book = Loader(lambda id_: thing(id_.partition("-")[0]))

        def relation(name: str, target: str, load: Any, many: bool) -> dict[str, Relationship]:
            return {name: Relationship(name, target, replaced.get(name, load), many)}

        related = {
            "books": relation("publisher", "companies", self.publisher, False)
            | relation("chapters", "chapters", self.chapters, True),
            "chapters": relation("footnotes", "notes", self.notes, True)
            | relation("book", "books", self.book, False),
            "notes": {},
            "companies": {},
        }
        types = {
            type_: ModelType(Resource(type_, Named), relationships)
            for type_, relationships in related.items()
        }

        def guests_see_no_notes(
            grants: frozenset[str], type_: str, name: str, action: Action
        ) -> bool:
            return name != "footnotes" or "guest" not in grants

        self.model = Model(types, [guests_see_no_notes])
        self.operation = Operation(
            "getCollection",
            lambda: GlueResponse(),
            "books",
            Resource("books", Named),
            model=self.model,
        )

    @property
    def calls(self) -> int:
        """Number of calls of loaders so far."""
        return sum(
            len(each.asked) for each in (self.publisher, self.chapters, self.notes, self.book)
        )

    def request(self, query: str = "", *grants: str) -> GlueRequest:
        """Return a request for the books."""
        request = GlueRequest(
            Source(query),
            operation=self.operation,
            start_work=lambda _: pytest.fail("Including starts no work."),
            deadline=0.0,
        )
        request.grants = frozenset(grants)
        return request

    def read(
        self, include: str, *grants: str, flat: bool = False, lenient: bool = False, depth: int = 4
    ) -> GlueRequest:
        """Return the request after its include was read."""
        request = self.request("include=" + quote(include), *grants)
        build = read_include(self.operation, flat=flat, ignore_unknown=lenient, depth=depth)
        assert build is not None
        build(request)
        return request

    def load(
        self, request: GlueRequest, resources: Sequence[GlueResource], size: int = 10_000
    ) -> GlueResponse:
        """Return a response with these resources after its includes were loaded."""
        return self.complete(request, GlueResponse(resources, is_collection=True), size)

    def complete(
        self, request: GlueRequest, response: GlueResponse, size: int = 10_000
    ) -> GlueResponse:
        """Return a response after its includes were loaded."""
        run = load_included(self.operation, size=size)
        assert run is not None
        run(response, request)
        return response


def books(*ids: str) -> list[GlueResource]:
    """Return primary resources as the flow completes them."""
    return [GlueResource("books", id_, thing(id_)) for id_ in ids]


def page_of_books(*ids: str) -> GlueResponse:
    """Return the books of a controller that answers with objects, as the flow completes them."""
    response = GlueResponse.page(map(thing, ids))
    batch = response.batch
    assert batch is not None
    batch.type, batch.ids = "books", list(ids)
    return response


def outline(tree: Tree) -> dict[str, Any]:
    """Return a tree as nested dicts of relationship names."""
    return {edge.relationship.name: outline(edge.tree) for edge in tree}


def asked_for(request: GlueRequest) -> dict[str, Any]:
    """Return the outline of the tree that a request asks for."""
    return outline(request.notes[INCLUDE_NOTE])


def names_of(resources: Sequence[GlueResource]) -> list[str]:
    """Return ``type/id`` of each resource."""
    return [f"{each.type}/{each.id}" for each in resources]


def held(resource: GlueResource, name: str) -> GlueRelationship:
    """Return what a relationship of a resource holds."""
    assert resource.relationships is not None
    return resource.relationships[name]


def test_paths_become_one_tree() -> None:
    """Paths share their common beginning, and each relationship stands once per level."""
    request = Shop().read("chapters.footnotes,publisher,chapters.book,chapters")

    assert asked_for(request) == {"chapters": {"footnotes": {}, "book": {}}, "publisher": {}}
    assert request.included_relationships == (
        "chapters.footnotes",
        "publisher",
        "chapters.book",
        "chapters",
    )
    assert request.errors == []


def test_without_include_nothing_is_noted() -> None:
    """A request without the parameter has no tree, one with an empty value an empty tree."""
    shop = Shop()
    build = read_include(shop.operation, flat=False, ignore_unknown=False, depth=4)
    assert build is not None
    request = shop.request()
    build(request)

    assert INCLUDE_NOTE not in request.notes
    assert shop.read("").notes[INCLUDE_NOTE] == ()


@pytest.mark.parametrize(
    ("include", "message"),
    [
        ("chapter", "'books' has no relationship 'chapter'. Did you mean 'chapters'?"),
        ("companies", "'books' has no relationship 'companies'."),
        ("chapters.none", "'chapters' has no relationship 'none'."),
        ("chapters.", "'chapters' has no relationship ''."),
        ("publisher,", "'books' has no relationship ''."),
        ("footnotes", "'books' has no relationship 'footnotes'."),
    ],
)
def test_unknown_names_are_refused(include: str, message: str) -> None:
    """A name that leads nowhere is a 400 that names the parameter and a near name."""
    (error,) = Shop().read(include).errors

    assert (error.status, error.code, error.parameter) == (400, "012", "include")
    assert error.message == message


def test_unknown_names_may_be_ignored() -> None:
    """Where unknown names are ignored, the others count."""
    request = Shop().read("none,chapters,publisher.none,,", lenient=True)

    assert asked_for(request) == {"chapters": {}}
    assert request.errors == []


def test_hidden_is_answered_as_unknown() -> None:
    """A relationship that the caller may not see gets the words of one that nobody declared."""
    hidden = Shop().read("chapters.footnotes", "guest").errors
    unknown = Shop().read("chapters.fooxnotes", "guest").errors

    assert [each.message for each in hidden] == ["'chapters' has no relationship 'footnotes'."]
    assert unknown[0].message == hidden[0].message.replace("footnotes", "fooxnotes")


def test_what_one_may_see_is_not_kept_for_another() -> None:
    """One spelling has a tree for each set of grants."""
    shop = Shop()
    build = read_include(shop.operation, flat=False, ignore_unknown=True, depth=4)
    assert build is not None
    outlines = []
    for grants in ([], ["guest"], []):
        request = shop.request("include=chapters.footnotes", *grants)
        build(request)
        outlines.append(asked_for(request))

    assert outlines == [{"chapters": {"footnotes": {}}}, {}, {"chapters": {"footnotes": {}}}]


def test_equal_spellings_share_one_tree() -> None:
    """A tree is built once per spelling."""
    shop = Shop()
    build = read_include(shop.operation, flat=False, ignore_unknown=True, depth=4)
    assert build is not None
    first, second = shop.request("include=chapters"), shop.request("include=chapters")
    build(first)
    build(second)

    assert first.notes[INCLUDE_NOTE] is second.notes[INCLUDE_NOTE]


def test_flat_names_count_at_every_depth() -> None:
    """A flat name is a relationship or the type it leads to, wherever one starts."""
    request = Shop().read("chapters,notes,companies", flat=True)

    assert asked_for(request) == {"publisher": {}, "chapters": {"footnotes": {}}}
    assert request.errors == []


def test_flat_names_need_every_type_on_the_way() -> None:
    """A deeper type is out of reach while a type on the way is not named."""
    assert asked_for(Shop().read("notes", flat=True, lenient=True)) == {}


def test_flat_names_do_not_go_in_circles() -> None:
    """An edge is at most once on a way, so that a cycle of types ends."""
    request = Shop().read("chapters,book", flat=True, depth=20)

    assert asked_for(request) == {"chapters": {"book": {}}}


def test_flat_names_stop_at_the_depth() -> None:
    """Flat names reach as deep as the setting allows, without an error."""
    request = Shop().read("chapters,footnotes", flat=True, depth=1)

    assert asked_for(request) == {"chapters": {}}


def test_unknown_flat_names_are_refused_when_strict() -> None:
    """A flat name that switches nothing on is an error unless unknown names are ignored."""
    (error,) = Shop().read("chapters,none", flat=True).errors

    assert error.message == "'books' has no relationship 'none'."


def test_paths_work_beside_flat_names() -> None:
    """In the flat mode a path with dots is followed from the type shown."""
    request = Shop().read("chapters.footnotes,publisher", flat=True)

    assert asked_for(request) == {"publisher": {}, "chapters": {"footnotes": {}}}


def test_path_deeper_than_the_limit_is_refused() -> None:
    """A path of more levels than the limit is a 400 with the code 013."""
    request = Shop().read("chapters.book.chapters", depth=2)

    (error,) = request.errors
    assert (error.status, error.code, error.parameter) == (400, "013", "include")
    assert asked_for(request) == {}


def test_number_of_edges_is_limited() -> None:
    """However many paths a client writes, the tree stays small; too many are a 400."""
    request = Shop().read(",".join(["chapters.book"] * 600))

    (error,) = request.errors
    assert error.code == "013"
    assert asked_for(request) == {}


@given(
    st.text(st.sampled_from("chapters,.book footnotes\u00e9"), max_size=40)
    | st.lists(st.sampled_from(["chapters", "book", "footnotes", "publisher", "."])).map(",".join),
    st.booleans(),
    st.booleans(),
)
def test_no_text_raises(text: str, flat: bool, lenient: bool) -> None:
    """Whatever a client writes, there is a tree within the depth, and errors are 400."""
    request = Shop().read(text, flat=flat, lenient=lenient, depth=3)

    def depth_of(found: dict[str, Any]) -> int:
        return max((1 + depth_of(inner) for inner in found.values()), default=0)

    assert depth_of(asked_for(request)) <= 3
    assert {error.status for error in request.errors} <= {400}


@pytest.mark.parametrize("method", ["delete"])
def test_nothing_to_include_where_nothing_is_shown(method: Any) -> None:
    """Where no resource is shown no step is bound."""
    shop = Shop()
    operation = Operation(method, lambda: GlueResponse(), "books", shop.operation.resource)
    untyped = Operation("get", lambda: GlueResponse(), "books", model=shop.model)

    assert read_include(operation, flat=True, ignore_unknown=True, depth=4) is None
    assert load_included(untyped, size=1) is None


@pytest.mark.parametrize("number", [1, 20, 500])
def test_calls_depend_on_the_tree_only(number: int) -> None:
    """Three levels over any number of resources take one call for each edge of the tree."""
    shop = Shop()
    request = shop.read("chapters.footnotes,publisher,chapters.book.publisher")
    response = shop.load(request, books(*(str(each + 1) for each in range(number))))

    assert shop.calls == 4
    assert len(shop.chapters.asked[0]) == number
    assert len(shop.notes.asked[0]) == 2 * number
    assert len(response.included_relationships) == 2 * number + 2 + 1


def test_levels_come_one_after_another() -> None:
    """Included resources stand breadth first, each once, in the order of their sources."""
    shop = Shop()
    response = shop.load(shop.read("chapters.footnotes,publisher"), books("2", "1"))

    assert names_of(response.included_relationships) == [
        "chapters/2-1",
        "chapters/2-2",
        "chapters/1-1",
        "chapters/1-2",
        "companies/p",
        "notes/n1",
        "notes/n2",
    ]


def test_primary_resources_are_not_repeated() -> None:
    """A way that leads back to a resource of the response links to that very object."""
    shop = Shop()
    (book,) = primary = books("7")
    response = shop.load(shop.read("chapters.book"), primary)

    chapter = held(book, "chapters").resources[0]
    assert held(chapter, "book").resources[0] is book
    assert names_of(response.included_relationships) == ["chapters/7-1", "chapters/7-2"]


def test_one_resource_is_one_object() -> None:
    """Two resources related to the same one share it."""
    shop = Shop()
    first, second = primary = books("1", "2")
    shop.load(shop.read("publisher"), primary)

    assert held(first, "publisher").resources[0] is held(second, "publisher").resources[0]


def test_same_id_is_asked_once() -> None:
    """A resource that the response shows twice is asked for once, and both get the answer."""
    shop = Shop()
    first, second = primary = books("1", "1")
    shop.load(shop.read("publisher"), primary)

    assert shop.publisher.asked == [["1"]]
    assert held(first, "publisher").resources == held(second, "publisher").resources


def test_nothing_related_is_kept() -> None:
    """An empty to-one and an empty to-many relationship are told, not left out."""
    shop = Shop(chapters=lambda sources, request: {})
    (book,) = primary = books("0")
    response = shop.load(shop.read("publisher,chapters"), primary)

    assert held(book, "publisher") == GlueRelationship([], many=False)
    assert held(book, "chapters") == GlueRelationship([], many=True)
    assert response.included_relationships == []


def test_nothing_is_loaded_unasked() -> None:
    """Without an include no loader is called and no relationship appears."""
    shop = Shop()
    (book,) = primary = books("1")
    shop.load(shop.request(), primary)

    assert (shop.calls, book.relationships) == (0, None)


def test_an_error_response_loads_nothing() -> None:
    """A response with errors shows no resources, so nothing is loaded for it."""
    shop = Shop()
    run = load_included(shop.operation, size=10)
    assert run is not None
    response = GlueResponse(books("1"))
    response.errors.extend(shop.read("none").errors)
    run(response, shop.read("chapters"))

    assert shop.calls == 0


def test_what_a_controller_filled_is_not_loaded_again() -> None:
    """A relationship that came with the resource is completed and used as it is."""
    shop = Shop()
    (book,) = primary = books("1")
    book.relationships = {"chapters": GlueRelationship([GlueResource(attributes=thing("9-9"))])}
    response = shop.load(shop.read("chapters.footnotes"), primary)

    assert shop.chapters.asked == []
    assert shop.notes.asked == [["9-9"]]
    assert names_of(response.included_relationships) == ["chapters/9-9", "notes/n9"]


def test_filled_relationships_are_included_only_when_asked_for() -> None:
    """What a controller filled in gets type and id for its linkage, and is not included."""
    shop = Shop()
    (book,) = primary = books("1")
    book.relationships = {"publisher": GlueRelationship([GlueResource(attributes=thing("p"))])}
    response = shop.load(shop.request(), primary)

    assert names_of(held(book, "publisher").resources) == ["companies/p"]
    assert response.included_relationships == []


def test_later_instance_fills_up_the_first() -> None:
    """A bare identity that is met first gets the attributes that a later instance brings."""
    bare = GlueResource("companies", "p")
    shop = Shop(publisher=lambda sources, request: {"1": bare, "2": thing("p")})
    response = shop.load(shop.read("publisher"), books("1", "2"))

    (company,) = response.included_relationships
    assert company.attributes == thing("p")
    assert bare.attributes is None


def test_loaders_may_share_their_resources() -> None:
    """What a loader hands out is never changed: it may belong to several requests."""
    shared = GlueResource(attributes=thing("1-1"))
    shop = Shop(chapters=lambda sources, request: {"1": [shared]})
    shop.load(shop.read("chapters.footnotes"), books("1"))

    assert (shared.type, shared.id, shared.relationships) == (None, None, None)


def test_number_of_included_resources_is_limited() -> None:
    """More included resources than the limit are a 400 with the code 013; as many pass."""
    shop = Shop()

    assert len(shop.load(shop.read("chapters"), books("1"), size=2).included_relationships) == 2
    with pytest.raises(BadRequest) as caught:
        shop.load(shop.read("chapters"), books("1", "2"), size=3)
    (error,) = caught.value.errors
    assert (error.status, error.code, error.parameter) == (400, "013", "include")


@pytest.mark.parametrize(
    ("name", "answer", "complaint"),
    [
        ("chapters", [thing("1-1")], "returned a value of type list instead of a mapping"),
        ("chapters", None, "returned None instead of a mapping"),
        ("chapters", {"1": thing("1-1")}, "related '1' to a value of type dict instead of a seq"),
        ("chapters", {"1": "1-1"}, "related '1' to a value of type str instead of a sequence"),
        ("chapters", {"1": None}, "related '1' to None instead of a sequence"),
        ("chapters", {"1": [None]}, "related to None without an id"),
        ("chapters", {"1": [{"name": "A"}]}, "related to a value of type dict without an id"),
        ("publisher", {"1": [thing("p")]}, "related '1' to a value of type list instead of one"),
        ("publisher", {"1": "p"}, "related '1' to a value of type str instead of one object"),
        ("publisher", {"1": GlueResource("notes", "n")}, "related to 'notes', which is not the"),
    ],
)
def test_misshapen_answers_name_the_relationship(name: str, answer: Any, complaint: str) -> None:
    """A loader that answers in another shape is told which relationship, loader and shape."""
    shop = Shop(**{name: lambda sources, request: answer})

    with pytest.raises(TypeError) as caught:
        shop.load(shop.read(name), books("1"))
    assert f"The relationship {name!r} of 'books'" in str(caught.value)
    assert "test_misshapen_answers_name_the_relationship" in str(caught.value)
    assert complaint in str(caught.value)


def test_filled_relationships_may_go_in_circles() -> None:
    """Resources that a controller related to each other are completed, once each."""
    shop = Shop()
    (book,) = primary = books("1")
    chapter = GlueResource(
        attributes=thing("1-1"), relationships={"book": GlueRelationship([book], many=False)}
    )
    book.relationships = {"chapters": GlueRelationship([chapter])}
    response = shop.load(shop.read("chapters.book"), primary)

    assert shop.calls == 0
    assert names_of(response.included_relationships) == ["chapters/1-1"]
    (included,) = response.included_relationships
    assert held(included, "book").resources == [book]
    assert held(book, "chapters").resources == [included]


def test_filled_relationships_that_nobody_may_see_are_dropped() -> None:
    """A relationship that a controller filled and the caller may not see is not there."""
    shop = Shop()
    chapter = GlueResource(
        "chapters",
        "1-1",
        relationships={"footnotes": GlueRelationship([GlueResource("notes", "n")])},
    )
    (book,) = primary = books("1")
    book.relationships = {"chapters": GlueRelationship([chapter])}
    shop.load(shop.read("chapters", "guest"), primary)

    assert held(book, "chapters").resources[0].relationships == {}


def told(response: GlueResponse, included_first: bool) -> Any:
    """Return what a response shows, with whatever is the same object told once."""
    if included_first:
        names_of(response.included_relationships)
    seen: dict[int, int] = {}

    def one(resource: GlueResource) -> Any:
        number = seen.setdefault(id(resource), len(seen))
        return (resource.type, resource.id, repr(resource.attributes), number)

    return [
        (one(each), {n: (r.many, [one(x) for x in r.resources]) for n, r in held_by(each).items()})
        for each in response.resources
    ], [one(each) for each in response.included_relationships]


def held_by(resource: GlueResource) -> dict[str, GlueRelationship]:
    """Return the relationships of a resource, none where it has none."""
    return resource.relationships or {}


class Company:
    """An object that is no dict."""

    def __init__(self, id_: str) -> None:
        self.id = id_

    def __repr__(self) -> str:
        return f"Company({self.id})"


class Library(Shop):
    """Books with two relationships to people, and one to other books."""

    def __init__(self, author: list[Any], readers: list[Any], sequel: list[Any]) -> None:
        super().__init__()
        related = {
            "author": Relationship("author", "people", Loader(lambda i: author[int(i)]), False),
            "readers": Relationship("readers", "people", Loader(lambda i: readers[int(i)])),
            "sequel": Relationship("sequel", "books", Loader(lambda i: sequel[int(i)]), False),
        }
        books, people = Resource("books", Named), Resource("people", Named)
        self.model = Model({"books": ModelType(books, related), "people": ModelType(people, {})})
        self.operation = Operation(
            "getCollection", lambda: GlueResponse(), "books", books, model=self.model
        )


IDS = st.sampled_from([*"123456789", "ö/"])
USUAL = st.builds(lambda id_, name: {"id": id_, "name": name}, IDS, st.text(max_size=3))
ODD = (
    IDS.map(Company)
    | st.sampled_from([{"name": "b"}, {"id": None}, 7])
    | IDS.map(lambda id_: GlueResource(None, id_, {"name": "c"}))
)
ONE = st.none() | USUAL
MANY = st.lists(USUAL, max_size=3) | st.lists(USUAL, max_size=3).map(tuple)


def four(*kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Return what a loader says of four books, which is all of one kind."""
    return st.one_of(*[st.lists(each, min_size=4, max_size=4) for each in kinds])


@given(
    st.lists(st.sampled_from("0123"), min_size=1, max_size=4, unique=True)
    | st.lists(st.sampled_from("0123"), min_size=1, max_size=4),
    four(USUAL, ONE, ONE | ODD | MANY, st.just({"id": 1, "name": "a"}) | USUAL),
    four(MANY, MANY | ONE | ODD, st.just([{"id": 1}]) | MANY),
    four(ONE, USUAL | ODD),
    st.permutations(["author", "readers", "sequel"]),
    st.integers(1, 3),
    st.sampled_from([2, 20]),
    st.booleans(),
)
@settings(max_examples=300)
def test_batches_become_what_objects_are(
    ids: list[str],
    author: list[Any],
    readers: list[Any],
    sequel: list[Any],
    names: list[str],
    number: int,
    size: int,
    first: bool,
) -> None:
    """What is left as loaders answered it is read as if each object had been made at once."""
    include = ",".join(names[:number])

    def load(response: GlueResponse, batches: bool = True) -> Any:
        shop = Library(author, readers, sequel)
        with pytest.MonkeyPatch.context() as patch:
            if not batches:
                patch.setattr(_Loading, "_ids_of_sources", lambda self, tree, batch: None)
            try:
                return told(shop.complete(shop.read(include), response, size), first)
            except (BadRequest, TypeError) as error:
                return repr(error)

    one_by_one = load(GlueResponse(books(*ids), is_collection=True), batches=False)
    assert load(GlueResponse(books(*ids), is_collection=True)) == one_by_one
    assert load(page_of_books(*ids)) == one_by_one


def test_usual_answers_are_left_as_they_are() -> None:
    """Nothing is made of what a loader answered until somebody reads it, and then all of it."""
    shop = Shop()
    response = shop.load(shop.read("publisher,chapters"), books("0", "1", "2"))
    related = response.related

    assert related is not None
    assert [(each.type, each.ids) for each in related.batches] == [
        ("companies", ["p"]),
        ("chapters", ["0-1", "0-2", "1-1", "1-2", "2-1", "2-2"]),
    ]
    first = held(response.resources[1], "publisher").resources[0]
    assert response.related is None
    assert response.included_relationships[0] is first
    assert held(response.resources[2], "publisher").resources[0] is first
    assert held(response.resources[0], "publisher").resources == []


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, replace])
def test_copies_have_the_relationships(copied: Callable[..., GlueResource]) -> None:
    """Who copies a resource has its relationships, read or not."""
    shop = Shop()
    response = shop.load(shop.read("publisher"), books("1", "2"))

    assert names_of(held(copied(response.resources[1]), "publisher").resources) == ["companies/p"]


def test_what_somebody_sets_is_shown() -> None:
    """A relationship that is set, or a resource that is left out, is no batch any more."""
    shop = Shop()
    replaced = shop.load(shop.read("publisher"), books("1", "2"))
    replaced.resources[0].relationships = {}
    shorter = shop.load(shop.read("publisher"), books("1", "2"))
    shorter.resources = shorter.resources[:1]

    assert replaced.related is None
    assert replaced.resources[0].relationships == {}
    assert shorter.related is None
    assert names_of(held(shorter.resources[0], "publisher").resources) == ["companies/p"]


def test_a_loader_sees_what_another_loaded() -> None:
    """A loader may look at the relationships that were loaded before it was asked."""
    seen: list[list[str]] = []

    def chapters(sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
        seen.extend(names_of(held(each, "publisher").resources) for each in sources)
        return {each.id: [thing("c")] for each in sources if each.id is not None}

    shop = Shop(chapters=chapters)
    response = shop.load(shop.read("publisher,chapters"), books("1", "2"))

    assert seen == [["companies/p"], ["companies/p"]]
    assert names_of(response.included_relationships) == ["companies/p", "chapters/c"]
    assert [*held_by(response.resources[1])] == ["publisher", "chapters"]


def test_a_loader_may_relate_its_sources_itself() -> None:
    """What a loader gives its sources besides stays, whatever it answers."""

    def publisher(sources: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
        for each in sources:
            each.relationships = {"own": GlueRelationship([GlueResource("notes", "n")])}
        return {each.id: thing("p") for each in sources if each.id is not None}

    shop = Shop(publisher=publisher)
    for include in ("publisher,chapters", "chapters,publisher"):
        response = shop.load(shop.read(include), books("1", "2"))

        assert names_of(held(response.resources[1], "own").resources) == ["notes/n"]
        assert names_of(held(response.resources[1], "publisher").resources) == ["companies/p"]


def test_one_person_is_included_once() -> None:
    """Who is related in two ways is included once, as what the first loader answered."""
    library = Library([thing("a")] * 4, [[thing("b"), {"id": "a", "name": "?"}]] * 4, [None] * 4)
    response = library.load(library.read("author,readers"), books("0"))

    assert response.related is not None
    assert names_of(response.included_relationships) == ["people/a", "people/b"]
    assert response.included_relationships[0].attributes == thing("a")
