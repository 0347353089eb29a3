"""Whole requests for relationships: whose an article is, and which articles are an author's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from glue_core.testing import assert_collection, assert_error, assert_resource

Magazine = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

NOBODY = "00000000-0000-4000-8000-000000000000"


def author(id_: str) -> dict[str, str]:
    """Return the identifier of an author."""
    return {"type": "authors", "id": id_}


def articles(*ids: str) -> list[dict[str, str]]:
    """Return the identifiers of articles."""
    return [{"type": "articles", "id": id_} for id_ in ids]


@contextmanager
def statements() -> Iterator[list[str]]:
    """Collect the statements that any engine runs while the block does."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_an_article_is_created_with_an_author(magazine: Magazine) -> None:
    """The linkage in the body of a create is kept, and seen from both ends."""
    ada = magazine.author()
    id_ = magazine.article("Lamps", ada)

    related = magazine.client.get(f"/articles/{id_}/author")
    assert_resource(related, "authors", ada, {"name": "Ada"})
    assert magazine.titles(ada) == ["Lamps"]


def test_an_update_changes_the_author(magazine: Magazine) -> None:
    """The linkage in the body of an update replaces the author; null takes them away."""
    ada, ben = magazine.author("Ada"), magazine.author("Ben")
    id_ = magazine.article("Lamps", ada)
    for linkage, titles in ((author(ben), ["Lamps"]), (None, [])):
        data = {"type": "articles", "id": id_, "relationships": {"author": {"data": linkage}}}
        response = magazine.client.patch(f"/articles/{id_}", json={"data": data})
        assert response.status_code == 200, response
        assert magazine.titles(ben) == titles
    assert magazine.titles(ada) == []


def test_an_unknown_author_creates_nothing(magazine: Magazine) -> None:
    """A reference to what does not exist is not found, and nothing is kept of the request."""
    relationships = {"author": {"data": author(NOBODY)}}
    data = {"type": "articles", "attributes": {"title": "T", "body": "B"}}
    response = magazine.client.post(
        "/articles", json={"data": {**data, "relationships": relationships}}
    )

    error = assert_error(response, 404, "7005", pointer="/data/relationships/author/data")
    assert NOBODY in error["detail"]
    assert magazine.client.get("/articles").json["meta"]["total"] == 0


@pytest.mark.parametrize(
    ("relationships", "status", "pointer"),
    [
        ({"author": {"data": articles(NOBODY)[0]}}, 409, "/author/data/type"),
        ({"author": {"data": [author(NOBODY)]}}, 400, "/author/data"),
        ({"author": {"data": {"type": "authors"}}}, 400, "/author/data"),
        ({"author": {}}, 400, "/author"),
        ({"editor": {"data": None}}, 422, "/editor"),
    ],
)
def test_a_wrong_linkage_has_a_pointer(
    on_sqlite: Magazine, relationships: dict[str, Any], status: int, pointer: str
) -> None:
    """The error says where in the document it is."""
    data = {"type": "articles", "attributes": {"title": "T", "body": "B"}}
    response = on_sqlite.client.post(
        "/articles", json={"data": {**data, "relationships": relationships}}
    )

    assert response.status_code == status, response
    places = [each["source"]["pointer"] for each in response.json["errors"]]
    assert places == [f"/data/relationships{pointer}"]


def test_the_author_is_a_place(magazine: Magazine) -> None:
    """The to-one relationship is read and replaced at its own place."""
    ada = magazine.author()
    id_ = magazine.article()
    place = f"/articles/{id_}/relationships/author"
    assert magazine.client.get(place).json["data"] is None

    assert magazine.client.patch(place, json={"data": author(ada)}).status_code == 204
    assert magazine.client.get(place).json["data"] == author(ada)
    assert magazine.client.patch(place, json={"data": None}).status_code == 204
    assert magazine.client.get(place).json["data"] is None


def test_an_article_without_an_author_relates_to_null(magazine: Magazine) -> None:
    """What the relationship leads to is null then, not absent."""
    response = magazine.client.get(f"/articles/{magazine.article()}/author")

    assert response.status_code == 200
    assert response.json["data"] is None


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_a_to_one_relationship_is_only_replaced(magazine: Magazine, method: str) -> None:
    """Adding to one author and removing from one are refused."""
    place = f"/articles/{magazine.article()}/relationships/author"
    response = magazine.client.request(method, place, json={"data": [author(NOBODY)]})

    assert response.status_code in (403, 405), response


def test_articles_of_an_author_are_replaced(magazine: Magazine) -> None:
    """PATCH leaves exactly what it names; what is left out has no author then."""
    ada, ben = magazine.author("Ada"), magazine.author("Ben")
    dropped = magazine.article("dropped", ada)
    kept, moved = magazine.article("kept", ada), magazine.article("moved", ben)
    place = f"/authors/{ada}/relationships/articles"
    response = magazine.client.patch(place, json={"data": articles(kept, moved)})

    assert response.status_code == 204, response
    assert magazine.titles(ada) == ["kept", "moved"]
    assert magazine.titles(ben) == []
    assert magazine.client.get(f"/articles/{dropped}/author").json["data"] is None


