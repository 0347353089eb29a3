"""Where the documentation is served, and to whom it shows what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from glue_core import Identity, IdentityReader, Operation, Protection
from glue_core.testing import Client, Deployment, assert_error
from tests.openapi.library import AUTHORS, BOOKS, answer

Deploy = Callable[..., Deployment]
DEVELOPMENT = {"mode": "development"}


def documented(**keys: Any) -> dict[str, Any]:
    """Return settings with keys of the documentation."""
    return {"applications": {"library": {"documentation": keys}}}


def client_of(deployment: Deployment) -> Client:
    """Return a client of the library."""
    return Client(deployment.applications["library"])


def test_production_serves_nothing(deploy: Deploy) -> None:
    """Unasked, there is no such path."""
    assert_error(client_of(deploy()).get("/docs.json"), 404, "007")


def test_development_can_be_silent(deploy: Deploy) -> None:
    """Nobody is served where the settings say never."""
    settings = {**DEVELOPMENT, **documented(served="never")}

    assert client_of(deploy(settings=settings)).get("/docs.json").status_code == 404


def test_unknown_parameter(deploy: Deploy) -> None:
    """The place judges its query as every other one does."""
    response = client_of(deploy(settings=DEVELOPMENT)).get("/docs.json?depth=1")

    assert_error(response, 400, "018", parameter="depth")


def test_both_formats(deploy: Deploy) -> None:
    """JSON and YAML say the same, in every convention."""
    client = client_of(deploy(settings=DEVELOPMENT))

    as_json, as_yaml = client.get("/docs.json"), client.json_api.get("/docs.yaml")

    assert as_json.headers["content-type"] == "application/json"
    assert as_yaml.headers["content-type"] == "application/yaml"
    assert as_json.json == yaml.safe_load(as_yaml.text)


def test_unchanged_document_is_not_sent_again(deploy: Deploy) -> None:
    """Who has it already is told so."""
    client = client_of(deploy(settings=DEVELOPMENT))
    tag = client.get("/docs.json").headers["etag"]

    again = client.get("/docs.json", headers={"if-none-match": tag})

    assert (again.status_code, again.content) == (304, b"")


def test_server_is_where_it_was_asked(deploy: Deploy) -> None:
    """Without an address in the settings the one of the request is named."""
    client = client_of(deploy(settings=DEVELOPMENT))

    response = client.get("/docs.json", headers={"host": "books.example.com"})

    assert response.json["servers"] == [{"url": "http://books.example.com"}]


def test_info_is_that_of_the_settings(deploy: Deploy) -> None:
    """Title, version and the rest are the operator's to choose."""
    settings = documented(
        served="always",
        title="Lending",
        version="9",
        description="Lend books.",
        servers=["https://a.example.com", "/b"],
        contact_email="a@example.com",
        license="MIT",
        license_url="https://example.com/mit",
    )
    document = client_of(deploy(settings=settings)).get("/docs.json").json

    assert document["info"] == {
        "title": "Lending",
        "version": "9",
        "description": "Lend books.",
        "contact": {"email": "a@example.com"},
        "license": {"name": "MIT", "url": "https://example.com/mit"},
    }
    assert document["servers"] == [{"url": "https://a.example.com"}, {"url": "/b"}]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("MIT", {"name": "MIT", "identifier": "MIT"}),
        ("apache-2.0 or MIT", {"name": "apache-2.0 or MIT", "identifier": "Apache-2.0 OR MIT"}),
        ("Our terms", {"name": "Our terms"}),
    ],
)
def test_license_is_identified(deploy: Deploy, name: str, shown: Any) -> None:
    """Without an address a license has its identifier of SPDX, where there is one."""
    settings = documented(served="always", license=name)

    assert client_of(deploy(settings=settings)).get("/docs.json").json["info"]["license"] == shown


def test_info_of_the_application(deploy: Deploy) -> None:
    """Unless somebody says otherwise, name, version and description are the application's."""
    info = client_of(deploy(settings=DEVELOPMENT)).get("/docs.json").json["info"]

    assert info == {"title": "Library", "version": "2.5", "description": "Books to lend."}


def guarded(deploy: Deploy, **settings: Any) -> Client:
    """Return a client of a library with a place that asks for a scope."""
    protection = Protection(("oauth-user-scope",), scopes=("lend",))

    def read(value: str, request: Any) -> Identity:
        return Identity("user", value, 1, tuple(value.split()))

    deployment = deploy(
        settings=settings,
        glue_resources=lambda: [
            Operation("get", answer, "books", BOOKS),
            Operation("delete", answer, "books", BOOKS, protection=protection),
            Operation("get", answer, "authors", AUTHORS),
        ],
        glue_identity_readers=lambda: [IdentityReader("user", "x-user", read, kinds=("user",))],
    )
    return client_of(deployment)


@pytest.mark.parametrize(
    ("mode", "headers", "shown"),
    [
        ("production", {}, False),
        ("production", {"x-user": "read"}, False),
        ("production", {"x-user": "lend"}, True),
        ("development", {}, True),
        ("development", {"x-user": "read"}, False),
    ],
)
def test_document_is_that_of_the_caller(
    deploy: Deploy, mode: str, headers: dict[str, str], shown: bool
) -> None:
    """Who cannot call an operation does not read of it; in development nobody says who asks."""
    client = guarded(deploy, mode=mode, **documented(served="always"))

    item = client.get("/docs.json", headers=headers).json["paths"]["/books/{booksId}"]

    assert ("delete" in item) is shown
    assert "get" in item
