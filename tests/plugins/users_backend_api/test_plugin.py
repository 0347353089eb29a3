"""The type ``users``: what is shown of users beside other resources, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import PUBLIC, GlueRequest, GlueResource, GlueResponse, Operation, Relationship
from glue_core import Resource as Declared
from glue_core.testing import Deployment, assert_error, in_memory
from tests.plugins.warehouse_users.backend import Backend, open_backend


class NoteAttributes(Schema):
    """Attributes of a note, which has an author."""

    text = fields.String()


@pytest.fixture
def backend(glue_deployment: Callable[..., Deployment]) -> Backend:
    """A backend with notes that everybody may read, all of them by Ada."""
    note = Declared("notes", NoteAttributes)
    found: dict[str, Any] = {}

    def show(request: GlueRequest) -> GlueResponse:
        return GlueResponse.of({"id": "1", "text": "Shelf 3 is empty."})

    def authors(notes: Sequence[GlueResource], request: GlueRequest) -> Mapping[str, Any]:
        return {each.id or "": found["ada"] for each in notes}

    notes = in_memory(
        "glue.plugins.backend_api",
        "notes",
        glue_resources=lambda: [Operation("get", show, "notes", note, protection=PUBLIC)],
        glue_relationships=lambda: [
            Relationship("author", "users", authors, many=False, source="notes")
        ],
    )
    backend = open_backend(glue_deployment, [notes])
    found.update(backend.users)
    return backend


@pytest.mark.parametrize("name", ["office", "ben"])
def test_user_is_included(backend: Backend, name: str) -> None:
    """Users of either kind see the name of a related user, and nothing else of them."""
    (user,) = backend.client(name).get("/notes/1?include=author").json["included"]

    assert (user["type"], user["id"]) == ("users", backend.users["ada"].uuid)
    assert user["attributes"] == {
        "username": "ada@example.com",
        "firstName": "Ada",
        "lastName": "Berg",
    }


def test_user_is_unknown_to_others(backend: Backend) -> None:
    """To whoever has no token the relationship to a user does not exist."""
    client = backend.client()
    unknown = client.get("/notes/1?include=nobody")
    hidden = client.get("/notes/1?include=author")

    assert hidden.status_code == 400
    assert hidden.text == unknown.text.replace("nobody", "author")
    assert backend.users["ada"].uuid not in client.get("/notes/1").text


def test_users_have_no_place(backend: Backend) -> None:
    """There is neither a list of users nor one alone."""
    client = backend.client("office")

    assert_error(client.get("/users"), 404, "007")
    assert_error(client.get(f"/users/{backend.users['ada'].uuid}"), 404, "007")