def test_articles_of_an_author_are_added_and_removed(magazine: Magazine) -> None:
    """POST adds each once, DELETE takes away, and doing either again changes nothing."""
    ada = magazine.author()
    first, second = magazine.article("first", ada), magazine.article("second")
    place = f"/authors/{ada}/relationships/articles"
    for _ in range(2):
        body = {"data": articles(first, second, second)}
        assert magazine.client.post(place, json=body).status_code == 204
        assert magazine.titles(ada) == ["first", "second"]
    for _ in range(2):
        body = {"data": articles(first, NOBODY)}
        assert magazine.client.delete(place, json=body).status_code == 204
        assert magazine.titles(ada) == ["second"]


def test_the_linkage_of_an_author_names_the_articles(magazine: Magazine) -> None:
    """The relationship itself shows identifiers, its related resources the articles."""
    ada = magazine.author()
    old = magazine.article("old", ada, publishedAt="2025-01-01T00:00:00Z")
    new = magazine.article("new", ada, publishedAt="2026-01-01T00:00:00Z")

    linkage = magazine.client.get(f"/authors/{ada}/relationships/articles").json["data"]
    assert linkage == articles(new, old)
    assert_collection(magazine.client.get(f"/authors/{ada}/articles"), [new, old], "articles")


@pytest.mark.parametrize("method", ["PATCH", "POST"])
def test_an_unknown_article_changes_nothing(magazine: Magazine, method: str) -> None:
    """A reference to what does not exist is not found; the list stays as it was."""
    ada = magazine.author()
    magazine.article("there", ada)
    other = magazine.article("other")
    place = f"/authors/{ada}/relationships/articles"
    response = magazine.client.request(method, place, json={"data": articles(other, NOBODY)})

    error = assert_error(response, 404, "7001", pointer="/data")
    assert NOBODY in error["detail"]
    assert magazine.titles(ada) == ["there"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        (f"/articles/{NOBODY}/author", "7001"),
        (f"/articles/{NOBODY}/relationships/author", "7001"),
        (f"/authors/{NOBODY}/articles", "7101"),
        (f"/authors/{NOBODY}/relationships/articles", "7101"),
    ],
)
def test_a_relationship_of_nobody_is_not_found(magazine: Magazine, path: str, code: str) -> None:
    """A relationship needs the resource that it starts at."""
    assert_error(magazine.client.get(path), 404, code)


def test_a_write_at_nobodys_relationship_is_not_found(magazine: Magazine) -> None:
    """Writing names what is missing, and creates nothing."""
    article = magazine.article()
    place = f"/authors/{NOBODY}/relationships/articles"
    for method in ("PATCH", "POST", "DELETE"):
        response = magazine.client.request(method, place, json={"data": articles(article)})
        assert_error(response, 404, "7101")
    response = magazine.client.patch(
        f"/articles/{NOBODY}/relationships/author", json={"data": None}
    )
    assert_error(response, 404, "7001")


@pytest.mark.parametrize("path", ["/articles?include=author", "/authors?include=articles.author"])
def test_reads_do_not_depend_on_the_number_of_resources(on_sqlite: Magazine, path: str) -> None:
    """An include of many costs as many statements as one of few."""
    counts = []
    for number in range(2):
        for each in range(1 + 5 * number):
            on_sqlite.article(f"{number} {each}", on_sqlite.author(f"A{number}{each}"))
        with statements() as seen:
            response = on_sqlite.client.get(path)
        assert response.status_code == 200, response
        assert len(response.json["included"]) == (1 + 6 * number if number else 1)
        counts.append(len([each for each in seen if each.startswith("SELECT")]))

    assert counts[0] == counts[1]
    assert counts[0] <= 8


@pytest.mark.parametrize("place", ["articles", "relationships/articles"])
def test_articles_of_an_author_are_read_by_the_page(on_sqlite: Magazine, place: str) -> None:
    """A page reads its own rows alone; all pages together are the whole, in its order."""
    ada = on_sqlite.author()
    ids = [
        on_sqlite.article(f"{year}", ada, publishedAt=f"{year}-01-01T00:00:00Z")
        for year in range(2025, 2020, -1)
    ]
    on_sqlite.article("of somebody else", on_sqlite.author("Ben"))

    seen: list[str] = []
    for offset in (0, 2, 4):
        response = on_sqlite.client.get(
            f"/authors/{ada}/{place}?page[offset]={offset}&page[limit]=2"
        )
        assert response.json["meta"] == {"total": 5}
        seen.extend(each["id"] for each in response.json["data"])
    with statements() as made:
        on_sqlite.client.get(f"/authors/{ada}/{place}?page[limit]=2")

    assert seen == ids
    reads = [each for each in made if "FROM magazine_article" in each.replace("\n", " ")]
    assert any("LIMIT" in each for each in reads), reads
    assert not any("author_id IN" in each for each in reads), reads
