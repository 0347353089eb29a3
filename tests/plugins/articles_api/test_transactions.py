"""What a request leaves behind: all of it, durable, or nothing; and several requests at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from glue_core import Format, GlueRequest, GlueResponse, Operation, Step
from glue_core.testing import assert_error, assert_resource, in_memory
from glue_magazine import ArticleStore

Magazine = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

NOBODY = "00000000-0000-4000-8000-000000000000"
LONGEST_WAIT = 30.0
"""Seconds after which a test gives up that something happens."""


def new(title: str = "T", **members: Any) -> dict[str, Any]:
    """Return the document of a create."""
    attributes = {"title": title, "body": "B"}
    return {"data": {"type": "articles", "attributes": attributes, **members}}


def change(id_: str, **attributes: Any) -> dict[str, Any]:
    """Return the document of an update."""
    return {"data": {"type": "articles", "id": id_, "attributes": attributes}}


def titles_seen_by(url: str) -> list[str]:
    """Return the titles that a connection of its own sees."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        with engine.connect() as connection:
            question = sa.text("SELECT title FROM magazine_article ORDER BY title")
            return list(connection.scalars(question))
    finally:
        engine.dispose()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls at the same time and return what they return, in their order."""
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        ready.wait(LONGEST_WAIT)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_what_is_answered_is_durable(
    request: pytest.FixtureRequest, open_magazine: Callable[..., Magazine], engine: str
) -> None:
    """When the answer is there, another connection sees what it tells of."""
    url = request.getfixturevalue(f"{engine}_url")
    magazine = open_magazine(url)
    id_ = magazine.article("Lamps")
    assert titles_seen_by(url) == ["Lamps"]

    magazine.client.patch(f"/articles/{id_}", json=change(id_, title="Shades"))
    assert titles_seen_by(url) == ["Shades"]

    magazine.client.delete(f"/articles/{id_}")
    assert titles_seen_by(url) == []


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_a_failing_formatter_undoes_the_write(
    request: pytest.FixtureRequest, open_magazine: Callable[..., Magazine], engine: str
) -> None:
    """A request that ends with 500 has written nothing, though its controller had succeeded."""

    def break_(response: GlueResponse, request: GlueRequest) -> None:
        if not response.errors:
            raise RuntimeError("The formatter is broken.")

    def bind(operation: Operation) -> Format | None:
        return break_ if operation.method == "post" else None

    def steps() -> Sequence[Step[Format]]:
        return [Step("broken", bind)]

    url = request.getfixturevalue(f"{engine}_url")
    broken = in_memory("glue.plugins.magazine_api", "broken", glue_response_formatters=steps)
    magazine = open_magazine(url, broken)
    response = magazine.client.post("/articles", json=new())

    assert response.status_code == 500, response
    assert titles_seen_by(url) == []
    assert magazine.client.get("/articles").json["data"] == []


def test_one_id_is_taken_once(magazine: Magazine) -> None:
    """Of two creates with one id at the same time one succeeds, the other is a conflict."""

    def create() -> Any:
        return magazine.client.post("/articles", json=new(id=NOBODY))

    responses = at_once(create, create, create)

    assert sorted(each.status_code for each in responses) == [201, 409, 409]
    for each in responses:
        if each.status_code == 409:
            assert_error(each, 409, "7002")
    assert magazine.client.get("/articles").json["meta"]["total"] == 1


def test_updates_at_once_lose_nothing(magazine: Magazine) -> None:
    """Each update is kept whole or told that somebody came first; none is overwritten unseen."""
    id_ = magazine.article(tags=["0"])
    attributes: list[dict[str, Any]] = [
        {"title": "New"},
        {"readingMinutes": 9},
        {"tags": ["1"]},
        {"publishedAt": "2026-01-01T00:00:00Z"},
    ]
    responses = at_once(
        *(
            lambda each=each: magazine.client.patch(f"/articles/{id_}", json=change(id_, **each))
            for each in attributes
        )
    )

    shown = magazine.client.get(f"/articles/{id_}").json["data"]["attributes"]
    done = 0
    for each, response in zip(attributes, responses, strict=True):
        ((name, value),) = each.items()
        if response.status_code == 200:
            done += 1
            assert shown[name] == value
        else:
            assert_error(response, 409, "7003")
            assert shown[name] != value
    assert done >= 1
    # The state version counts the updates that were kept, and no other.
    database = magazine.deployment.services.database
    with database.work(writes=False) as work:
        store = magazine.deployment.features.get(ArticleStore)
        assert store.find([id_], work)[id_].version == 1 + done


def test_whoever_comes_second_is_told(on_postgresql: Magazine) -> None:
    """An update that read a state which another changes meanwhile is a conflict."""
    id_ = on_postgresql.article("Lamps")
    database = on_postgresql.deployment.services.database
    store = on_postgresql.deployment.features.get(ArticleStore)
    answers: list[Any] = []

    def update() -> None:
        body = change(id_, title="Second")
        answers.append(on_postgresql.client.patch(f"/articles/{id_}", json=body))

    thread = threading.Thread(target=update)
    with database.work() as work:
        store.update(id_, {"title": "First"}, work)
        work.session.flush()
        thread.start()
        wait_for_a_lock(database)
    thread.join(LONGEST_WAIT)

    assert_error(answers[0], 409, "7003")
    assert_resource(
        on_postgresql.client.get(f"/articles/{id_}"), "articles", id_, {"title": "First"}
    )


def wait_for_a_lock(database: Any) -> None:
    """Wait until some transaction waits for another."""
    end = time.monotonic() + LONGEST_WAIT
    question = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while time.monotonic() < end:
        with database.work(writes=False) as work:
            if work.session.scalar(question):
                return
        time.sleep(0.02)
    raise AssertionError("Nobody waited for a lock.")


def test_authors_can_be_written_from_both_ends_at_once(magazine: Magazine) -> None:
    """New articles and changed lists of one author do not get in each other's way."""
    ada = magazine.author()
    loose = [magazine.article(f"loose {number}") for number in range(4)]
    place = f"/authors/{ada}/relationships/articles"

    def create() -> int:
        relationships = {"author": {"data": {"type": "authors", "id": ada}}}
        body = new("created", relationships=relationships)
        return int(magazine.client.post("/articles", json=body).status_code)

    def add(id_: str) -> int:
        body = {"data": [{"type": "articles", "id": id_}]}
        return int(magazine.client.post(place, json=body).status_code)

    calls = [create] * 4 + [lambda id_=id_: add(id_) for id_ in loose]
    statuses = at_once(*calls)

    assert statuses == [201] * 4 + [204] * 4
    assert len(magazine.titles(ada)) == 8
