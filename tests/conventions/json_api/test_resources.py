"""Resource objects: shown all at once they are what they are one by one."""

from __future__ import annotations

import copy
import json
from collections import UserDict
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema, fields

from glue_core import (
    GlueRelationship,
    GlueResource,
    GlueResponse,
    GlueSparseResource,
    Model,
    Operation,
    Relationship,
    Resource,
)
from glue_core.messages import Batch, GlueLink, Linkage, Related
from glue_core.security.lens import ModelType
from glue_json_api import GLUE, STRICT, resources
from glue_json_api.document import write_documents


class Book(Schema):
    """Attributes of a book."""

    title = fields.String()
    pages = fields.Integer()
    words = fields.List(fields.String())


def nobody(sources: object, request: object) -> dict[str, Any]:
    """Load nothing."""
    return {}


BOOKS = Resource("bücher%", Book)
PEOPLE = Resource("people", Book)
RELATED = {
    "author": Relationship("author", "people", nobody, many=False),
    "re%s": Relationship("re%s", "people", nobody),
}
MODEL = Model(
    {"bücher%": ModelType(BOOKS, RELATED), "people": ModelType(PEOPLE, {})},
    canonical={"bücher%": "/b%C3%BCcher%25/{id}"},
    related=[("bücher%", "author")],
    linkage=[("bücher%", "author"), ("bücher%", "re%s")],
)
OPERATION = Operation("getCollection", GlueResponse.no_content, "bücher%", BOOKS, model=MODEL)
DIALECTS = {"strict": STRICT, "glue": GLUE}

IDS = st.text(st.sampled_from("abc1-_~."), min_size=1, max_size=4)
ANY_IDS = IDS | st.text(max_size=3) | st.none()
SHOWN = st.fixed_dictionaries(
    {},
    optional={
        "title": st.none() | st.text(max_size=4) | st.integers(),
        "pages": st.none() | st.integers(-5, 5) | st.booleans(),
        "words": st.none() | st.lists(st.text(max_size=3), max_size=2),
    },
)
USUAL = st.fixed_dictionaries(
    {"title": st.text(max_size=4), "pages": st.integers(), "words": st.just([])}
)


def objects(values: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Any]:
    """Return objects of one class that show values."""
    return values | values.map(lambda each: SimpleNamespace(**each)) | values.map(UserDict)


def people(ids: st.SearchStrategy[Any]) -> st.SearchStrategy[list[GlueResource]]:
    """Return related resources."""
    return st.lists(ids.map(lambda id_: GlueResource("people", id_)), max_size=3)


