"""Whole requests for authors: read, created, changed and deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glue_core.testing import assert_collection, assert_error, assert_included, assert_resource

Magazine = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

NOBODY = "00000000-0000-4000-8000-000000000000"
ADA = {"name": "Ada", "email": "ada@example.org", "joinedOn": "2020-01-02"}


def document(
    attributes: dict[str, Any] | None = None, articles: list[str] | None = None, **members: Any
) -> dict[str, Any]:
    """Return the document of a write."""
    data: dict[str, Any] = {"type": "authors", **members}
    if attributes is not None:
        data["attributes"] = attributes
    if articles is not None:
        linkage = [{"type": "articles", "id": id_} for id_ in articles]
        data["relationships"] = {"articles": {"data": linkage}}
    return {"data": data}


def test_an_author_is_created_and_read(magazine: Magazine) -> None:
    """What is sent comes back, at the place that the answer names."""
    created = magazine.client.post("/authors", json=document(ADA))

    shown = assert_resource(created, "authors", None, ADA, status=201)
    assert sorted(shown["attributes"]) == ["createdAt", "email", "joinedOn", "name", "updatedAt"]
    assert created.headers["location"] == f"http://localhost/authors/{shown['id']}"
    assert magazine.client.get(f"/authors/{shown['id']}").json["data"] == shown


def test_an_author_is_created_with_articles(magazine: Magazine) -> None:
    """The articles in the body are theirs then."""
    ids = [magazine.article("a"), magazine.article("b")]
    created = magazine.client.post("/authors", json=document(ADA, ids))

    assert created.status_code == 201, created
    assert magazine.titles(created.json["data"]["id"]) == ["a", "b"]


@pytest.mark.parametrize(
    ("changed", "pointers"),
    [
        ({"name": ""}, ["/name"]),
        ({"name": "x" * 101}, ["/name"]),
        ({"name": None, "email": "ada"}, ["/name", "/email"]),
        ({"email": f"a@{'x' * 60}.{'y' * 60}.{'z' * 60}.{'w' * 60}.{'v' * 20}.org"}, ["/email"]),
        ({"email": 7}, ["/email"]),
        ({"joinedOn": "2020-02-30"}, ["/joinedOn"]),
        ({"joinedOn": "2020-01-02T00:00:00Z"}, ["/joinedOn"]),
        ({"joinedOn": 20200102}, ["/joinedOn"]),
        ({"joinedOn": None}, ["/joinedOn"]),
        ({"joined_on": "2020-01-02"}, ["/joined_on"]),
        ({"updatedAt": "2020-01-02T00:00:00Z"}, ["/updatedAt"]),
    ],
    ids=lambda value: None if isinstance(value, list) else json.dumps(value)[:40],
)
def test_every_violation_has_a_pointer(
    on_sqlite: Magazine, changed: dict[str, Any], pointers: list[str]
) -> None:
    """All that is wrong with the attributes is told at once, each where it is."""
    response = on_sqlite.client.post("/authors", json=document({**ADA, **changed}))

    assert response.status_code == 422, response
    found = [error["source"]["pointer"] for error in response.json["errors"]]
    assert sorted(set(found)) == sorted(f"/data/attributes{each}" for each in pointers)
    assert on_sqlite.client.get("/authors").json["meta"]["total"] == 0


def test_what_is_required_is_told(on_sqlite: Magazine) -> None:
    """Name, address and day are required of a new author, and of no update."""
    response = on_sqlite.client.post("/authors", json=document({}))
    found = [error["source"]["pointer"] for error in response.json["errors"]]
    names = ("name", "email", "joinedOn")

    assert sorted(found) == sorted(f"/data/attributes/{name}" for name in names)


def test_a_client_may_choose_the_id(magazine: Magazine) -> None:
    """A free UUID becomes the id; the same again is a conflict, another text no id."""
    created = magazine.client.post("/authors", json=document(ADA, id=NOBODY))
    assert_resource(created, "authors", NOBODY, status=201)

    assert_error(magazine.client.post("/authors", json=document(ADA, id=NOBODY)), 409, "7102")
    assert_error(magazine.client.post("/authors", json=document(ADA, id="ada")), 422, "7104")


def test_an_update_changes_what_it_names(magazine: Magazine) -> None:
    """Attributes and articles that are not named stay."""
    ada = magazine.author("Ada")
    magazine.article("a", ada)
    response = magazine.client.patch(
        f"/authors/{ada}", json=document({"joinedOn": "2021-05-06"}, id=ada)
    )

    assert_resource(response, "authors", ada, {**ADA, "joinedOn": "2021-05-06"}, status=200)
    assert magazine.titles(ada) == ["a"]


def test_an_update_replaces_articles(magazine: Magazine) -> None:
    """The linkage in the body of an update is all there is then."""
    ada = magazine.author()
    magazine.article("old", ada)
    new = magazine.article("new")
    body = document(None, [new], id=ada)
    assert magazine.client.patch(f"/authors/{ada}", json=body).status_code == 200
    assert magazine.titles(ada) == ["new"]

    magazine.client.patch(f"/authors/{ada}", json=document(None, [], id=ada))
    assert magazine.titles(ada) == []


def test_a_failing_update_changes_nothing(magazine: Magazine) -> None:
    """The attributes that were written before the failure are undone with the rest."""
    ada = magazine.author("Ada")
    magazine.article("a", ada)
    before = magazine.client.get(f"/authors/{ada}").json
    response = magazine.client.patch(
        f"/authors/{ada}", json=document({"name": "Eve"}, [NOBODY], id=ada)
    )

    error = assert_error(response, 404, "7105", pointer="/data/relationships/articles/data/0")
    assert NOBODY in error["detail"]
    assert magazine.client.get(f"/authors/{ada}").json == before
    assert magazine.titles(ada) == ["a"]


def test_a_failing_create_leaves_nobody(magazine: Magazine) -> None:
    """An author whose articles do not exist is not created."""
    response = magazine.client.post("/authors", json=document(ADA, [NOBODY]))

    assert_error(response, 404, "7105")
    assert magazine.client.get("/authors").json["meta"]["total"] == 0


def test_articles_of_a_deleted_author_stay(magazine: Magazine) -> None:
    """They have no author then."""
    ada = magazine.author()
    article = magazine.article("a", ada)
    response = magazine.client.delete(f"/authors/{ada}")

    assert (response.status_code, response.content) == (204, b"")
    assert_error(magazine.client.get(f"/authors/{ada}"), 404, "7101")
    related = magazine.client.get(f"/articles/{article}?include=author")
    assert related.json["data"]["relationships"]["author"]["data"] is None


def test_what_is_not_there_is_not_found(magazine: Magazine) -> None:
    """Reading, changing and deleting answer alike."""
    assert_error(magazine.client.get(f"/authors/{NOBODY}"), 404, "7101")
    assert_error(magazine.client.delete(f"/authors/{NOBODY}"), 404, "7101")
    response = magazine.client.patch(f"/authors/{NOBODY}", json=document(ADA, id=NOBODY))
    assert_error(response, 404, "7101")


def test_authors_are_sorted_filtered_and_cut(magazine: Magazine) -> None:
    """A page is a part of the order, the total counts what matches."""
    ids = {name: magazine.author(name) for name in ("Cleo", "Ada", "Ben")}

    page = magazine.client.get("/authors?sort=-name&page[offset]=1&page[limit]=1")
    assert_collection(page, [ids["Ben"]])
    assert page.json["meta"]["total"] == 3
    assert_collection(
        magazine.client.get("/authors?filter[authors.email]=cleo@example.org"), [ids["Cleo"]]
    )


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("sort=createdAt", "sort"),
        ("filter[authors.joinedOn]=2020-01-02", "filter[authors.joinedOn]"),
        ("page[limit]=0", "page[limit]"),
        ("include=author", "include"),
    ],
)
def test_a_wrong_parameter_is_named(on_sqlite: Magazine, query: str, parameter: str) -> None:
    """The error says which parameter is wrong."""
    response = on_sqlite.client.get(f"/authors?{query}")

    assert response.status_code == 400, response
    assert [each["source"]["parameter"] for each in response.json["errors"]] == [parameter]


def test_articles_are_included(magazine: Magazine) -> None:
    """Each author's articles are in the document; an author without any has an empty list."""
    ada, ben = magazine.author("Ada"), magazine.author("Ben")
    ids = [magazine.article("a", ada), magazine.article("b", ada)]
    response = magazine.client.get("/authors?sort=name&include=articles")

    shown = assert_collection(response, [ada, ben])
    assert_included(response, [("articles", id_) for id_ in ids])
    linkage = [len(each["relationships"]["articles"]["data"]) for each in shown]
    assert linkage == [2, 0]
