"""Changes that say which state they are about, on both engines."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from glue_core.testing import assert_error

Magazine = Any
"""What the fixture of the name gives; its class lives in conftest.py, which nobody imports."""

LONGEST_WAIT = 60


def change(id_: str, **attributes: Any) -> dict[str, Any]:
    """Return the body of a change."""
    return {"data": {"type": "articles", "id": id_, "attributes": attributes}}


def test_version_is_shown_and_grows(magazine: Magazine) -> None:
    """The state has a number in the meta of the resource, and every change makes another one."""
    id_ = magazine.article()
    path = f"/articles/{id_}"
    first = magazine.client.get(path).json["data"]["meta"]["version"]

    magazine.client.patch(path, json=change(id_, title="Shades"))

    assert magazine.client.get(path).json["data"]["meta"]["version"] > first


def test_version_is_shown_of_included_resources(magazine: Magazine) -> None:
    """What a compound document adds has its version as well."""
    id_ = magazine.article(author=magazine.author())

    document = magazine.client.get(f"/articles/{id_}?include=author").json

    assert document["included"][0]["meta"]["version"] >= 1


def test_tag_of_any_projection_is_taken_once(magazine: Magazine) -> None:
    """A tag is good for one change, whatever the client had asked to see; then the state is old."""
    id_ = magazine.article(author=magazine.author())
    path = f"/articles/{id_}"
    tag = magazine.client.get(f"{path}?fields[articles]=title&include=author").headers["etag"]
    headers = {"if-match": tag}

    first = magazine.client.patch(path, json=change(id_, title="Shades"), headers=headers)
    second = magazine.client.patch(path, json=change(id_, title="Bulbs"), headers=headers)

    assert first.status_code == 200
    assert_error(second, 412, "006")
    assert magazine.client.get(path).json["data"]["attributes"]["title"] == "Shades"


def test_change_of_a_relationship_is_held_too(magazine: Magazine) -> None:
    """A relationship belongs to the state of its resource: its change names that state."""
    id_, ada = magazine.article(), magazine.author()
    path = f"/articles/{id_}/relationships/author"
    old = {"if-match": magazine.client.get(f"/articles/{id_}").headers["etag"]}
    body = {"data": {"type": "authors", "id": ada}}

    taken = magazine.client.patch(path, json=body, headers=old)
    refused = magazine.client.patch(path, json={"data": None}, headers=old)

    assert taken.status_code == 204
    assert_error(refused, 412, "006")


def test_delete_is_held_too(magazine: Magazine) -> None:
    """Nobody deletes what somebody else has just changed."""
    id_ = magazine.article()
    path = f"/articles/{id_}"
    old = {"if-match": magazine.client.get(path).headers["etag"]}
    magazine.client.patch(path, json=change(id_, title="Shades"))

    assert_error(magazine.client.delete(path, headers=old), 412, "006")
    fresh = {"if-match": magazine.client.get(path).headers["etag"]}
    assert magazine.client.delete(path, headers=fresh).status_code == 204


def test_one_of_several_writers_wins(magazine: Magazine) -> None:
    """Of several changes of one state at the same time one is kept, the others hear of it."""
    id_ = magazine.article()
    path = f"/articles/{id_}"
    headers = {"if-match": magazine.client.get(path).headers["etag"]}
    ready = threading.Barrier(4)

    def write(title: str) -> Any:
        ready.wait(LONGEST_WAIT)
        return magazine.client.patch(path, json=change(id_, title=title), headers=headers)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(write, "ABCD"))

    kept = [title for title, each in zip("ABCD", answers, strict=True) if each.status_code == 200]
    assert len(kept) == 1
    assert {each.status_code for each in answers} <= {200, 409, 412}
    assert magazine.client.get(path).json["data"]["attributes"]["title"] == kept[0]