def relationships(ids: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return what resources may hold."""
    held = {
        "author": people(ids).map(lambda found: GlueRelationship(found[:1], False)),
        "re%s": people(ids).map(lambda found: GlueRelationship(found, True)),
        "hidden": people(ids).map(GlueRelationship),
    }
    return st.fixed_dictionaries({}, optional=held) | st.none()


LINKS = st.none() | st.just({"more": GlueLink("/more"), "self": GlueLink("http://b/", {"a": 1})})
META: st.SearchStrategy[Any] = st.none() | st.just({"version": 1}) | st.just({})


def resource(ids: Any, shown: Any, held: Any) -> st.SearchStrategy[GlueResource]:
    """Return resources of the one type or the other."""
    kinds = st.sampled_from(["bücher%", "bücher%", "people"])
    return st.builds(GlueResource, kinds, ids, shown, held, LINKS, META)


def alike(held: Any) -> st.SearchStrategy[list[GlueResource]]:
    """Return a page of resources with the same relationships."""
    made = st.builds(GlueResource, st.just("bücher%"), IDS, USUAL, held, LINKS, META)
    return st.lists(made, max_size=9)


PAGES = (
    st.lists(resource(ANY_IDS, st.none() | objects(SHOWN), relationships(ANY_IDS)), max_size=9)
    | st.lists(resource(IDS, objects(USUAL), relationships(IDS)), max_size=9)
    | alike(st.none())
    | alike(
        st.fixed_dictionaries(
            {
                "re%s": people(IDS).map(GlueRelationship),
                "author": people(IDS).map(lambda found: GlueRelationship(found[:1], False)),
            }
        )
    )
    | alike(
        st.fixed_dictionaries(
            {"author": IDS.map(lambda i: GlueRelationship([GlueResource("people", i)], False))}
        )
    )
)
FIELDSETS = st.none() | st.lists(
    st.sampled_from(["title", "pages", "words", "author", "re%s"]), max_size=4
)


def request_of(fieldset: list[str] | None, query: str = "a=%C3%BC") -> Any:
    """Return a request for some fields."""
    sparse = () if fieldset is None else (GlueSparseResource("bücher%", tuple(fieldset)),)
    return SimpleNamespace(
        base_url='http://"glüe%s".example',
        grants=frozenset(),
        pagination=None,
        parameters_string=query,
        parent_resources=(),
        query_fields={},
        resource=GlueResource("bücher%"),
        selected=None,
        sparse_resources=sparse,
        version=None,
    )


def written(response: GlueResponse, request: Any, dialect: str) -> Any:
    """Return the document of a response, or what went wrong."""
    write = write_documents(OPERATION, DIALECTS[dialect])
    response.is_collection = True
    try:
        write(response, request)
    except (TypeError, ValueError, AttributeError) as error:
        return type(error)
    return response.content


@given(PAGES, PAGES, FIELDSETS, st.sampled_from(["strict", "glue"]))
def test_at_once_and_one_by_one(
    shown: list[GlueResource],
    included: list[GlueResource],
    fieldset: list[str] | None,
    dialect: str,
) -> None:
    """Whatever a page has, its document is the same byte for byte."""

    def document() -> Any:
        response = GlueResponse(copy.deepcopy(shown))
        response.included_relationships = copy.deepcopy(included)
        return written(response, request_of(fieldset), dialect)

    at_once = document()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resources, "_at_once", lambda *_: None)
        assert document() == at_once


@given(
    st.lists(st.tuples(ANY_IDS, objects(USUAL)), max_size=6)
    | st.lists(st.tuples(IDS, st.none() | objects(SHOWN)), max_size=6),
    FIELDSETS,
    st.sampled_from(["strict", "glue"]),
)
def test_what_nobody_read_is_shown_alike(
    rows: list[tuple[str | None, Any]], fieldset: list[str] | None, dialect: str
) -> None:
    """Objects of a page are shown as the resources that they become when somebody reads them."""

    def document(is_read: bool) -> Any:
        response = GlueResponse.page([shown for _, shown in rows])
        batch = response.batch
        assert batch is not None
        batch.type, batch.ids = "bücher%", [id_ for id_, _ in rows]
        if is_read:
            assert len(response.resources) == len(rows)
        return written(response, request_of(fieldset), dialect)

    assert document(is_read=False) == document(is_read=True)


LINKED = st.lists(st.tuples(IDS, st.none() | IDS, st.lists(ANY_IDS.filter(bool))), max_size=5)


@given(LINKED, FIELDSETS, st.sampled_from(["strict", "glue"]))
def test_what_is_related_is_shown_alike(
    rows: list[tuple[str, str | None, list[str]]], fieldset: list[str] | None, dialect: str
) -> None:
    """What was loaded at once is shown as the relationships that it becomes."""

    def document(is_read: bool) -> Any:
        shown = [GlueResource("bücher%", id_, {"title": id_, "pages": 1}) for id_, _, _ in rows]
        response = GlueResponse(shown)
        related = Related(shown)
        authors = [one for _, one, _ in rows if one is not None]
        others = [one for _, _, many in rows for one in many]
        related.add(
            Linkage(
                "author", False, "people", authors, [int(one is not None) for _, one, _ in rows]
            ),
            [{"title": id_} for id_ in authors],
        )
        related.add(
            Linkage("re%s", True, "people", others, [len(many) for _, _, many in rows]),
            [{"title": id_} for id_ in others],
        )
        response.relate(related)
        if is_read:
            assert len(response.included_relationships) == len({*authors, *others})
        return written(response, request_of(fieldset), dialect)

    assert document(is_read=False) == document(is_read=True)


def test_a_usual_page_is_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is usual takes the way of all at once, read or not, with what is related to it."""
    monkeypatch.setattr(
        resources.Resources, "one", lambda *_, **__: pytest.fail("It is shown one by one.")
    )
    shown = [
        GlueResource("bücher%", f"b-{n}", {"title": "a"}, {"re%s": GlueRelationship([])})
        for n in range(5)
    ]
    for dialect in DIALECTS:
        content = written(GlueResponse(shown), request_of(None), dialect)
        batch = GlueResponse.page([{"title": "a"}] * 5)
        batch._shown = Batch([{"title": "a"}] * 5, "bücher%", [each.id for each in shown])

        assert len(json.loads(content)["data"]) == 5
        assert len(json.loads(written(batch, request_of(None), dialect))["data"]) == 5
