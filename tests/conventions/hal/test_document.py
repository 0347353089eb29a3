"""HAL documents: attributes with links beside them, and what is embedded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import Schema, fields

from glue_core import (
    ConfigurationError,
    GlueRequest,
    GlueResponse,
    Operation,
    PageRules,
    Resource,
)
from glue_core.testing import Client

HOST = "http://localhost"


def test_resource(client: Client) -> None:
    """A resource is its attributes, falsy ones too, with links to itself and what it relates to."""
    response = client.get("/books/0")

    assert response.headers["content-type"] == "application/hal+json"
    assert response.json == {
        "title": "Book 0",
        "pages": 0,
        "subtitle": None,
        "_links": {
            "self": {"href": f"{HOST}/books/0"},
            "author": {"href": f"{HOST}/books/0/author"},
            "reviews": {"href": f"{HOST}/books/0/reviews"},
        },
    }


def test_id_is_encoded_in_links(client: Client) -> None:
    """An id with a slash is one segment of its address, and the address leads back."""
    address = client.get("/books?page[offset]=3").json["_embedded"]["books"][0]["_links"]["self"]

    assert address == {"href": f"{HOST}/books/a%2Fb"}


def test_links_lead_somewhere(client: Client) -> None:
    """Every link of a resource answers."""
    for name, link in client.get("/books/1").json["_links"].items():
        found = client.get(link["href"].removeprefix(HOST))
        assert found.status_code == 200, (name, found)


def test_collection(client: Client) -> None:
    """A page embeds its resources under their type, with links to the others and its facts."""
    document = client.get("/books?sort=title").json

    assert [each["title"] for each in document["_embedded"]["books"]] == ["Book 0", "Book 1"]
    assert (document["page"], document["total"]) == ({"offset": 0, "limit": 2}, 4)
    start = f"{HOST}/books?sort=title&page%5Boffset%5D"
    assert document["_links"] == {
        "self": {"href": f"{HOST}/books?sort=title"},
        "first": {"href": f"{start}=0&page%5Blimit%5D=2"},
        "next": {"href": f"{start}=2&page%5Blimit%5D=2"},
        "last": {"href": f"{start}=2&page%5Blimit%5D=2"},
    }


def test_last_page_links_back(client: Client) -> None:
    """The last page has a link to the one before and none to a next one."""
    links = client.get("/books?page[offset]=2").json["_links"]

    assert "next" not in links
    assert links["prev"]["href"].endswith("page%5Boffset%5D=0&page%5Blimit%5D=2")


def test_empty_collection(client: Client) -> None:
    """A collection without resources embeds an empty list."""
    document = client.get("/books?filter[books.title]=x").json

    assert (document["_embedded"], document["total"]) == ({"books": []}, 0)


def test_collection_of_one_is_a_list(client: Client) -> None:
    """The operation decides what a collection is, not the number of resources."""
    document = client.get("/books/1/reviews").json

    address = f"{HOST}/books/1/reviews/r%201"
    assert document["_embedded"] == {
        "reviews": [{"stars": 0, "_links": {"self": {"href": address}}}]
    }
    assert "page" not in document


def test_child_links_below_its_parent(serve: Callable[..., Client]) -> None:
    """A type that lives only below a parent links there when the request came that way."""

    class Line(Schema):
        text = fields.String()

    lines = Resource("lines", Line)
    shown = GlueResponse.page([{"id": "l/1", "text": ""}])
    client = serve(Operation("getCollection", lambda: shown, "books/lines", lines))

    document = client.get("/books/a%2Fb/lines", raw_path="/books/a%2Fb/lines").json
    links = document["_embedded"]["lines"][0]["_links"]
    assert links == {"self": {"href": f"{HOST}/books/a%2Fb/lines/l%2F1"}}


def test_include_embeds(client: Client) -> None:
    """A path in include embeds what it leads to: an object for to-one, a list for to-many."""
    embedded = client.get("/books/1?include=author,reviews").json["_embedded"]

    assert embedded["author"]["name"] == "Ann"
    assert embedded["author"]["_links"]["self"] == {"href": f"{HOST}/authors/p"}
    assert embedded["reviews"] == []


def test_null_relationship_is_left_out(client: Client) -> None:
    """A to-one relationship without a resource has no resource object to embed."""
    document = client.get("/books/0?include=author").json

    assert "_embedded" not in document
    assert "author" in document["_links"]


def test_include_reads_once_per_relationship(client: Client, library: Any) -> None:
    """The number of reads depends on the paths, not on the number of resources."""
    client.get("/books?include=author.books&page[limit]=4")

    assert library.calls == ["author", "books"]


def test_cycle_ends_where_the_path_does(client: Client) -> None:
    """Two resources that are related to each other are embedded as deep as the client asked."""
    author = client.get("/books/1?include=author.books").json["_embedded"]["author"]

    assert [each["title"] for each in author["_embedded"]["books"]] == [
        "Book 1",
        "Book 2",
        "Book a/b",
    ]
    assert all("_embedded" not in each for each in author["_embedded"]["books"])


def test_embedded_resources_are_bounded(serve: Callable[..., Client]) -> None:
    """What repeats in a document counts each time, so that a small cycle makes no huge document."""
    client = serve(limits={"include_size": 10})
    response = client.get("/books?include=author.books.author.books&page[limit]=4")

    assert response.status_code == 400
    assert response.json["errors"][0]["code"] == "013"
    assert response.json["errors"][0]["parameter"] == "include"


def test_sparse_fields(client: Client) -> None:
    """Only the attributes that the client names are shown, null ones too, at every depth."""
    document = client.get(
        "/books/1?include=author&fields[books]=subtitle&fields[authors]=name"
    ).json

    assert {name for name in document if not name.startswith("_")} == {"subtitle"}
    assert document["_embedded"]["author"]["name"] == "Ann"


def test_links_and_facts_of_controllers(client: Client) -> None:
    """What a controller adds stands beside what the convention adds."""
    document = client.get("/authors/p").json

    assert document["_links"]["portrait"] == {"title": "Portrait", "href": f"{HOST}/portraits/ann"}
    assert document["_links"]["home"] == {"href": "https://ann.example/"}
    assert document["_links"]["rules"] == {"href": f"{HOST}/rules"}
    assert document["_meta"] == {"since": 1999, "moderated": True}


def test_custom_route_links_to_the_resource(client: Client) -> None:
    """A resource at a custom route links to its own place."""
    assert client.get("/shelves/x/first").json["_links"]["self"] == {"href": f"{HOST}/books/1"}


def test_nothing_to_show(client: Client) -> None:
    """A place that holds no resource answers with the link to itself alone."""
    assert client.get("/nothing").json == {"_links": {"self": {"href": f"{HOST}/nothing"}}}


def test_several_resources_where_one_is_shown(client: Client) -> None:
    """A handler that returns two resources for one is a mistake of ours: 500."""
    response = client.get("/pairs/1")

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"


def test_base_url_of_the_settings(serve: Callable[..., Client]) -> None:
    """Links start with the address that the settings give."""
    client = serve(applications={"shop": {"base_url": "https://api.example/v1"}})

    assert client.get("/books/1").json["_links"]["self"]["href"] == "https://api.example/v1/books/1"


def test_reserved_names_stop_the_start(serve: Callable[..., Client]) -> None:
    """An attribute with the name of one of HAL's members is refused at the start."""

    class Odd(Schema):
        links = fields.String(data_key="_links")

    operation = Operation("get", lambda request: GlueResponse(), "odd", Resource("odd", Odd))

    with pytest.raises(ConfigurationError, match="'odd' of 'shop' has the attribute '_links'"):
        serve(operation)


@pytest.mark.parametrize(
    ("query", "links", "page"),
    [
        (
            "page[number]=2&page[size]=1",
            {"first": "number%5D=1", "prev": "number%5D=1", "next": "number%5D=3"},
            {"offset": 1, "limit": 1},
        ),
        (
            "page[after]=x&page[size]=1",
            {"next": "after%5D=n"},
            {"limit": 1},
        ),
    ],
)
def test_other_kinds_of_pages(
    serve: Callable[..., Client],
    query: str,
    links: dict[str, str],
    page: dict[str, int],
) -> None:
    """Pages by number and by cursor are linked to as the client named this one."""

    class Line(Schema):
        text = fields.String()

    def several(request: GlueRequest) -> GlueResponse:
        asked = request.pagination
        assert asked is not None
        shown = [{"id": "1", "text": ""}]
        return GlueResponse.page(shown, replace(asked, total=3, after="n", before=None))

    rules = PageRules(2, 10, strategies=("cursor", "number"))
    lines = Resource("lines", Line)
    client = serve(Operation("getCollection", several, "lines", lines, page=rules))

    document = client.get(f"/lines?{query}").json

    assert document["page"] == page
    for name, part in links.items():
        assert part in document["_links"][name]["href"]
