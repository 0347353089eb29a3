"""Whole requests for articles: read, created, changed and deleted."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from glue_core.testing import (
    assert_collection,
    assert_error,
    assert_included,
    assert_resource,
)

Magazine = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

NOBODY = "00000000-0000-4000-8000-000000000000"
OTHER = "11111111-1111-4111-8111-111111111111"


def document(
    attributes: dict[str, Any] | None = None, author: str | None = "unnamed", **members: Any
) -> dict[str, Any]:
    """Return the document of a write; an author of None is the linkage null."""
    data: dict[str, Any] = {"type": "articles", **members}
    if attributes is not None:
        data["attributes"] = attributes
    if author != "unnamed":
        linkage = None if author is None else {"type": "authors", "id": author}
        data["relationships"] = {"author": {"data": linkage}}
    return {"data": data}


def test_an_article_is_created_and_read(magazine: Magazine) -> None:
    """What is sent comes back, at the place that the answer names, for everybody."""
    attributes = {
        "title": "Lamps",
        "body": "They shine.\n\nAll of them.",
        "publishedAt": "2026-01-31T08:00:00Z",
        "readingMinutes": 7,
        "tags": ["light", "home"],
    }
    created = magazine.client.post("/articles", json=document(attributes))

    shown = assert_resource(created, "articles", None, attributes, status=201)
    assert created.headers["location"] == shown["links"]["self"]
    assert shown["links"]["self"] == f"http://localhost/articles/{shown['id']}"
    read = magazine.client.get(f"/articles/{shown['id']}")
    assert read.json["data"] == shown


def test_what_a_client_leaves_out_has_defaults(magazine: Magazine) -> None:
    """An article needs a title and a body; it is a draft of a minute then."""
    created = magazine.client.post("/articles", json=document({"title": "T", "body": "B"}))

    shown = assert_resource(created, "articles", None, {"publishedAt": None, "tags": []})
    assert shown["attributes"]["readingMinutes"] == 1
    assert uuid.UUID(shown["id"]).version == 4


def test_the_version_is_no_attribute(magazine: Magazine) -> None:
    """Clients see the attributes that the schema names, and nothing internal."""
    article = magazine.client.get(f"/articles/{magazine.article()}").json["data"]

    assert sorted(article["attributes"]) == [
        "body",
        "createdAt",
        "publishedAt",
        "readingMinutes",
        "tags",
        "title",
        "updatedAt",
    ]


def test_any_zone_comes_in_and_utc_goes_out(magazine: Magazine) -> None:
    """The same point in time is shown in UTC, in the answer and later."""
    id_ = magazine.article(publishedAt="2026-01-01T08:30:00+09:00")

    assert_resource(
        magazine.client.get(f"/articles/{id_}"),
        "articles",
        id_,
        {"publishedAt": "2025-12-31T23:30:00Z"},
    )


@pytest.mark.parametrize(
    ("attributes", "pointers"),
    [
        ({}, ["/title", "/body"]),
        ({"title": "", "body": "B"}, ["/title"]),
        ({"title": "x" * 201, "body": "B"}, ["/title"]),
        ({"title": None, "body": "B"}, ["/title"]),
        ({"title": 7, "body": ["B"]}, ["/title", "/body"]),
        ({"title": "T", "body": "x" * 100_001}, ["/body"]),
        ({"title": "T", "body": "B", "readingMinutes": 0}, ["/readingMinutes"]),
        ({"title": "T", "body": "B", "readingMinutes": 601}, ["/readingMinutes"]),
        ({"title": "T", "body": "B", "readingMinutes": 1.5}, ["/readingMinutes"]),
        ({"title": "T", "body": "B", "readingMinutes": "7"}, ["/readingMinutes"]),
        ({"title": "T", "body": "B", "readingMinutes": None}, ["/readingMinutes"]),
        ({"title": "T", "body": "B", "readingMinutes": 2**63 - 1}, ["/readingMinutes"]),
        ({"title": "T", "body": "B", "publishedAt": "2026-01-31T08:00:00"}, ["/publishedAt"]),
        ({"title": "T", "body": "B", "publishedAt": "soon"}, ["/publishedAt"]),
        ({"title": "T", "body": "B", "publishedAt": "9999-12-31T23:59:59-01:00"}, ["/publishedAt"]),
        ({"title": "T", "body": "B", "tags": "a"}, ["/tags"]),
        ({"title": "T", "body": "B", "tags": ["a", "a"]}, ["/tags"]),
        ({"title": "T", "body": "B", "tags": ["a", "", 3]}, ["/tags/1", "/tags/2"]),
        ({"title": "T", "body": "B", "tags": [f"{i}" for i in range(21)]}, ["/tags"]),
        ({"title": "T", "body": "B", "titel": "T"}, ["/titel"]),
        ({"title": "T", "body": "B", "version": 7}, ["/version"]),
        ({"title": "T", "body": "B", "createdAt": "2026-01-31T08:00:00Z"}, ["/createdAt"]),
        ({"title": "T", "body": "B", "author_id": NOBODY}, ["/author_id"]),
    ],
    ids=lambda value: None if isinstance(value, list) else json.dumps(value)[:50],
)
def test_every_violation_has_a_pointer(
    on_sqlite: Magazine, attributes: dict[str, Any], pointers: list[str]
) -> None:
    """All that is wrong with the attributes is told at once, each where it is; nothing is kept."""
    response = on_sqlite.client.post("/articles", json=document(attributes))

    assert response.status_code == 422, response
    found = [error["source"]["pointer"] for error in response.json["errors"]]
    assert sorted(found) == sorted(f"/data/attributes{each}" for each in pointers)
    assert on_sqlite.client.get("/articles").json["meta"]["total"] == 0


def test_a_client_may_choose_the_id(magazine: Magazine) -> None:
    """A UUID of version 4 that is free becomes the id."""
    created = magazine.client.post(
        "/articles", json=document({"title": "T", "body": "B"}, id=OTHER)
    )

    assert_resource(created, "articles", OTHER, status=201)


@pytest.mark.parametrize("id_", ["7", OTHER.upper().replace("1", "A"), OTHER.replace("-", "")])
def test_another_id_is_refused(on_sqlite: Magazine, id_: str) -> None:
    """A text that is no UUID of version 4, as the server writes them, is no id."""
    response = on_sqlite.client.post(
        "/articles", json=document({"title": "T", "body": "B"}, id=id_)
    )

    assert_error(response, 422, "7004", pointer="/data/id")


def test_an_id_in_use_is_a_conflict(magazine: Magazine) -> None:
    """The article that has the id stays as it is."""
    first = document({"title": "First", "body": "B"}, id=OTHER)
    second = document({"title": "Second", "body": "B"}, id=OTHER)
    assert magazine.client.post("/articles", json=first).status_code == 201

    response = magazine.client.post("/articles", json=second)

    assert_error(response, 409, "7002", pointer="/data/id")
    read = magazine.client.get(f"/articles/{OTHER}")
    assert_resource(read, "articles", OTHER, {"title": "First"})


def test_an_update_changes_what_it_names(magazine: Magazine) -> None:
    """Attributes that are not named stay, the relationship too."""
    ada = magazine.author()
    id_ = magazine.article("Lamps", ada, readingMinutes=7, tags=["light"])
    response = magazine.client.patch(
        f"/articles/{id_}", json=document({"title": "Shades", "tags": []}, id=id_)
    )

    expected = {"title": "Shades", "tags": [], "readingMinutes": 7, "body": "It shines."}
    assert_resource(response, "articles", id_, expected, status=200)
    assert magazine.titles(ada) == ["Shades"]


def test_an_update_of_nothing_changes_nothing(magazine: Magazine) -> None:
    """A document without attributes and relationships is answered with what there is."""
    id_ = magazine.article()
    before = magazine.client.get(f"/articles/{id_}").json["data"]
    response = magazine.client.patch(f"/articles/{id_}", json=document(id=id_))

    assert response.status_code == 200
    assert response.json["data"] == before


def test_a_draft_can_be_withdrawn(magazine: Magazine) -> None:
    """Null is a value: it takes the time of publication away."""
    id_ = magazine.article(publishedAt="2026-01-01T00:00:00Z")
    body = document({"publishedAt": None}, id=id_)
    response = magazine.client.patch(f"/articles/{id_}", json=body)

    assert_resource(response, "articles", id_, {"publishedAt": None})


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (document({"readingMinutes": "7"}, id=OTHER), 422, "/data/attributes/readingMinutes"),
        (document({"title": None}, id=OTHER), 422, "/data/attributes/title"),
        (document({"title": "T"}, id=NOBODY), 409, "/data/id"),
        (document({"title": "T"}), 400, "/data"),
        ({"data": {"type": "authors", "id": OTHER}}, 409, "/data/type"),
        ({"data": []}, 400, "/data"),
        ({}, 400, ""),
    ],
)
def test_a_wrong_update_has_a_pointer(
    on_sqlite: Magazine, body: dict[str, Any], status: int, pointer: str
) -> None:
    """The error says where in the document it is, and the article stays."""
    on_sqlite.client.post("/articles", json=document({"title": "T", "body": "B"}, id=OTHER))
    before = on_sqlite.client.get(f"/articles/{OTHER}").json
    response = on_sqlite.client.patch(f"/articles/{OTHER}", json=body)

    assert response.status_code == status, response
    assert [each["source"]["pointer"] for each in response.json["errors"]] == [pointer]
    assert on_sqlite.client.get(f"/articles/{OTHER}").json == before


def test_a_deleted_article_is_gone(magazine: Magazine) -> None:
    """Deleting answers without a body; nothing is there after it."""
    id_ = magazine.article()
    response = magazine.client.delete(f"/articles/{id_}")

    assert (response.status_code, response.content) == (204, b"")
    assert_error(magazine.client.get(f"/articles/{id_}"), 404, "7001")
    assert_error(magazine.client.delete(f"/articles/{id_}"), 404, "7001")


@pytest.mark.parametrize("id_", [NOBODY, "seven", "%F0%9F%92%A1", "x" * 3000, "%27%22"])
def test_what_is_not_there_is_not_found(magazine: Magazine, id_: str) -> None:
    """Reading, changing and deleting answer alike, whatever stands in the path."""
    assert_error(magazine.client.get(f"/articles/{id_}"), 404, "7001")
    assert_error(magazine.client.delete(f"/articles/{id_}"), 404, "7001")


def test_an_update_of_what_is_not_there_is_not_found(magazine: Magazine) -> None:
    """An update creates nothing."""
    response = magazine.client.patch(
        f"/articles/{NOBODY}", json=document({"title": "T", "body": "B"}, id=NOBODY)
    )

    assert_error(response, 404, "7001")
    assert magazine.client.get("/articles").json["meta"]["total"] == 0


def test_pages_follow_each_other(magazine: Magazine) -> None:
    """The links of each page lead over all articles, each once, and the total counts them."""
    for number in range(7):
        magazine.article(f"{number}")
    path, titles, pages = "/articles?sort=-title&page[limit]=3", [], 0
    while path:
        response = magazine.client.get(path)
        assert response.json["meta"]["total"] == 7
        titles += [each["attributes"]["title"] for each in response.json["data"]]
        path = (response.json["links"].get("next") or "").removeprefix("http://localhost")
        pages += 1

    assert titles == ["6", "5", "4", "3", "2", "1", "0"]
    assert pages == 3


def test_an_empty_collection_is_a_list(magazine: Magazine) -> None:
    """A magazine without articles has a list of none."""
    assert_collection(magazine.client.get("/articles"), [])


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("filter[articles.title]=Lamps", ["Lamps"]),
        ("filter[articles.title]=lamps", []),
        ("filter[articles.tags]=home", ["Lamps", "Shoes"]),
        ("filter[articles.readingMinutes]=3", ["Shoes"]),
        ("filter[articles.readingMinutes]=-3", []),
        ("filter[articles.readingMinutes]=99999999999999999999", []),
        ("filter[articles.tags]=home&filter[articles.readingMinutes]=1", ["Lamps"]),
        ("filter[articles.title]=%27%20OR%201=1--", []),
    ],
)
def test_filters_compare_for_equality(magazine: Magazine, query: str, titles: list[str]) -> None:
    """All conditions must hold."""
    magazine.article("Lamps", tags=["light", "home"])
    magazine.article("Shoes", tags=["home"], readingMinutes=3)
    response = magazine.client.get(f"/articles?sort=title&{query}")

    assert [each["attributes"]["title"] for each in response.json["data"]] == titles
    assert response.json["meta"]["total"] == len(titles)


def test_articles_can_be_filtered_by_author(magazine: Magazine) -> None:
    """The id of an author selects their articles."""
    ada, ben = magazine.author("Ada"), magazine.author("Ben")
    mine = magazine.article("Lamps", ada)
    magazine.article("Shoes", ben)

    assert_collection(magazine.client.get(f"/articles?filter[articles.author]={ada}"), [mine])


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("filter[articles.readingMinutes]=few", "filter[articles.readingMinutes]"),
        ("filter[articles.readingMinutes]=3.0", "filter[articles.readingMinutes]"),
        ("filter[articles.readingMinutes]=%D9%A3", "filter[articles.readingMinutes]"),
        ("filter[articles.body]=x", "filter[articles.body]"),
        ("filter[title]=x", "filter[title]"),
        ("sort=body", "sort"),
        ("sort=author", "sort"),
        ("page[limit]=101", "page[limit]"),
        ("page[offset]=-1", "page[offset]"),
        ("include=authors", "include"),
        ("fields[articles]=version", "fields[articles]"),
        ("pagesize=3", "pagesize"),
    ],
)
def test_a_wrong_parameter_is_named(on_sqlite: Magazine, query: str, parameter: str) -> None:
    """The error says which parameter is wrong."""
    response = on_sqlite.client.get(f"/articles?{query}")

    assert response.status_code == 400, response
    assert [each["source"]["parameter"] for each in response.json["errors"]] == [parameter]


def test_a_page_beyond_the_last_is_empty(magazine: Magazine) -> None:
    """An offset past the end is no error."""
    magazine.article()

    assert_collection(magazine.client.get("/articles?page[offset]=9007199254740992"), [])


def test_authors_are_included(magazine: Magazine) -> None:
    """Each author is there once, and an article without one links to null."""
    ada = magazine.author()
    ids = [magazine.article("a", ada), magazine.article("b", ada), magazine.article("c")]
    response = magazine.client.get("/articles?sort=title&include=author")

    shown = assert_collection(response, ids, "articles")
    assert_included(response, [("authors", ada)])
    linkage = [each["relationships"]["author"]["data"] for each in shown]
    assert linkage == [{"type": "authors", "id": ada}, {"type": "authors", "id": ada}, None]


def test_includes_go_there_and_back(magazine: Magazine) -> None:
    """From an article to its author, and on to the author's other articles."""
    ada = magazine.author()
    first, second = magazine.article("a", ada), magazine.article("b", ada)
    response = magazine.client.get(f"/articles/{first}?include=author.articles")

    assert_resource(response, "articles", first)
    assert_included(response, [("authors", ada), ("articles", second)])


def test_sparse_fieldsets_reach_the_author(magazine: Magazine) -> None:
    """Only the named attributes are shown, of included resources too."""
    ada = magazine.author()
    id_ = magazine.article("a", ada)
    query = "include=author&fields[articles]=title,author&fields[authors]=name"
    response = magazine.client.get(f"/articles/{id_}?{query}").json

    assert response["data"]["attributes"] == {"title": "a"}
    assert [each["attributes"] for each in response["included"]] == [{"name": "Ada"}]


def test_plain_json_reads_and_writes_attributes(magazine: Magazine) -> None:
    """Without a convention the same resource takes and gives plain objects."""
    created = magazine.plain.post("/articles", json={"title": "Lamps", "body": "B"})
    assert created.status_code == 201, created
    listed = magazine.plain.get("/articles").json

    assert [each["title"] for each in listed] == ["Lamps"]
    wrong = magazine.plain.post("/articles", json={"title": "Lamps"})
    assert_error(wrong, 422, "901", pointer="/body")
