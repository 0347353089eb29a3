"""HAL as a convention: what it reads, how it refuses, and that it needs nothing of a plugin."""

from __future__ import annotations

from typing import Any

import pytest

from glue_core import Convention
from glue_core.testing import Client
from glue_hal import HAL

HAL_TYPE = "application/hal+json"
PROBLEM = "application/problem+json"


def send(client: Client, method: str, path: str, body: Any) -> Any:
    """Send a document in HAL."""
    return client.request(method, path, json=body, headers={"content-type": HAL_TYPE})


def test_it_is_a_convention() -> None:
    """The object that the entry point names has what a convention must have."""
    assert isinstance(HAL, Convention)
    assert (HAL.name, HAL.media_types) == ("hal", (HAL_TYPE,))


def test_create(client: Client, library: Any) -> None:
    """POST takes an object of attributes, and answers 201 with the place of what is new."""
    response = send(client, "POST", "/books", {"title": "", "pages": 0})

    assert response.status_code == 201
    assert library.received == {"title": "", "pages": 0}
    assert response.headers["location"] == "http://localhost/books/new%20one"
    assert response.json["_links"]["self"]["href"] == "http://localhost/books/new%20one"


def test_own_members_of_a_body_are_ignored(client: Client, library: Any) -> None:
    """A client may send back what it was given."""
    shown = client.get("/books/1?include=author").json
    shown["title"] = "Other"

    response = send(client, "PATCH", "/books/1", shown)

    assert response.status_code == 200
    assert library.received == {"title": "Other", "pages": 0, "subtitle": None}


def test_delete(client: Client) -> None:
    """DELETE answers 204 without a body."""
    response = client.delete("/books/1")

    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers


@pytest.mark.parametrize("body", [[], "text", 1, [{"title": "x"}]])
def test_body_must_be_an_object(client: Client, body: object) -> None:
    """A body that is JSON and no object is a 400 with the code 022."""
    response = send(client, "POST", "/books", body)

    assert (response.status_code, response.json["code"]) == (400, "022")
    assert response.json["errors"][0]["pointer"] == ""


def test_problem_document(client: Client) -> None:
    """An error is a problem document with the members of RFC 9457 and the id of the request."""
    response = client.get("/books/9", headers={"x-request-id": "abc"})

    assert response.headers["content-type"] == PROBLEM
    assert response.json == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "instance": "#abc",
        "detail": "No such book.",
        "code": "301",
        "errors": [{"status": 404, "code": "301", "detail": "No such book."}],
    }


def test_all_errors_together(client: Client) -> None:
    """Every violation of a body is in the document, each with its pointer."""
    response = send(client, "POST", "/books", {"pages": "x", "colour": "red"})

    assert (response.status_code, response.json["title"]) == (422, "Unprocessable Content")
    assert {each["pointer"] for each in response.json["errors"]} == {"/title", "/pages", "/colour"}
    assert response.json["code"] == "901"


def test_parameters_are_named(client: Client) -> None:
    """A wrong query parameter is named in its error."""
    response = client.get("/books?page[limit]=99&sort=x&include=y&fields[z]=a&odd=1")

    assert response.status_code == 400
    assert {each["parameter"] for each in response.json["errors"]} == {
        "page[limit]",
        "sort",
        "include",
        "fields[z]",
        "odd",
    }


def test_sort_and_filter(client: Client) -> None:
    """The query families are those of the other conventions."""
    last = client.get("/books?sort=-title&page[limit]=1").json
    found = client.get("/books?filter[books.title]=Book 2").json

    assert last["_embedded"]["books"][0]["title"] == "Book a/b"
    assert [each["title"] for each in found["_embedded"]["books"]] == ["Book 2"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/nothing/1", 404, "007"), ("PUT", "/books/1", 405, "008")],
)
def test_refusals(client: Client, method: str, path: str, status: int, code: str) -> None:
    """What the core refuses is a problem document as well."""
    response = client.request(method, path)

    assert (response.status_code, response.json["code"]) == (status, code)
    assert response.headers["content-type"] == PROBLEM


def test_body_in_another_format(client: Client) -> None:
    """A body that is no HAL is 415."""
    response = client.post("/books", body=b"x", headers={"content-type": "text/plain"})

    assert (response.status_code, response.headers["content-type"]) == (415, PROBLEM)
